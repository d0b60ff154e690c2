package org.sparkmto.step;

import java.util.Arrays;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;

/** Sums over the global batch; a mean divides by the labels of all ranks, never of one. */
final class Totals {
  private final double[] lossSums;
  private final double[] labelled;
  private final double[] more;

  private Totals(double[] lossSums, double[] labelled, double[] more) {
    this.lossSums = lossSums;
    this.labelled = labelled;
    this.more = more;
  }

  /** From the sums as they travel: losses, label counts, and what came with them. */
  static Totals of(double[] sums, int tasks) {
    return new Totals(
        Arrays.copyOfRange(sums, 0, tasks),
        Arrays.copyOfRange(sums, tasks, 2 * tasks),
        Arrays.copyOfRange(sums, 2 * tasks, sums.length));
  }

  /** The totals of two parts of a batch together. */
  Totals plus(Totals other) {
    double[] losses = lossSums.clone();
    double[] labels = labelled.clone();
    for (int task = 0; task < losses.length; task++) {
      losses[task] += other.lossSums[task];
      labels[task] += other.labelled[task];
    }
    return new Totals(losses, labels, new double[0]);
  }

  /** The same with other sums beside them. */
  Totals with(double[] others) {
    return new Totals(lossSums, labelled, others);
  }

  double[] labelled() {
    return labelled.clone();
  }

  /** The mean losses; NaN for a task without a label, and for one whose loss is no number. */
  double[] meanLosses() {
    double[] means = new double[labelled.length];
    for (int task = 0; task < means.length; task++) {
      means[task] = lossSums[task] / labelled[task];
    }
    return means;
  }

  /** The Gram matrix of the mean losses, from that of their sums, which came with the losses. */
  SymmetricMatrix meanGram() {
    double[] means = more.clone();
    int tasks = labelled.length;
    for (int i = 0; i < means.length; i++) {
      double pair = labelled[i / tasks] * labelled[i % tasks];
      means[i] = pair == 0 ? 0 : means[i] / pair;
    }
    return SymmetricMatrix.of(tasks, means);
  }

  /** Weights of means as weights of sums. */
  double[] perLabel(Vector weights) {
    return perLabel(weights, labelled);
  }

  /**
   * Weights of means as weights of sums.
   *
   * @param labelled label counts of all ranks
   */
  static double[] perLabel(Vector weights, double[] labelled) {
    double[] each = new double[weights.size()];
    for (int task = 0; task < each.length; task++) {
      each[task] = labelled[task] == 0 ? 0 : weights.at(task) / labelled[task];
    }
    return each;
  }
}
