package org.sparkmto.runlog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a run knows of its training split.
 *
 * @param stepsPerEpoch steps that see every sample once; absent if not said
 * @param labels by task; only of tasks whose data set has counted them
 */
public record TrainingData(OptionalLong stepsPerEpoch, Map<String, TargetCounts> labels) {
  /** Nothing known, as of a run of an earlier version. */
  public static final TrainingData UNKNOWN = new TrainingData(OptionalLong.empty(), Map.of());

  /** Takes a copy. */
  public TrainingData {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
  }

  void putInto(ObjectNode root) {
    stepsPerEpoch.ifPresent(steps -> root.put("stepsPerEpoch", steps));
    if (!labels.isEmpty()) {
      ObjectNode byTask = root.putObject("labels");
      labels.forEach((task, counts) -> byTask.set(task, counts.toNode()));
    }
  }

  static TrainingData of(JsonNode root) {
    Map<String, TargetCounts> labels = new LinkedHashMap<>();
    root.path("labels")
        .properties()
        .forEach(task -> labels.put(task.getKey(), TargetCounts.of(task.getValue())));
    JsonNode steps = root.path("stepsPerEpoch");
    return new TrainingData(
        steps.canConvertToLong() && steps.asLong() > 0
            ? OptionalLong.of(steps.asLong())
            : OptionalLong.empty(),
        labels);
  }
}
