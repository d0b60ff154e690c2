package org.sparkmto.metric;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The volume that points dominate, up to a reference point: how good a front is as a whole (Zitzler
 * and Thiele, 1999). Exact, by slices along one coordinate after the other (While et al., A faster
 * algorithm for calculating hypervolume, 2006), whose time grows fast with the coordinates.
 */
public final class Hypervolume {
  private Hypervolume() {}

  /**
   * The volume of all places that are below the reference in every coordinate and above a point in
   * every coordinate.
   *
   * @param points one row of coordinates per point, each better the lower; what is not below the
   *     reference in every coordinate, or has a NaN, adds nothing
   * @param reference as many coordinates, at least 1
   * @throws IllegalArgumentException if a row has another length, or there is no coordinate
   */
  public static double of(double[][] points, double[] reference) {
    if (reference.length == 0) {
      throw new IllegalArgumentException("the reference has no coordinate");
    }
    List<double[]> inside = new ArrayList<>();
    for (double[] point : points) {
      if (point.length != reference.length) {
        throw new IllegalArgumentException(
            "a point has %d coordinates, the reference %d"
                .formatted(point.length, reference.length));
      }
      if (isBelow(point, reference)) {
        inside.add(point);
      }
    }
    return volume(inside, reference, reference.length);
  }

  private static boolean isBelow(double[] point, double[] reference) {
    for (int k = 0; k < point.length; k++) {
      if (!(point[k] < reference[k])) {
        return false;
      }
    }
    return true;
  }

  /** Of the first coordinates alone. */
  private static double volume(List<double[]> points, double[] reference, int coordinates) {
    int last = coordinates - 1;
    if (coordinates == 1) {
      return points.stream().mapToDouble(p -> reference[0] - p[0]).max().orElse(0);
    }
    List<double[]> sorted = new ArrayList<>(points);
    sorted.sort(Comparator.comparingDouble(point -> point[last]));
    double volume = 0;
    for (int i = 0; i < sorted.size(); i++) {
      double until = i + 1 < sorted.size() ? sorted.get(i + 1)[last] : reference[last];
      double thickness = until - sorted.get(i)[last];
      if (thickness > 0) {
        volume += thickness * volume(sorted.subList(0, i + 1), reference, last);
      }
    }
    return volume;
  }
}
