package org.sparkmto.optimizer;

/** Checks of what rules and schedules are made with, for those who make them in code. */
final class Ranges {
  private Ranges() {}

  /** Checks that a decay rate is in [0, 1). */
  static void requireFraction(String owner, String name, double value) {
    require(value >= 0 && value < 1, "%s: %s %s is not in [0, 1)".formatted(owner, name, value));
  }

  /** Checks that a number is finite and not negative. */
  static void requireNotNegative(String owner, String name, double value) {
    require(
        value >= 0 && Double.isFinite(value),
        "%s: %s %s is not a number from 0 on".formatted(owner, name, value));
  }

  /**
   * Checks a constant that keeps a denominator from zero. It must be one as a float, too: otherwise
   * a parameter that never had a gradient would become 0/0.
   */
  static void requireEpsilon(String owner, double value) {
    require(
        value >= Float.MIN_NORMAL && Double.isFinite(value),
        "%s: epsilon %s is not a number above 1.2e-38".formatted(owner, value));
  }

  static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
