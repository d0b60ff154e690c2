package org.sparkmto.experiment;

import java.util.function.DoubleUnaryOperator;

/**
 * The two-task formulas behind the published toy table, in the scale of the mean of both losses,
 * with the guards they were run with. They are written down here a second time, independently of
 * the method package, so that one can be checked against the other.
 */
enum ToyReference implements ToyRule {
  /** The mean. */
  EW {
    @Override
    public ToyPoint direction(ToyProblem.Step at, int step) {
      return at.gradient1().plus(1, at.gradient2()).times(0.5);
    }
  },

  /** Each gradient without its component along the other, if they conflict; then the mean. */
  PCGRAD {
    @Override
    public ToyPoint direction(ToyProblem.Step at, int step) {
      ToyPoint g1 = at.gradient1();
      ToyPoint g2 = at.gradient2();
      double g12 = g1.dot(g2);
      return g12 < 0
          ? g1.times(1 - g12 / g1.dot(g1)).plus(1 - g12 / g2.dot(g2), g2).times(0.5)
          : EW.direction(at, step);
    }
  },

  /** The shortest convex combination. */
  MGDA {
    @Override
    public ToyPoint direction(ToyProblem.Step at, int step) {
      double g11 = at.gradient1().dot(at.gradient1());
      double g12 = at.gradient1().dot(at.gradient2());
      double g22 = at.gradient2().dot(at.gradient2());
      double share = g11 < g22 ? 1 : 0;
      if (g12 < Math.min(g11, g22)) {
        share = (g22 - g12) / (g11 + g22 - 2 * g12 + 1e-8);
      }
      return at.gradient1().times(share).plus(1 - share, at.gradient2());
    }
  },

  /** CAGrad with c = 0.5, divided by 1 + c. */
  CAGRAD {
    @Override
    public ToyPoint direction(ToyProblem.Step at, int step) {
      ToyPoint g1 = at.gradient1();
      ToyPoint g2 = at.gradient2();
      double g11 = g1.dot(g1);
      double g12 = g1.dot(g2);
      double g22 = g2.dot(g2);
      double radius = C * 0.5 * Math.sqrt(g11 + g22 + 2 * g12 + GUARD);
      double bend = g11 + g22 - 2 * g12;
      double x =
          least(
              share ->
                  radius * Math.sqrt(share * share * bend + 2 * share * (g12 - g22) + g22 + GUARD)
                      + 0.5 * share * bend
                      + (0.5 + share) * (g12 - g22)
                      + g22);
      double length = Math.sqrt(x * x * bend + 2 * x * (g12 - g22) + g22 + GUARD);
      double lambda = radius / (length + GUARD);
      return g1.times(0.5 + lambda * x).plus(0.5 + lambda * (1 - x), g2).times(1 / (1 + C));
    }
  };

  private static final double C = 0.5;
  private static final double GUARD = 1e-4;
  private static final double TOLERANCE = 1e-5;
  private static final double GOLDEN = 0.5 * (3 - Math.sqrt(5));

  /**
   * Where a function of [0, 1] is least, to 1e-5: Brent's method without derivatives (Algorithms
   * for Minimization Without Derivatives, 1973, chapter 5), which the published runs used. {@code
   * best}, {@code second} and {@code third} are the three lowest places so far.
   */
  static double least(DoubleUnaryOperator function) {
    double left = 0;
    double right = 1;
    double best = GOLDEN;
    double second = best;
    double third = best;
    double atBest = function.applyAsDouble(best);
    double atSecond = atBest;
    double atThird = atBest;
    double move = 0;
    double before = 0;
    for (int evaluations = 1; evaluations < 500; evaluations++) {
      double middle = 0.5 * (left + right);
      double near = 1.4832396974191326e-8 * Math.abs(best) + TOLERANCE / 3;
      if (Math.abs(best - middle) <= 2 * near - 0.5 * (right - left)) {
        break;
      }
      boolean section = true;
      if (Math.abs(before) > near) {
        double r = (best - second) * (atBest - atThird);
        double q = (best - third) * (atBest - atSecond);
        double p = (best - third) * q - (best - second) * r;
        q = 2 * (q - r);
        p = q > 0 ? -p : p;
        q = Math.abs(q);
        double last = before;
        before = move;
        if (Math.abs(p) < Math.abs(0.5 * q * last)
            && p > q * (left - best)
            && p < q * (right - best)) {
          section = false;
          move = p / q;
          double to = best + move;
          if (to - left < 2 * near || right - to < 2 * near) {
            move = middle >= best ? near : -near;
          }
        }
      }
      if (section) {
        before = best >= middle ? left - best : right - best;
        move = GOLDEN * before;
      }
      double next = best + (move >= 0 ? 1 : -1) * Math.max(Math.abs(move), near);
      double atNext = function.applyAsDouble(next);
      if (atNext <= atBest) {
        left = next >= best ? best : left;
        right = next >= best ? right : best;
        third = second;
        atThird = atSecond;
        second = best;
        atSecond = atBest;
        best = next;
        atBest = atNext;
      } else {
        left = next < best ? next : left;
        right = next < best ? right : next;
        if (atNext <= atSecond || second == best) {
          third = second;
          atThird = atSecond;
          second = next;
          atSecond = atNext;
        } else if (atNext <= atThird || third == best || third == second) {
          third = next;
          atThird = atNext;
        }
      }
    }
    return best;
  }
}
