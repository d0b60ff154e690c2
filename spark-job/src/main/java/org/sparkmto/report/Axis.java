package org.sparkmto.report;

import java.util.ArrayList;
import java.util.List;

/** A scale from values to the unit interval, with ticks at round numbers. */
public final class Axis {
  private final double low;
  private final double high;
  private final boolean log;
  private final List<Double> ticks;
  private final int decimals;

  private Axis(double low, double high, boolean log, List<Double> ticks, int decimals) {
    this.low = low;
    this.high = high;
    this.log = log;
    this.ticks = ticks;
    this.decimals = decimals;
  }

  /** A linear scale over exactly this range, widened if it has no extent. */
  public static Axis linear(double low, double high, int wanted) {
    if (!(high > low)) {
      double room = low == 0 ? 1 : Math.abs(low) * 0.1;
      return linear(low - room, low + room, wanted);
    }
    double step = roundStep((high - low) / wanted);
    int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    List<Double> ticks = new ArrayList<>();
    // Multiples of the step rather than sums, so that no rounding adds up.
    for (long k = (long) Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
      ticks.add(k * step);
    }
    return new Axis(low, high, false, ticks, decimals);
  }

  /** Steps of a run: ticks at whole numbers only. */
  static Axis steps(double low, double high, int wanted) {
    Axis axis = linear(low, Math.max(high, low + 1), wanted);
    return new Axis(
        axis.low,
        axis.high,
        false,
        axis.ticks.stream().filter(tick -> Math.abs(tick - Math.rint(tick)) < 1e-9).toList(),
        0);
  }

  /** A logarithmic scale over a positive range; ticks at 1, 2, 5 or at powers of ten. */
  static Axis log(double low, double high) {
    double decades = Math.log10(high / low);
    int[] mantissas = decades < 2.5 ? new int[] {1, 2, 5} : new int[] {1};
    int every = (int) Math.max(1, Math.ceil(decades / 6));
    List<Double> ticks = new ArrayList<>();
    for (int e = (int) Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) {
      for (int mantissa : mantissas) {
        double tick = mantissa * Math.pow(10, e);
        if (Math.floorMod(e, every) == 0 && tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) {
          ticks.add(tick);
        }
      }
    }
    return new Axis(low, high, true, ticks, 0);
  }

  /** The smallest of 1, 2, 2.5, 5 times a power of ten that is not below {@code step}. */
  static double roundStep(double step) {
    double power = Math.pow(10, Math.floor(Math.log10(step)));
    for (double mantissa : new double[] {1, 2, 2.5, 5}) {
      if (mantissa * power >= step * (1 - 1e-9)) {
        return mantissa * power;
      }
    }
    return 10 * power;
  }

  /** Where a value lies: 0 at the low end, 1 at the high end, beyond them outside. */
  public double at(double value) {
    return log
        ? Math.log(Math.max(value, Double.MIN_NORMAL) / low) / Math.log(high / low)
        : (value - low) / (high - low);
  }

  double low() {
    return low;
  }

  double high() {
    return high;
  }

  boolean isLog() {
    return log;
  }

  public List<Double> ticks() {
    return ticks;
  }

  public String label(double tick) {
    if (log) {
      return NumberText.significant(tick, 3);
    }
    double largest = Math.max(Math.abs(low), Math.abs(high));
    if (largest < 1e-3) {
      return NumberText.significant(tick, 3);
    }
    if (largest >= 1e5 && decimals == 0) {
      double unit = largest >= 1e7 ? 1e6 : 1e3;
      return NumberText.significant(tick / unit, 4) + (tick == 0 ? "" : unit == 1e6 ? " M" : " k");
    }
    // A step of 2.5 needs one decimal more than its power of ten says.
    boolean half = ticks.stream().anyMatch(t -> !isMultiple(t, Math.pow(10, -decimals)));
    return NumberText.fixed(tick, decimals + (half ? 1 : 0));
  }

  private static boolean isMultiple(double value, double unit) {
    double quotient = value / unit;
    return Math.abs(quotient - Math.rint(quotient)) < 1e-6;
  }
}
