package org.sparkmto.runlog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.json.Json;
import org.sparkmto.metric.Spread;

/**
 * What runs that differ in their seed alone are worth on a split: {@code evaluation-<split>.json}
 * in the directory above theirs.
 *
 * @param split name of the split
 * @param runs how many
 * @param tasks every metric, by task and metric
 * @param delta Delta_m in percent, if all were compared
 */
public record SeedEvaluation(
    String split, int runs, Map<String, Map<String, Spread>> tasks, Optional<Delta> delta) {

  /**
   * Delta_m.
   *
   * @param taskWeighted every task counts the same
   * @param metricWeighted every figure that counts does the same
   * @param convention what the sign says
   * @param counted names of the metrics that count, by task; empty if not said
   */
  public record Delta(
      Spread taskWeighted,
      Spread metricWeighted,
      String convention,
      Map<String, List<String>> counted) {}

  /** Puts a number of several runs into an object. */
  public static void put(ObjectNode node, String name, Spread spread) {
    ObjectNode fields = node.putObject(name);
    Json.put(fields, "mean", spread.mean());
    Json.put(fields, "deviation", spread.deviation());
  }

  private static Spread spread(JsonNode node) {
    return new Spread(Json.number(node.path("mean")), Json.number(node.path("deviation")));
  }

  /** The content of {@link Evaluation#file}. */
  public String toJson() {
    ObjectNode root = Json.object();
    LogFormat.put(root);
    root.put("split", split).put("runs", runs);
    ObjectNode byTask = root.putObject("tasks");
    tasks.forEach(
        (task, metrics) -> {
          ObjectNode values = byTask.putObject(task);
          metrics.forEach((metric, spread) -> put(values, metric, spread));
        });
    Map<String, Map<String, Double>> means = new LinkedHashMap<>();
    tasks.forEach(
        (task, metrics) -> {
          Map<String, Double> values = new LinkedHashMap<>();
          metrics.forEach((metric, spread) -> values.put(metric, spread.mean()));
          means.put(task, values);
        });
    Evaluation.putUndefined(root, means);
    delta.ifPresent(
        relative -> {
          ObjectNode node =
              root.putObject(Evaluation.DELTA).put(Evaluation.CONVENTION, relative.convention());
          put(node, Evaluation.TASK_WEIGHTED, relative.taskWeighted());
          put(node, Evaluation.METRIC_WEIGHTED, relative.metricWeighted());
          Evaluation.Delta.putCounted(node, relative.counted());
        });
    return Json.pretty(root);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param file its name, for messages
   * @throws LogFormatException if it is damaged or of a later format
   */
  public static SeedEvaluation parse(String json, String file) {
    JsonNode root;
    try {
      root = Json.parse(json);
    } catch (JsonProcessingException e) {
      throw new LogFormatException(file + " is not whole JSON: evaluate the runs again", e);
    }
    LogFormat.of(root, file);
    Map<String, Map<String, Spread>> tasks = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> task : root.path("tasks").properties()) {
      Map<String, Spread> metrics = new LinkedHashMap<>();
      task.getValue()
          .properties()
          .forEach(metric -> metrics.put(metric.getKey(), spread(metric.getValue())));
      tasks.put(task.getKey(), metrics);
    }
    JsonNode delta = root.path(Evaluation.DELTA);
    return new SeedEvaluation(
        root.path("split").asText(),
        root.path("runs").asInt(),
        tasks,
        delta.isObject()
            ? Optional.of(
                new Delta(
                    spread(delta.path(Evaluation.TASK_WEIGHTED)),
                    spread(delta.path(Evaluation.METRIC_WEIGHTED)),
                    delta.path(Evaluation.CONVENTION).asText(),
                    Evaluation.Delta.countedOf(delta)))
            : Optional.empty());
  }
}
