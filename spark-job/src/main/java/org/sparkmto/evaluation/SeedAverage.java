package org.sparkmto.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.metric.RelativePerformance;

/**
 * What runs that differ in their seed alone reached: mean and sample standard deviation of every
 * metric and of Delta_m.
 *
 * @param scores of each run, of the same tasks and metrics; at least one
 * @param deltas the comparison of each run with single-task networks, in which the same figures
 *     count; none, or fewer than runs, if not all were compared
 */
public record SeedAverage(List<Scores> scores, List<RelativePerformance> deltas) {
  public SeedAverage {
    scores = List.copyOf(scores);
    deltas = List.copyOf(deltas);
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

  /**
   * Delta_m in percent.
   *
   * @param taskWeighted every task counting the same
   * @param metricWeighted every figure that counts doing the same
   * @param one of the runs, for the convention and for what counts
   */
  public record Delta(Spread taskWeighted, Spread metricWeighted, RelativePerformance one) {

    /** {@code 10.08 +- 2.84 % task-weighted, 2.76 +- 1.10 % metric-weighted (...)}. */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s %% task-weighted, %s %% metric-weighted (%s)",
          taskWeighted,
          metricWeighted,
          one.meaning());
    }
  }

  /** Of Delta_m; absent if a run was not compared. */
  public Optional<Delta> delta() {
    return deltas.size() < scores.size()
        ? Optional.empty()
        : Optional.of(
            new Delta(
                Spread.of(deltas.stream().map(RelativePerformance::taskWeighted).toList()),
                Spread.of(deltas.stream().map(RelativePerformance::metricWeighted).toList()),
                deltas.get(0)));
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
