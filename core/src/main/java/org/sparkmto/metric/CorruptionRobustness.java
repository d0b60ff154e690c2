package org.sparkmto.metric;

import java.util.ArrayList;
import java.util.List;

/**
 * How well a network bears corrupted inputs, by one figure of one task, beside a network of that
 * task alone: "Examining Common Paradigms in Multi-Task Learning", appendix A6, equation 26. With M
 * the figure and c the conditions, that is corruptions at severities,
 *
 * <pre>  s * mean over c of (M_c / M_clean - M'_c / M'_clean)</pre>
 *
 * where M' is of the network of the task alone and s is 1 where higher is better, else -1: above 0
 * the network bears corruption better. The text of the paper says that the relative performances
 * under corruption are subtracted and what the sign means; that they are ratios to the same
 * network's figure on clean data is our reading of it.
 *
 * @param direction which way the figure gets better
 * @param clean of the network on clean data
 * @param corrupted of the network under each condition
 * @param baselineClean of the network of the task alone on clean data; NaN if there is none
 * @param baselineCorrupted of that under each condition; empty if there is none
 */
public record CorruptionRobustness(
    Direction direction,
    double clean,
    List<Double> corrupted,
    double baselineClean,
    List<Double> baselineCorrupted) {
  public CorruptionRobustness {
    corrupted = List.copyOf(corrupted);
    baselineCorrupted = List.copyOf(baselineCorrupted);
    if (corrupted.isEmpty()) {
      throw new IllegalArgumentException("there is no condition");
    }
    if (!baselineCorrupted.isEmpty() && baselineCorrupted.size() != corrupted.size()) {
      throw new IllegalArgumentException(
          baselineCorrupted.size() + " conditions of the baseline, not " + corrupted.size());
    }
  }

  /** Of a network that is compared with none. */
  public static CorruptionRobustness alone(
      Direction direction, double clean, List<Double> corrupted) {
    return new CorruptionRobustness(direction, clean, corrupted, Double.NaN, List.of());
  }

  /** Whether there is a network to compare with. */
  public boolean isCompared() {
    return !baselineCorrupted.isEmpty();
  }

  /** The same of some of the conditions, by their numbers. */
  public CorruptionRobustness of(List<Integer> conditions) {
    return new CorruptionRobustness(
        direction,
        clean,
        conditions.stream().map(corrupted::get).toList(),
        baselineClean,
        isCompared() ? conditions.stream().map(baselineCorrupted::get).toList() : List.of());
  }

  /** The mean of the figure over the conditions. */
  public double mean() {
    return mean(corrupted);
  }

  /** That of the network of the task alone; NaN if there is none. */
  public double baselineMean() {
    return mean(baselineCorrupted);
  }

  /** Relative performance: {@link #mean} as a multiple of the figure on clean data. */
  public double relative() {
    return ratio(mean(), clean);
  }

  /** That of the network of the task alone; NaN if there is none. */
  public double baselineRelative() {
    return ratio(baselineMean(), baselineClean);
  }

  /**
   * The figure of equation 26; NaN without a baseline, or where a figure on clean data is 0 or
   * undefined.
   */
  public double value() {
    return mean(values());
  }

  /** What each condition adds to {@link #value}; empty without a baseline. */
  public List<Double> values() {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < baselineCorrupted.size(); i++) {
      values.add(
          sign()
              * (ratio(corrupted.get(i), clean) - ratio(baselineCorrupted.get(i), baselineClean)));
    }
    return values;
  }

  /**
   * What the network alone gains under each condition, in parts of its figure on clean data:
   * negative where corruption makes it worse.
   */
  public List<Double> gains() {
    return corrupted.stream().map(value -> sign() * (ratio(value, clean) - 1)).toList();
  }

  private int sign() {
    return direction == Direction.HIGHER_IS_BETTER ? 1 : -1;
  }

  private static double ratio(double value, double clean) {
    return clean == 0 ? Double.NaN : value / clean;
  }

  private static double mean(List<Double> values) {
    return Spread.of(values).mean();
  }
}
