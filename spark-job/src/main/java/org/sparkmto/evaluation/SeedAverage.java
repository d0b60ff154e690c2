package org.sparkmto.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.metric.Spread;

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
      if (!Double.isFinite(taskWeighted.mean())) {
        return Figure.UNDEFINED + " of a run (" + one.meaning() + ")";
      }
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
