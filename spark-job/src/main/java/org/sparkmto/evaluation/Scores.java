package org.sparkmto.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.sparkmto.metric.CountedFigures;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.Metrics;

/**
 * Metrics of a network on a split.
 *
 * @param tasks value of every metric, by task and metric; NaN where a metric is undefined, never
 *     infinite
 */
public record Scores(Map<String, Map<String, Double>> tasks) {
  public Scores {
    Map<String, Map<String, Double>> copy = new LinkedHashMap<>();
    tasks.forEach(
        (task, values) -> {
          Map<String, Double> finite = new LinkedHashMap<>();
          values.forEach(
              (metric, value) -> finite.put(metric, Double.isFinite(value) ? value : Double.NaN));
          copy.put(task, Collections.unmodifiableMap(finite));
        });
    tasks = Collections.unmodifiableMap(copy);
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
   * What is undefined and why, a sentence for each metric: {@code balanced-accuracy of rare is
   * undefined: it needs labels of two classes or more}. Empty if everything is defined.
   */
  public List<String> undefined() {
    Map<String, List<String>> whose = new LinkedHashMap<>();
    tasks.forEach(
        (task, values) ->
            values.forEach(
                (metric, value) -> {
                  if (value.isNaN()) {
                    whose.computeIfAbsent(metric, name -> new ArrayList<>()).add(task);
                  }
                }));
    List<String> sentences = new ArrayList<>();
    whose.forEach(
        (metric, having) ->
            sentences.add(
                "%s of %s is %s%s"
                    .formatted(
                        metric,
                        CountedFigures.whose(having),
                        Figure.UNDEFINED,
                        Metrics.figure(metric)
                            .map(figure -> ": it needs " + figure.needs())
                            .orElse(""))));
    return sentences;
  }

  /**
   * On one line, the mean of every metric that several tasks have and the others with their task; a
   * mean over some of these tasks says over how many.
   */
  public String summary() {
    StringJoiner line = new StringJoiner("  ");
    mean()
        .forEach(
            (metric, value) -> {
              List<Map.Entry<String, Map<String, Double>>> having =
                  tasks.entrySet().stream()
                      .filter(task -> task.getValue().containsKey(metric))
                      .toList();
              long defined =
                  having.stream().filter(task -> !task.getValue().get(metric).isNaN()).count();
              String whose = having.size() == 1 ? having.get(0).getKey() : "mean";
              String some =
                  defined == 0 || defined == having.size()
                      ? ""
                      : " (" + defined + " of " + having.size() + " tasks)";
              line.add(whose + " " + metric + " " + Figure.text(value) + some);
            });
    return line.toString();
  }
}
