package org.sparkmto.evaluation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * Metrics of a network on a split.
 *
 * @param tasks value of every metric, by task and metric; NaN where a metric is undefined
 */
public record Scores(Map<String, Map<String, Double>> tasks) {
  public Scores {
    tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
  }

  /** The mean of every metric over the tasks that have it; undefined values are left out. */
  public Map<String, Double> mean() {
    Map<String, double[]> sums = new LinkedHashMap<>();
    for (Map<String, Double> values : tasks.values()) {
      values.forEach(
          (metric, value) -> {
            double[] sum = sums.computeIfAbsent(metric, name -> new double[2]);
            if (!value.isNaN()) {
              sum[0] += value;
              sum[1]++;
            }
          });
    }
    Map<String, Double> mean = new LinkedHashMap<>();
    sums.forEach((metric, sum) -> mean.put(metric, sum[0] / sum[1]));
    return mean;
  }

  /**
   * On one line, the mean of every metric that several tasks have and the others with their task.
   */
  public String summary() {
    StringJoiner line = new StringJoiner("  ");
    mean()
        .forEach(
            (metric, value) -> {
              List<String> having =
                  tasks.keySet().stream()
                      .filter(task -> tasks.get(task).containsKey(metric))
                      .toList();
              String whose = having.size() == 1 ? having.get(0) : "mean";
              line.add(String.format(Locale.ROOT, "%s %s %.4f", whose, metric, value));
            });
    return line.toString();
  }
}
