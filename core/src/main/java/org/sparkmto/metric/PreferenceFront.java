package org.sparkmto.metric;

import java.util.Arrays;
import java.util.List;

/**
 * How well what answers preferences can be told what matters: points with a number for each figure,
 * each of them the answer to a preference.
 *
 * @param figures what the numbers are, at least one
 * @param points an array of one number per figure for each point
 * @param shares of each point what was asked for: one share per task
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record PreferenceFront(List<Axis> figures, double[][] points, double[][] shares) {
  /** Of more figures an exact volume takes too long, and is not told. */
  private static final int MOST_FIGURES = 8;

  /**
   * A figure of a task.
   *
   * @param task number of the task, from 0
   * @param direction which way it gets better
   */
  public record Axis(int task, Direction direction) {}

  /**
   * The share of a box that the points dominate together. On every figure the box reaches from the
   * best to the worst number of some points, these or more of them.
   *
   * @param range those, as {@link #points}; what is not finite there is left out
   * @return NaN where there are too many figures for an exact volume
   */
  public double volume(double[][] range) {
    if (figures.size() > MOST_FIGURES) {
      return Double.NaN;
    }
    double[][] scaled = new double[points.length][figures.size()];
    for (int k = 0; k < figures.size(); k++) {
      Direction direction = figures.get(k).direction();
      double best = Double.NaN;
      double worst = Double.NaN;
      for (double[] point : range) {
        double value = point[k];
        if (Double.isFinite(value)) {
          best = Double.isNaN(best) || direction.better(value, best) ? value : best;
          worst = Double.isNaN(worst) || direction.better(worst, value) ? value : worst;
        }
      }
      for (int i = 0; i < scaled.length; i++) {
        scaled[i][k] = best == worst ? 0 : (points[i][k] - best) / (worst - best);
      }
    }
    double[] reference = new double[figures.size()];
    Arrays.fill(reference, 1);
    return Hypervolume.of(scaled, reference);
  }

  /**
   * How often a wish is obeyed: the share of pairs of preferences that wish for a task differently,
   * of which the one that wishes for more of it has the better figure; half where they are equal.
   *
   * @return NaN where no two preferences differ
   */
  public double obeyed() {
    double kept = 0;
    int pairs = 0;
    for (int k = 0; k < figures.size(); k++) {
      int task = figures.get(k).task();
      Direction direction = figures.get(k).direction();
      for (int i = 0; i < points.length; i++) {
        for (int j = 0; j < points.length; j++) {
          if (share(i, task) > share(j, task)) {
            double more = points[i][k];
            double less = points[j][k];
            kept += direction.better(more, less) ? 1 : more == less ? 0.5 : 0;
            pairs++;
          }
        }
      }
    }
    return pairs == 0 ? Double.NaN : kept / pairs;
  }

  private double share(int point, int task) {
    return task < shares[point].length ? shares[point][task] : Double.NaN;
  }
}
