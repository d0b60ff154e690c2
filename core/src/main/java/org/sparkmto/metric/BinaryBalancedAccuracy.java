package org.sparkmto.metric;

/**
 * The mean of the recalls of yes and no, in [0, 1], where the answer is yes if the predicted
 * probability is above a threshold. NaN unless both occur among the labels: of the other one there
 * is no recall.
 *
 * <p>Balanced accuracy weighs a yes by 1 / prior and a no by 1 / (1 - prior), so for a calibrated
 * probability the best threshold is the prior of yes, not one half: at one half, a rare attribute
 * is never predicted and scores 0.5 however good the network is.
 *
 * @param threshold the probability above which the answer is yes, in [0, 1]: the share of yes among
 *     the training labels, or 0.5. At 0 (at 1) every finite logit answers yes (no).
 */
public record BinaryBalancedAccuracy(double threshold) implements LabelMetric {
  static final MetricEntry ENTRY =
      MetricEntry.of(
              "binary-balanced-accuracy",
              "binary",
              "mean of the recalls of yes and no, yes from the share of yes among the training"
                  + " labels on",
              BalancedAccuracy.FIGURE)
          .judging(
              task -> task.is(MetricTask.BINARY) && !task.choices().has(Quirk.BINARY_F1),
              task -> new BinaryBalancedAccuracy(task.prior()));

  public BinaryBalancedAccuracy {
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "the threshold is a probability in [0, 1], not " + threshold);
    }
  }

  @Override
  public Figure figure() {
    return BalancedAccuracy.FIGURE;
  }

  /** Right answers of no and of yes, then labelled samples of no and of yes. */
  @Override
  public int sums() {
    return 4;
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public void count(double[] sums, float[] outputs, int from, int label) {
    double boundary = Math.log(threshold) - Math.log1p(-threshold);
    sums[label] += right(outputs[from], boundary, label) ? 1 : 0;
    sums[2 + label]++;
  }

  @Override
  public double value(double[] sums) {
    return BalancedAccuracy.meanRecall(sums, 2);
  }

  /** How many of yes and no occur among the labels: 0, 1 or 2. */
  public int present(double[] sums) {
    return BalancedAccuracy.present(sums, 2);
  }

  static boolean right(float logit, double boundary, int label) {
    return label == 1 ? logit > boundary : logit <= boundary;
  }
}
