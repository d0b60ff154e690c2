package org.sparkmto.report;

import java.util.ArrayList;
import java.util.List;
import org.sparkmto.metric.Spread;

/**
 * One quantity of several runs as three curves, over the points that all of them have.
 *
 * @param least the lowest of the runs
 * @param mean over the runs
 * @param greatest the highest of the runs
 */
record SeedCurves(Curve least, Curve mean, Curve greatest) {

  /** Of one curve or more. */
  static SeedCurves of(List<Curve> curves) {
    Curve first = curves.get(0);
    if (curves.size() == 1) {
      return new SeedCurves(first, first, first);
    }
    List<double[]> points = new ArrayList<>();
    for (int point = 0; point < first.size(); point++) {
      double x = first.x(point);
      List<Double> values = new ArrayList<>();
      for (Curve curve : curves) {
        for (int other = 0; other < curve.size(); other++) {
          if (curve.x(other) == x) {
            values.add(curve.y(other));
          }
        }
      }
      if (values.size() == curves.size()) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        points.add(
            new double[] {x, sorted[0], Spread.of(values).mean(), sorted[sorted.length - 1]});
      }
    }
    return new SeedCurves(curve(points, 1), curve(points, 2), curve(points, 3));
  }

  private static Curve curve(List<double[]> points, int of) {
    return new Curve(
        points.stream().mapToDouble(point -> point[0]).toArray(),
        points.stream().mapToDouble(point -> point[of]).toArray());
  }
}
