package org.sparkmto.metric;

import java.util.List;

/**
 * The points that no other dominates. One dominates another if it is at least as good by every
 * metric and better by one; equal points do not dominate each other.
 */
public final class ParetoFront {
  private ParetoFront() {}

  /**
   * Which points are on the front. A point with a NaN never is, and dominates none.
   *
   * @param points one row of metrics per point
   * @param directions one per metric
   * @throws IllegalArgumentException if a row has another length
   */
  public static boolean[] of(double[][] points, List<Direction> directions) {
    boolean[] front = new boolean[points.length];
    for (int i = 0; i < points.length; i++) {
      if (points[i].length != directions.size()) {
        throw new IllegalArgumentException(
            "point %d has %d metrics, there are %d directions"
                .formatted(i, points[i].length, directions.size()));
      }
    }
    for (int i = 0; i < points.length; i++) {
      front[i] = undominated(points[i], points, directions);
    }
    return front;
  }

  /**
   * Whether a point has no NaN and none of the others dominates it.
   *
   * @param others rows of as many metrics
   * @param directions one per metric
   */
  public static boolean undominated(double[] point, double[][] others, List<Direction> directions) {
    if (hasNaN(point)) {
      return false;
    }
    for (double[] other : others) {
      if (!hasNaN(other) && dominates(other, point, directions)) {
        return false;
      }
    }
    return true;
  }

  private static boolean dominates(double[] some, double[] other, List<Direction> directions) {
    boolean better = false;
    for (int metric = 0; metric < some.length; metric++) {
      Direction direction = directions.get(metric);
      if (direction.better(other[metric], some[metric])) {
        return false;
      }
      better |= direction.better(some[metric], other[metric]);
    }
    return better;
  }

  private static boolean hasNaN(double[] point) {
    for (double value : point) {
      if (Double.isNaN(value)) {
        return true;
      }
    }
    return false;
  }
}
