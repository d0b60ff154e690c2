package org.sparkmto.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.json.Json;

/**
 * The manifest of a checkpoint or a trained model: which files make it up, and everything one needs
 * to know to continue the run, to repeat it or to use the model. It is written after the files it
 * names; what has no manifest is no checkpoint.
 *
 * @param step steps made
 * @param directory where it lies, relative to the run
 * @param files its files
 * @param configuration the run's configuration, rendered
 * @param identity the part of the configuration that must not change when the run goes on
 * @param tasks names of the tasks, in order
 * @param data directory, name and content digests of the data set
 * @param environment versions, cluster and ranks
 * @param validation metrics of the validation split, by task and metric; empty if there is none
 * @param selection which checkpoint is the best so far
 * @param statistics what the inputs are standardised by, by column, whatever data set the model
 *     looks at later; empty in models of earlier versions
 */
record Checkpoint(
    long step,
    String directory,
    List<CheckpointFile> files,
    String configuration,
    Map<String, String> identity,
    List<String> tasks,
    Map<String, String> data,
    Map<String, String> environment,
    Map<String, Map<String, Double>> validation,
    Selection selection,
    Map<String, ChannelStatistics> statistics) {
  static final int FORMAT = 1;
  static final String MANIFEST = "manifest.json";
  static final String WEIGHTS = "model.safetensors";
  static final String OPTIMIZER = "optimizer.safetensors";
  static final String METHOD = "method.safetensors";
  static final String AGGREGATOR = "aggregator.safetensors";

  Checkpoint {
    files = List.copyOf(files);
    identity = Collections.unmodifiableMap(new TreeMap<>(identity));
    tasks = List.copyOf(tasks);
    statistics = Collections.unmodifiableMap(new TreeMap<>(statistics));
    data = Collections.unmodifiableMap(new TreeMap<>(data));
    environment = Collections.unmodifiableMap(new TreeMap<>(environment));
  }

  String toJson() {
    ObjectNode root = Json.object();
    root.put("format", FORMAT).put("step", step);
    ArrayNode fileNodes = root.putArray("files");
    for (CheckpointFile file : files) {
      fileNodes
          .addObject()
          .put("name", file.name())
          .put("bytes", file.bytes())
          .put("sha256", file.sha256());
    }
    Json.putTexts(root, "tasks", tasks);
    Json.putTexts(root, "data", data);
    Json.putTexts(root, "environment", environment);
    Json.putTexts(root, "identity", identity);
    Selection.putMetrics(root.putObject("validation"), validation);
    root.set("selection", selection.toJson());
    ObjectNode statisticsNode = root.putObject("statistics");
    statistics.forEach(
        (column, of) -> {
          ObjectNode node = statisticsNode.putObject(column);
          of.mean().forEach(node.putArray("mean")::add);
          of.deviation().forEach(node.putArray("deviation")::add);
        });
    root.put("configuration", configuration);
    return Json.pretty(root);
  }

  /**
   * Reads a manifest.
   *
   * @throws IllegalArgumentException if it is damaged or of another format
   */
  static Checkpoint parse(String json, String directory) {
    try {
      JsonNode root = Json.parse(json);
      if (root.path("format").asInt() != FORMAT) {
        throw new IllegalArgumentException(
            directory + " is a checkpoint of format " + root.path("format") + ", not " + FORMAT);
      }
      List<CheckpointFile> files = new ArrayList<>();
      for (JsonNode file : root.path("files")) {
        String name = file.path("name").asText();
        if (!name.matches("[a-z-]+\\.safetensors")) {
          throw new IllegalArgumentException(directory + " names a file '" + name + "'");
        }
        files.add(
            new CheckpointFile(name, file.path("bytes").asLong(), file.path("sha256").asText()));
      }
      return new Checkpoint(
          root.path("step").asLong(),
          directory,
          files,
          root.path("configuration").asText(),
          Json.textsByName(root.path("identity")),
          Json.texts(root.path("tasks")),
          Json.textsByName(root.path("data")),
          Json.textsByName(root.path("environment")),
          Selection.metricsOf(root.path("validation")),
          Selection.parse(root.path("selection")),
          statistics(root.path("statistics")));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(directory + " has a damaged manifest", e);
    }
  }

  private static Map<String, ChannelStatistics> statistics(JsonNode node) {
    Map<String, ChannelStatistics> statistics = new TreeMap<>();
    node.properties()
        .forEach(
            column ->
                statistics.put(
                    column.getKey(),
                    new ChannelStatistics(
                        Json.numbers(column.getValue().path("mean")),
                        Json.numbers(column.getValue().path("deviation")))));
    return statistics;
  }
}
