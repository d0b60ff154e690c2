package org.sparkmto.report;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Points from left to right. */
final class Curve {
  private final double[] x;
  private final double[] y;

  Curve(double[] x, double[] y) {
    if (x.length != y.length) {
      throw new IllegalArgumentException(x.length + " x for " + y.length + " y");
    }
    this.x = x;
    this.y = y;
  }

  int size() {
    return x.length;
  }

  double x(int point) {
    return x[point];
  }

  double y(int point) {
    return y[point];
  }

  double last() {
    return y.length == 0 ? Double.NaN : y[y.length - 1];
  }

  double firstX() {
    return x[0];
  }

  double lastX() {
    return x[x.length - 1];
  }

  /** The y values in ascending order. */
  double[] sorted() {
    double[] sorted = y.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  /**
   * The exponential average that forgets half within {@code halfLife} units of x, with Adam's bias
   * correction, so that the start is neither pulled to 0 nor held by the first value.
   */
  Curve smoothed(double halfLife) {
    double[] smooth = new double[y.length];
    double average = 0;
    double weight = 0;
    for (int point = 0; point < y.length; point++) {
      int since = Math.max(1, point);
      double keep = y.length == 1 ? 0 : Math.pow(0.5, (x[since] - x[since - 1]) / halfLife);
      average = keep * average + (1 - keep) * y[point];
      weight = keep * weight + (1 - keep);
      smooth[point] = average / weight;
    }
    return new Curve(x, smooth);
  }

  /** At most this many points, evenly taken, the last one kept. */
  Curve thinned(int points) {
    if (y.length <= points) {
      return this;
    }
    double[] fewX = new double[points];
    double[] fewY = new double[points];
    for (int point = 0; point < points; point++) {
      int from = (int) ((long) point * (y.length - 1) / (points - 1));
      fewX[point] = x[from];
      fewY[point] = y[from];
    }
    return new Curve(fewX, fewY);
  }

  /** The value at x by straight lines between points, the nearest end's value outside. */
  double at(double position) {
    int found = Arrays.binarySearch(x, position);
    if (found >= 0) {
      return y[found];
    }
    int after = -found - 1;
    if (after == 0) {
      return y[0];
    }
    if (after == x.length) {
      return y[x.length - 1];
    }
    double share = (position - x[after - 1]) / (x[after] - x[after - 1]);
    return y[after - 1] + share * (y[after] - y[after - 1]);
  }

  /** The curve of a quantile of several curves at the places of the first. */
  static Curve across(List<Curve> curves, ToDoubleFunction<double[]> summary) {
    Curve first = curves.get(0);
    double[] x = new double[first.size()];
    double[] y = new double[first.size()];
    for (int point = 0; point < x.length; point++) {
      double position = first.x(point);
      x[point] = position;
      double[] values = curves.stream().mapToDouble(curve -> curve.at(position)).toArray();
      Arrays.sort(values);
      y[point] = summary.applyAsDouble(values);
    }
    return new Curve(x, y);
  }

  /** Of values in ascending order, the one that a share of them lies below. */
  static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
