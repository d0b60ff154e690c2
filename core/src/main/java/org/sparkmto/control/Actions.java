package org.sparkmto.control;

import org.sparkmto.random.Draws;

/**
 * Actions of a policy's distribution in some states of one task.
 *
 * @param each one for each number of an action that counts, row after row
 * @param width how many count
 */
@SuppressWarnings("ArrayRecordComponent") // an intermediate result, not a value
record Actions(SquashedGaussian[] each, int width) {

  /**
   * Takes what an actor's head said.
   *
   * @param outputs mean and spread of each number of an action, row after row
   * @param width how many numbers of an action count
   */
  static Actions of(double[] outputs, int width, Draws draws) {
    int widest = ControlTask.WIDEST_ACTION;
    int rows = outputs.length / (2 * widest);
    SquashedGaussian[] each = new SquashedGaussian[rows * width];
    for (int i = 0; i < each.length; i++) {
      int at = 2 * (i / width * widest + i % width);
      each[i] = new SquashedGaussian(outputs[at], outputs[at + 1], draws.normal(i));
    }
    return new Actions(each, width);
  }

  int rows() {
    return each.length / width;
  }

  /** The actions themselves, zeros where a number does not count. */
  double[] values() {
    double[] values = new double[rows() * ControlTask.WIDEST_ACTION];
    for (int i = 0; i < each.length; i++) {
      values[i / width * ControlTask.WIDEST_ACTION + i % width] = each[i].action();
    }
    return values;
  }

  /** The logarithm of the density of every action. */
  double[] logDensities() {
    double[] sums = new double[rows()];
    for (int i = 0; i < each.length; i++) {
      sums[i / width] += each[i].logDensity();
    }
    return sums;
  }

  /**
   * The derivatives by the outputs of {@code weight * log density + slope * action}.
   *
   * @param slopes one for each number of an action, also of those that do not count
   */
  double[] slopes(double weight, double[] slopes) {
    int widest = ControlTask.WIDEST_ACTION;
    double[] byOutputs = new double[2 * slopes.length];
    for (int i = 0; i < each.length; i++) {
      int at = i / width * widest + i % width;
      System.arraycopy(each[i].slopes(weight, slopes[at]), 0, byOutputs, 2 * at, 2);
    }
    return byOutputs;
  }
}
