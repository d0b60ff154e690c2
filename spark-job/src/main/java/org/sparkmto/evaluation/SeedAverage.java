package org.sparkmto.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What runs that differ in their seed alone reached: mean and sample standard deviation of every
 * metric.
 *
 * @param scores of each run, of the same tasks and metrics; at least one
 */
public record SeedAverage(List<Scores> scores) {
  public SeedAverage {
    scores = List.copyOf(scores);
    if (scores.isEmpty()) {
      throw new IllegalArgumentException("there is no run to average");
    }
  }

  /**
   * Mean and spread of some numbers.
   *
   * @param mean NaN if a number is
   * @param deviation of the sample, with one less than their number below; NaN of a single number
   */
  public record Spread(double mean, double deviation) {

    /** Of the numbers. */
    public static Spread of(List<Double> numbers) {
      double sum = 0;
      for (double number : numbers) {
        sum += number;
      }
      double mean = sum / numbers.size();
      double squares = 0;
      for (double number : numbers) {
        squares += (number - mean) * (number - mean);
      }
      return new Spread(
          mean, numbers.size() < 2 ? Double.NaN : Math.sqrt(squares / (numbers.size() - 1)));
    }

    /** {@code 0.4766 +- 0.0123}. */
    @Override
    public String toString() {
      return Double.isNaN(deviation)
          ? String.format(Locale.ROOT, "%.4f", mean)
          : String.format(Locale.ROOT, "%.4f +- %.4f", mean, deviation);
    }
  }

  /** By task and metric. */
  public Map<String, Map<String, Spread>> tasks() {
    Map<String, Map<String, Spread>> tasks = new LinkedHashMap<>();
    scores
        .get(0)
        .tasks()
        .forEach(
            (task, metrics) -> {
              Map<String, Spread> spreads = new LinkedHashMap<>();
              for (String metric : metrics.keySet()) {
                spreads.put(
                    metric,
                    Spread.of(scores.stream().map(s -> s.tasks().get(task).get(metric)).toList()));
              }
              tasks.put(task, spreads);
            });
    return tasks;
  }
}
