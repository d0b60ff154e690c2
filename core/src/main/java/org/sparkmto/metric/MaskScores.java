package org.sparkmto.metric;

import java.util.List;

/**
 * Intersection over union and F1 of the pixels that say yes, both in [0, 1], where the answer is
 * yes above a probability of one half. NaN if no pixel of the split is truly yes, whatever the
 * network says. A NaN output is a wrong answer.
 */
public record MaskScores() implements Metric {
  static final Figure IOU = Figure.higher("iou").needs("a pixel that says yes");
  static final Figure F1 = Figure.higher("f1").needs("a pixel that says yes").besides();

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "mask-scores",
              "mask",
              "intersection over union and F1 of the pixels that say yes",
              IOU,
              F1)
          .judging(
              task -> task.is(MetricTask.MASK) && !task.choices().edges().contains(task.name()),
              task -> new MaskScores());

  @Override
  public List<Figure> figures() {
    return ENTRY.figures();
  }

  /** True positives, wrong answers, pixels that are truly yes. */
  @Override
  public int sums() {
    return 3;
  }

  @Override
  public void add(Tally tally, Answers answers) {
    double[] sums = tally.sums();
    for (int pixel = 0; pixel < answers.allPixels(); pixel++) {
      int label = answers.labels()[pixel];
      if (label == Answers.NO_LABEL) {
        continue;
      }
      float logit = answers.output(pixel, 0);
      boolean yes = Float.isNaN(logit) ? label == 0 : logit > 0;
      sums[0] += yes && label == 1 ? 1 : 0;
      sums[1] += yes == (label == 1) ? 0 : 1;
      sums[2] += label;
    }
  }

  @Override
  public double[] values(Tally tally) {
    double[] sums = tally.sums();
    if (sums[2] == 0) {
      return new double[] {Double.NaN, Double.NaN};
    }
    return new double[] {
      Logits.ratio(sums[0], sums[0] + sums[1]), LabelCounts.f1(sums[0], sums[1])
    };
  }
}
