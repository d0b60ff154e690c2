package org.sparkmto.experiment.sweep;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Task;
import org.sparkmto.training.RunDirectory;

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

  /** Whether its run is there, complete, just as it would be made now, and as long. */
  boolean isComplete(Configuration hadoop) {
    if (configuration.isEmpty()) {
      return false;
    }
    TrainingConfiguration wanted = configuration.get();
    RunDirectory directory = RunDirectory.of(wanted.runDirectory(), hadoop);
    return directory.isComplete()
        && directory
            .read(RunDirectory.CONFIGURATION)
            .map(TrainingConfiguration::parse)
            .filter(there -> there.identity().equals(wanted.identity()))
            .filter(there -> length(there).equals(length(wanted)))
            .isPresent();
  }

  /** Which is no part of its identity: a run may go on for longer. */
  private static List<Object> length(TrainingConfiguration configuration) {
    Config all = ConfigFactory.parseString(configuration.render());
    return List.of(all.getLong("training.steps"), all.getLong("training.epochs"));
  }

  /** Its name as a file's. */
  String file() {
    return task.map(its -> SweepPoint.folder(its.name()) + ",").orElse("")
        + point.folder()
        + ",seed-"
        + seed;
  }
}
