package org.sparkmto.experiment.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** What the check of one entry found; {@link #line} sums it up. */
final class Findings {
  /** The references carry 15 digits; what is left is the order of sums and conditioning. */
  static final double EXACT = 1e-9;

  /** Where a reference comes out of an iteration that stops somewhere. */
  static final double CONVERGED = 1e-6;

  private final List<String> failures = new ArrayList<>();
  private final List<String> better = new ArrayList<>();
  private final List<String> refusals = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private final List<String> unread = new ArrayList<>();
  private double error;
  private double tolerance;
  private boolean compared;

  /** Compares relative to the largest expected magnitude; all zero is compared absolutely. */
  void near(String what, double[] ours, double[] theirs, double tolerance) {
    near(what, ours, theirs, largest(theirs), tolerance);
  }

  /** Compares relative to a scale. NaN agrees with NaN alone, an infinity with itself. */
  void near(String what, double[] ours, double[] theirs, double scale, double tolerance) {
    Fields.requireSize(what, theirs.length, ours.length);
    within(what, error(ours, theirs, scale), tolerance);
  }

  /** Compares relative to the expected magnitude. */
  void near(String what, double ours, double theirs, double tolerance) {
    near(what, new double[] {ours}, new double[] {theirs}, tolerance);
  }

  /**
   * Compares every number relative to itself, not only to the largest.
   *
   * @param floor what a number is relative to at least: what cancelled to it leaves its rounding
   */
  void each(String what, double[] ours, double[] theirs, double floor, double tolerance) {
    Fields.requireSize(what, theirs.length, ours.length);
    within(what, eachError(ours, theirs, floor), tolerance);
  }

  /** Holds an error or residual that is computed here to a tolerance. */
  void within(String what, double found, double allowed) {
    boolean passes = found <= allowed;
    double ratio = Double.isNaN(found) ? Double.POSITIVE_INFINITY : found / allowed;
    if (!compared || ratio > error / tolerance) {
      error = Double.isNaN(found) ? Double.POSITIVE_INFINITY : found;
      tolerance = allowed;
    }
    compared = true;
    if (!passes) {
      failures.add(String.format(Locale.ROOT, "%s is off by %.2e", what, found));
    }
  }

  /** Two values that must be the same. */
  void same(String what, Object ours, Object theirs) {
    within(what, ours.equals(theirs) ? 0 : Double.POSITIVE_INFINITY, EXACT);
  }

  /**
   * Holds our objective or residual to theirs: it may exceed it by {@code slack} only.
   *
   * @param notable whether the two answers differ so much that the verdict is "better"
   */
  void notWorse(String what, double ours, double theirs, double slack, boolean notable) {
    compared = true;
    if (!(ours <= theirs + slack)) {
      within(what, Double.POSITIVE_INFINITY, EXACT);
      remark(String.format(Locale.ROOT, "%s: ours %.9g, theirs %.9g", what, ours, theirs));
    } else if (notable) {
      better.add(String.format(Locale.ROOT, "%s: ours %.9g, theirs %.9g", what, ours, theirs));
    }
  }

  /** Theirs is wrong for a reason that was computed here, and ours was certified on its own. */
  void better(String why) {
    compared = true;
    better.add(why);
  }

  /** Ours refuses, and it was shown here that theirs is no solution. */
  void refuses(String why) {
    compared = true;
    refusals.add(why);
  }

  void fail(String why) {
    compared = true;
    error = Double.POSITIVE_INFINITY;
    tolerance = tolerance == 0 ? EXACT : tolerance;
    failures.add(why);
  }

  /** A field that no check read: it gets a line of its own. */
  void unread(String field) {
    unread.add(field);
  }

  List<String> unread() {
    return unread;
  }

  void remark(String text) {
    if (!remarks.contains(text)) {
      remarks.add(text);
    }
  }

  Line line(String entry) {
    if (!compared) {
      return Line.unknown(entry, join(List.of("nothing in it can be compared"), remarks));
    }
    OptionalDouble worst = tolerance > 0 ? OptionalDouble.of(error) : OptionalDouble.empty();
    OptionalDouble allowed = tolerance > 0 ? OptionalDouble.of(tolerance) : OptionalDouble.empty();
    Verdict verdict =
        !failures.isEmpty()
            ? Verdict.FAIL
            : !refusals.isEmpty()
                ? Verdict.REFUSES
                : !better.isEmpty() ? Verdict.BETTER : Verdict.OK;
    return new Line(entry, verdict, worst, allowed, join(failures, refusals, better, remarks));
  }

  /** The largest error relative to a scale above 0, absolute otherwise. */
  static double error(double[] ours, double[] theirs, double scale) {
    double worst = 0;
    for (int i = 0; i < ours.length; i++) {
      if (Double.compare(ours[i], theirs[i]) == 0) {
        continue;
      }
      double difference = Math.abs(ours[i] - theirs[i]);
      worst = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(worst, difference);
      if (Double.isInfinite(worst)) {
        return worst;
      }
    }
    return scale > 0 ? worst / scale : worst;
  }

  /** The largest error of a number relative to itself, or to a floor that is larger. */
  static double eachError(double[] ours, double[] theirs, double floor) {
    double worst = 0;
    for (int i = 0; i < ours.length; i++) {
      double scale = Math.max(Math.abs(theirs[i]), floor);
      double one = error(new double[] {ours[i]}, new double[] {theirs[i]}, scale);
      worst = Math.max(worst, one);
    }
    return worst;
  }

  /** The largest magnitude among the finite values. */
  static double largest(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).map(Math::abs).max().orElse(0);
  }

  @SafeVarargs
  private static String join(List<String>... parts) {
    List<String> all = new ArrayList<>();
    for (List<String> part : parts) {
      all.addAll(part);
    }
    return String.join("; ", all);
  }
}
