package org.sparkmto.training;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** From which logits on a model says yes, and what people are told of them. */
final class Thresholds {
  private Thresholds() {}

  /**
   * The probabilities of logits by task, of tasks that chose one for any label; one half for a
   * label that could not choose.
   */
  static Map<String, List<Double>> probabilities(Map<String, List<Double>> thresholds) {
    Map<String, List<Double>> probabilities = new TreeMap<>();
    thresholds.forEach(
        (task, logits) -> {
          if (!logits.stream().allMatch(logit -> logit.isNaN())) {
            probabilities.put(
                task,
                logits.stream()
                    .map(logit -> logit.isNaN() ? 0.5 : 1 / (1 + Math.exp(-logit)))
                    .toList());
          }
        });
    return probabilities;
  }
}
