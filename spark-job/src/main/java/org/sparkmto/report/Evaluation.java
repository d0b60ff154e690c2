package org.sparkmto.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The metrics of all tasks on one split at one step.
 *
 * @param tasks task to metric to value, NaN where undefined
 * @param mean metric to its mean over the tasks: the given one, or else the plain mean if every
 *     task has the metric
 * @param delta the comparison with single-task baselines, if there is one
 * @param ofLog true if this is a line of the log, false if it is a final evaluation with its own
 *     file
 */
record Evaluation(
    String split,
    long step,
    Map<String, Map<String, Double>> tasks,
    Map<String, Double> mean,
    Optional<Delta> delta,
    boolean ofLog) {

  /**
   * Delta_m in percent.
   *
   * @param convention what the sign says, never empty
   * @param baseline what it was compared with
   */
  record Delta(double taskWeighted, double metricWeighted, String convention, String baseline) {}

  /** Reads the JSON form. */
  static Evaluation read(JsonNode json, boolean ofLog) {
    Map<String, Map<String, Double>> tasks = new LinkedHashMap<>();
    json.path("tasks")
        .properties()
        .forEach(entry -> tasks.put(entry.getKey(), numbers(entry.getValue())));
    Map<String, Double> mean = new LinkedHashMap<>(numbers(json.path("mean")));
    for (String metric : metrics(tasks)) {
      if (!mean.containsKey(metric)
          && tasks.values().stream().allMatch(values -> values.containsKey(metric))) {
        mean.put(
            metric,
            tasks.values().stream().mapToDouble(v -> v.get(metric)).average().orElse(Double.NaN));
      }
    }
    JsonNode delta = json.path("delta");
    return new Evaluation(
        json.path("split").asText(),
        json.path("step").asLong(),
        tasks,
        mean,
        delta.isObject()
            ? Optional.of(
                new Delta(
                    number(delta.path("task-weighted")),
                    number(delta.path("metric-weighted")),
                    delta.path("convention").asText("sign convention not given"),
                    delta.path("baseline").asText()))
            : Optional.empty(),
        ofLog);
  }

  /** Names of all metrics, in the order in which they first occur. */
  List<String> metrics() {
    Set<String> names = new LinkedHashSet<>(metrics(tasks));
    names.addAll(mean.keySet());
    return new ArrayList<>(names);
  }

  private static Set<String> metrics(Map<String, Map<String, Double>> tasks) {
    Set<String> names = new LinkedHashSet<>();
    tasks.values().forEach(values -> names.addAll(values.keySet()));
    return names;
  }

  /** The only task that has a metric; empty if several have it. */
  Optional<String> onlyTask(String metric) {
    List<String> having =
        tasks.keySet().stream().filter(task -> tasks.get(task).containsKey(metric)).toList();
    return having.size() == 1 ? Optional.of(having.get(0)) : Optional.empty();
  }

  double of(String task, String metric) {
    return tasks.getOrDefault(task, Map.of()).getOrDefault(metric, Double.NaN);
  }

  double mean(String metric) {
    return mean.getOrDefault(metric, Double.NaN);
  }

  private static Map<String, Double> numbers(JsonNode object) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    object.properties().forEach(entry -> numbers.put(entry.getKey(), number(entry.getValue())));
    return numbers;
  }

  /** A number, also one that JSON cannot write and that stands there as text; NaN otherwise. */
  static double number(JsonNode node) {
    if (node.isNumber()) {
      return node.asDouble();
    }
    return switch (node.asText()) {
      case "Infinity", "+Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> Double.NaN;
    };
  }
}
