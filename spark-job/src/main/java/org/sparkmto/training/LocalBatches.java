package org.sparkmto.training;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.data.Task;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.input.BatchPlan;
import org.sparkmto.input.BatchStream;
import org.sparkmto.input.Buffering;
import org.sparkmto.input.SplitSource;

/** The training split of a run for one rank in this process, without Spark. */
final class LocalBatches {
  private LocalBatches() {}

  /**
   * Starts reading.
   *
   * @param samples of a batch
   * @param from the first step
   */
  static BatchStream open(RunPlan plan, int samples, long from, Configuration hadoop) {
    TrainingConfiguration configuration = plan.configuration();
    List<Task> tasks = plan.tasks();
    return BatchStream.open(
        new SplitSource(
            plan.dataset().manifest(),
            plan.dataset().root(),
            hadoop,
            configuration.trainSplit(),
            SplitEvaluation.columns(tasks)),
        new BatchPlan(samples, 0, 1, configuration.seed(), configuration.data().windowRows()),
        new Buffering(
            (long) configuration.data().cacheMib() << 20, Buffering.DEFAULT.batchesAhead()),
        configuration.augmentation(plan.dataset().manifest()),
        from);
  }
}
