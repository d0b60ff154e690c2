package org.sparkmto.runlog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkmto.json.Json;

/**
 * What the same answer for every image is worth on a split: log-odds or means of the training
 * labels.
 *
 * @param tasks value of every metric, by task and metric; NaN where a metric is undefined
 * @param labelled samples of the split that have a label, by task
 */
public record ConstantScores(Map<String, Map<String, Double>> tasks, Map<String, Long> labelled) {
  /** Takes copies. */
  public ConstantScores {
    tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
    labelled = Collections.unmodifiableMap(new LinkedHashMap<>(labelled));
  }

  ObjectNode toNode() {
    ObjectNode node = Json.object();
    ObjectNode byTask = node.putObject("tasks");
    tasks.forEach((task, values) -> Json.put(byTask, task, values));
    ObjectNode counts = node.putObject("labelled");
    labelled.forEach(counts::put);
    return node;
  }

  static ConstantScores of(JsonNode node) {
    Map<String, Map<String, Double>> tasks = new LinkedHashMap<>();
    node.path("tasks")
        .properties()
        .forEach(task -> tasks.put(task.getKey(), Json.numbersByName(task.getValue())));
    Map<String, Long> labelled = new LinkedHashMap<>();
    node.path("labelled")
        .properties()
        .forEach(task -> labelled.put(task.getKey(), task.getValue().asLong()));
    return new ConstantScores(tasks, labelled);
  }
}
