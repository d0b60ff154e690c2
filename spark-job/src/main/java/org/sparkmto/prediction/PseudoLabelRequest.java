package org.sparkmto.prediction;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A data set that is to get the answers of a model as labels.
 *
 * @param run directory of a finished run, or of its model alone
 * @param data directory of the data set
 * @param tasks of the model; empty for all
 * @param kind what is written of the answers
 * @param threshold labels that are less probable are missing; without it, 0.5 for hard labels of
 *     pixels and 0 for others
 * @param prefix of the names of the new tasks
 * @param output directory of the new data set
 * @param overwrite whether a finished data set may be replaced
 */
public record PseudoLabelRequest(
    String run,
    String data,
    List<String> tasks,
    Kind kind,
    OptionalDouble threshold,
    String prefix,
    String output,
    boolean overwrite) {
  /** What is written of a model's answers. */
  public enum Kind {
    /** The most probable label; real numbers as they are. */
    HARD,
    /** The most probable label, and the probabilities of all. */
    SOFT
  }

  /**
   * @throws IllegalArgumentException if the threshold is no probability below one
   */
  public PseudoLabelRequest {
    tasks = List.copyOf(tasks);
    if (threshold.isPresent() && !(threshold.getAsDouble() >= 0 && threshold.getAsDouble() < 1)) {
      throw new IllegalArgumentException(
          "threshold " + threshold.getAsDouble() + " is not a probability from 0 on and below 1");
    }
  }

  /** The threshold for a task. */
  double threshold(boolean pixels) {
    return threshold.orElse(kind == Kind.HARD && pixels ? 0.5 : 0);
  }
}
