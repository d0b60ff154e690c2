package org.sparkmto.experiment.sweep;

import java.util.Optional;
import org.sparkmto.data.Task;
import org.sparkmto.training.TrainingConfiguration;

/**
 * One training run of a sweep.
 *
 * @param point its values
 * @param task of a single-task network; empty for all tasks
 * @param seed its seed
 * @param configuration what is trained; empty if there can be no such run
 * @param impossible why not; empty if it can be
 */
record SweepTrial(
    SweepPoint point,
    Optional<Task> task,
    long seed,
    Optional<TrainingConfiguration> configuration,
    String impossible) {

  /** {@code cagrad, adam, 0.001, seed 2}. */
  @Override
  public String toString() {
    return task.map(its -> "single task " + its.name() + ", ").orElse("")
        + point
        + ", seed "
        + seed;
  }

  /** Its name as a file's. */
  String file() {
    return task.map(its -> SweepPoint.folder(its.name()) + ",").orElse("")
        + point.folder()
        + ",seed-"
        + seed;
  }
}
