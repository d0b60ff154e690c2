package org.sparkmto.runlog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkmto.json.Json;

/**
 * What a network is worth on a split: a file {@code evaluation-<split>.json} in its run, or a line
 * of the run's log.
 *
 * @param split name of the split
 * @param step steps that the network was trained for
 * @param tasks value of every metric, by task and metric; NaN where a metric is undefined
 * @param mean of every metric over the tasks that have it
 * @param delta the comparison with single-task networks, if there was one
 */
public record Evaluation(
    String split,
    long step,
    Map<String, Map<String, Double>> tasks,
    Map<String, Double> mean,
    Optional<Delta> delta) {
  private static final String PREFIX = "evaluation-";
  private static final String SUFFIX = ".json";

  /**
   * Delta_m in percent.
   *
   * @param taskWeighted every task counts the same; NaN if not known
   * @param metricWeighted every metric counts the same; NaN if not known
   * @param convention what the sign says, never empty
   * @param baseline directory of the networks it was compared with; empty if not said
   */
  public record Delta(
      double taskWeighted, double metricWeighted, String convention, String baseline) {}

  /** Takes copies. */
  public Evaluation {
    Map<String, Map<String, Double>> copies = new LinkedHashMap<>();
    tasks.forEach((task, values) -> copies.put(task, copy(values)));
    tasks = Collections.unmodifiableMap(copies);
    mean = copy(mean);
  }

  private static Map<String, Double> copy(Map<String, Double> values) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** Name of the file of a split's evaluation. */
  public static String file(String split) {
    return PREFIX + split + SUFFIX;
  }

  /** Whether a file of a run has the name of an evaluation. */
  public static boolean isFile(String name) {
    return name.startsWith(PREFIX)
        && name.endsWith(SUFFIX)
        && name.length() > PREFIX.length() + SUFFIX.length();
  }

  /** The content of {@link #file}. */
  public String toJson() {
    ObjectNode root = Json.object();
    LogFormat.put(root);
    root.put("step", step);
    putInto(root);
    return Json.pretty(root);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param file its name, for messages
   * @throws LogFormatException if it is damaged or of a later format
   */
  public static Evaluation parse(String json, String file) {
    try {
      JsonNode root = Json.parse(json);
      LogFormat.of(root, file);
      return of(root);
    } catch (JsonProcessingException e) {
      throw new LogFormatException(file + " is not whole JSON: evaluate the model again", e);
    }
  }

  void putInto(ObjectNode node) {
    node.put("split", split);
    ObjectNode byTask = node.putObject("tasks");
    tasks.forEach((task, values) -> Json.put(byTask, task, values));
    Json.put(node, "mean", mean);
    delta.ifPresent(
        relative -> {
          ObjectNode object = node.putObject("delta");
          Json.put(object, "task-weighted", relative.taskWeighted());
          Json.put(object, "metric-weighted", relative.metricWeighted());
          object.put("convention", relative.convention());
          if (!relative.baseline().isEmpty()) {
            object.put("baseline", relative.baseline());
          }
        });
  }

  static Evaluation of(JsonNode node) {
    Map<String, Map<String, Double>> tasks = new LinkedHashMap<>();
    node.path("tasks")
        .properties()
        .forEach(entry -> tasks.put(entry.getKey(), Json.numbersByName(entry.getValue())));
    JsonNode delta = node.path("delta");
    return new Evaluation(
        node.path("split").asText(),
        node.path("step").asLong(),
        tasks,
        Json.numbersByName(node.path("mean")),
        delta.isObject()
            ? Optional.of(
                new Delta(
                    Json.number(delta.path("task-weighted")),
                    Json.number(delta.path("metric-weighted")),
                    delta.path("convention").asText("sign convention not given"),
                    delta.path("baseline").asText()))
            : Optional.empty());
  }

  /** Names of all metrics, in the order in which they first occur. */
  public List<String> metrics() {
    Set<String> names = new LinkedHashSet<>();
    tasks.values().forEach(values -> names.addAll(values.keySet()));
    names.addAll(mean.keySet());
    return new ArrayList<>(names);
  }

  /** The only task that has a metric; empty if several have it. */
  public Optional<String> onlyTask(String metric) {
    List<String> having =
        tasks.keySet().stream().filter(task -> tasks.get(task).containsKey(metric)).toList();
    return having.size() == 1 ? Optional.of(having.get(0)) : Optional.empty();
  }

  /** A task's metric; NaN if it has none. */
  public double of(String task, String metric) {
    return tasks.getOrDefault(task, Map.of()).getOrDefault(metric, Double.NaN);
  }

  /** A metric's mean; NaN if there is none. */
  public double mean(String metric) {
    return mean.getOrDefault(metric, Double.NaN);
  }
}
