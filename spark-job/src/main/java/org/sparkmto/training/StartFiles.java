package org.sparkmto.training;

import java.util.List;
import org.sparkmto.network.Replica;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.step.GradientRoute;
import org.sparkmto.step.RankStatistics;

/**
 * The files of the checkpoint that steps start from, as a rank reads them.
 *
 * @param checkpoints of the run
 * @param directory of the checkpoint, relative to the run
 * @param files those that it has
 */
record StartFiles(Checkpoints checkpoints, String directory, List<CheckpointFile> files) {

  /** Gives a rank everything that it had then, but for an average of its weights. */
  void restore(Replica replica, GradientRoute route, RankStatistics statistics) {
    read(Checkpoint.WEIGHTS, replica.weights()::read);
    if (has(Checkpoint.STATISTICS)) {
      read(Checkpoint.STATISTICS, statistics::restore);
    }
    read(Checkpoint.OPTIMIZER, route::restoreOptimizer);
    int tasks = replica.layout().heads().size();
    route
        .rowState()
        .ifPresent(
            state -> read(Checkpoint.METHOD, (in, where) -> state.restore(in, where, tasks)));
  }

  boolean has(String name) {
    return files.stream().anyMatch(file -> file.name().equals(name));
  }

  /**
   * Reads one.
   *
   * @throws ConfigurationException if it is not there, or not what was written
   */
  void read(String name, Checkpoints.Reader reader) {
    try {
      for (CheckpointFile file : files) {
        if (file.name().equals(name)) {
          checkpoints.read(directory, file, reader);
          return;
        }
      }
      throw new UnsoundException(directory + " has no " + name);
    } catch (UnsoundException e) {
      // A repetition would meet the same file; the driver knows where else to go on from.
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }
}
