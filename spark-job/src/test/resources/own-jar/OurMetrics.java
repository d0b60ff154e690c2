package com.example;

import java.util.List;
import org.sparkmto.metric.Answers;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.Metric;
import org.sparkmto.metric.MetricEntry;
import org.sparkmto.metric.MetricProvider;
import org.sparkmto.metric.MetricTask;
import org.sparkmto.metric.Tally;

public final class OurMetrics implements MetricProvider {
  private static final Figure LABELLED = Figure.higher("share-labelled").besides();

  record ShareLabelled() implements Metric {
    @Override
    public List<Figure> figures() {
      return List.of(LABELLED);
    }

    @Override
    public int sums() {
      return 2;
    }

    @Override
    public void add(Tally tally, Answers answers) {
      for (int sample = 0; sample < answers.samples(); sample++) {
        tally.sums()[0]++;
        tally.sums()[1] += answers.labels()[sample] == Answers.NO_LABEL ? 0 : 1;
      }
    }

    @Override
    public double[] values(Tally tally) {
      return new double[] {tally.sums()[1] / tally.sums()[0]};
    }
  }

  @Override
  public List<MetricEntry> entries() {
    return List.of(
        MetricEntry.of("share-labelled", "classification, binary", "share with a label", LABELLED)
            .judging(MetricTask.CLASSIFICATION, task -> new ShareLabelled())
            .judging(MetricTask.BINARY, task -> new ShareLabelled()));
  }
}
