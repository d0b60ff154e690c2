package org.sparkmto.training;

import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.input.BatchPlan;
import org.sparkmto.options.ConfigurationException;

/**
 * How long a run is.
 *
 * @param stepsPerEpoch steps that see every training sample once
 * @param steps to make altogether
 */
record RunLength(long stepsPerEpoch, long steps) {

  /**
   * The length of a run on a data set.
   *
   * @throws ConfigurationException if the training split has fewer samples than a batch
   */
  static RunLength of(TrainingConfiguration configuration, DatasetManifest manifest) {
    long rows = manifest.split(configuration.trainSplit()).rows();
    long stepsPerEpoch;
    try {
      stepsPerEpoch =
          new BatchPlan(configuration.batch(), 0, 1, configuration.seed(), 1).stepsPerEpoch(rows);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("training.batch: " + e.getMessage(), e);
    }
    long wanted = configuration.training().steps();
    return new RunLength(
        stepsPerEpoch,
        wanted > 0 ? wanted : (long) configuration.training().epochs() * stepsPerEpoch);
  }

  /**
   * Which of the moments an epoch apart, the last of them the end of the run, a step ends at.
   *
   * @param made steps made
   * @return 0 for the end of the run, 1 for an epoch before it, and so on; -1 between two of them
   */
  long epochsBeforeEnd(long made) {
    long left = steps - made;
    return left >= 0 && left % stepsPerEpoch == 0 ? left / stepsPerEpoch : -1;
  }
}
