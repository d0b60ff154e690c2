package org.sparkmto.experiment.sweep;

import java.util.Map;

/**
 * What a run came to.
 *
 * @param failure why it has no figures; empty if it is complete
 * @param validation figures and {@code loss} on the validation split, by task
 * @param figures on the split of the tables, by task
 * @param millis median time of a step; NaN if not known
 */
record TrialOutcome(
    String failure,
    Map<String, Map<String, Double>> validation,
    Map<String, Map<String, Double>> figures,
    double millis) {

  static TrialOutcome failed(String reason) {
    return new TrialOutcome(reason, Map.of(), Map.of(), Double.NaN);
  }

  boolean isComplete() {
    return failure.isEmpty();
  }
}
