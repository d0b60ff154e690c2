package org.sparkmto.training;

import org.apache.hadoop.conf.Configuration;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.input.BatchPlan;
import org.sparkmto.input.BatchStream;
import org.sparkmto.input.Buffering;
import org.sparkmto.input.SplitSource;

/** The batches of the training split, as a run reads them. */
final class TrainingBatches {
  private TrainingBatches() {}

  /**
   * Starts reading those of a rank.
   *
   * @param split the training split
   * @param samples of a global batch
   * @param from the first step
   */
  static BatchStream open(
      TrainingConfiguration configuration,
      SplitSource split,
      int samples,
      int rank,
      int ranks,
      long from) {
    return BatchStream.open(
        split,
        new BatchPlan(
            samples, rank, ranks, configuration.seed(), configuration.data().windowRows()),
        new Buffering(
            (long) configuration.data().cacheMib() << 20, Buffering.DEFAULT.batchesAhead()),
        configuration.augmentation(split.manifest()),
        from);
  }

  /** The same in a process without Spark, whose one rank has all samples. */
  static BatchStream alone(RunPlan plan, int samples, long from, Configuration hadoop) {
    TrainingConfiguration configuration = plan.configuration();
    return open(
        configuration,
        new SplitSource(
            plan.dataset().manifest(),
            plan.dataset().root(),
            hadoop,
            configuration.trainSplit(),
            SplitEvaluation.columns(plan.tasks())),
        samples,
        0,
        1,
        from);
  }
}
