package org.sparkmto.metric;

import java.util.List;

/**
 * Intersection over union and F1 of the pixels that say yes, both in [0, 1], where the answer is
 * yes above a probability of one half. NaN if there is neither a true nor a predicted yes. A NaN
 * output is a wrong answer.
 */
public record MaskScores() implements Metric {
  static final Figure IOU = Figure.higher("iou");
  static final Figure F1 = Figure.higher("f1").besides();

  static final MetricEntry ENTRY =
      MetricEntry.of(
          "mask-scores",
          "mask",
          "intersection over union and F1 of the pixels that say yes",
          IOU,
          F1);

  @Override
  public List<Figure> figures() {
    return ENTRY.figures();
  }

  /** True positives, wrong answers. */
  @Override
  public int sums() {
    return 2;
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
    }
  }

  @Override
  public double[] values(Tally tally) {
    double[] sums = tally.sums();
    return new double[] {
      Logits.ratio(sums[0], sums[0] + sums[1]), LabelCounts.f1(sums[0], sums[1])
    };
  }
}
