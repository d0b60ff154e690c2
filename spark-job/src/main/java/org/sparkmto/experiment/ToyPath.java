package org.sparkmto.experiment;

import java.util.Arrays;
import java.util.OptionalInt;
import org.sparkmto.optimizer.Optimizer;

/** A path over the toy problem: every point from the start to where it ended. */
final class ToyPath {
  private final double[] x1;
  private final double[] x2;
  private final OptionalInt arrival;

  private ToyPath(double[] x1, double[] x2, OptionalInt arrival) {
    this.x1 = x1;
    this.x2 = x2;
    this.arrival = arrival;
  }

  /** Hears of every point; answers whether to go on. */
  private interface Visitor {
    boolean goOn(int updates, ToyPoint point, boolean arrived);
  }

  /**
   * Follows a rule for a number of updates; ends early where a point is not finite, which is the
   * last of the path.
   */
  static ToyPath follow(
      ToyPoint start, ToyRule rule, Optimizer optimizer, double rate, int updates) {
    double[] x1 = new double[updates + 1];
    double[] x2 = new double[updates + 1];
    int[] ends = {0, -1};
    walk(
        start,
        rule,
        optimizer,
        rate,
        updates,
        (made, point, arrived) -> {
          x1[made] = point.x1();
          x2[made] = point.x2();
          ends[0] = made + 1;
          ends[1] = arrived && ends[1] < 0 ? made : ends[1];
          return true;
        });
    return new ToyPath(Arrays.copyOf(x1, ends[0]), Arrays.copyOf(x2, ends[0]), optional(ends[1]));
  }

  /** Updates until the mean of both losses is below the target, if that many are enough. */
  static OptionalInt arrival(
      ToyPoint start, ToyRule rule, Optimizer optimizer, double rate, int most) {
    int[] at = {-1};
    walk(
        start,
        rule,
        optimizer,
        rate,
        most,
        (made, point, arrived) -> {
          at[0] = arrived ? made : -1;
          return !arrived;
        });
    return optional(at[0]);
  }

  private static OptionalInt optional(int updates) {
    return updates < 0 ? OptionalInt.empty() : OptionalInt.of(updates);
  }

  private static void walk(
      ToyPoint start,
      ToyRule rule,
      Optimizer optimizer,
      double rate,
      int updates,
      Visitor visitor) {
    double[] at = {start.x1(), start.x2()};
    double[][] state = new double[optimizer.state().size()][2];
    for (int made = 0; ; made++) {
      ToyPoint point = new ToyPoint(at[0], at[1]);
      ToyProblem.Step here = ToyProblem.at(point);
      // As the sum, the way in which the published runs are counted.
      boolean arrived = here.loss1() + here.loss2() < 2 * ToyProblem.TARGET;
      if (!visitor.goOn(made, point, arrived) || made == updates || !point.isFinite()) {
        return;
      }
      rule.update(at, here, made, optimizer, state, rate);
    }
  }

  /** The number of points, the start included. */
  int size() {
    return x1.length;
  }

  /** The point after some updates. */
  ToyPoint at(int updates) {
    return new ToyPoint(x1[updates], x2[updates]);
  }

  /** Where the path ended. */
  ToyPoint end() {
    return at(size() - 1);
  }

  /** The first point, in updates, at which the mean of both losses was below the target. */
  OptionalInt arrival() {
    return arrival;
  }
}
