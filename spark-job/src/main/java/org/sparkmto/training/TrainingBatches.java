package org.sparkmto.training;

import org.apache.hadoop.conf.Configuration;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.input.BatchPlan;
import org.sparkmto.input.BatchStream;
import org.sparkmto.input.Buffering;
import org.sparkmto.input.SplitSource;

/** The batches of the training split, as a run reads them. */
public final class TrainingBatches {
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
        plan(configuration, samples, rank, ranks),
        buffering(configuration),
        configuration.augmentation(split.manifest()),
        from);
  }

  private static BatchPlan plan(
      TrainingConfiguration configuration, int samples, int rank, int ranks) {
    return new BatchPlan(
        samples, rank, ranks, configuration.seed(), configuration.data().windowRows());
  }

  private static Buffering buffering(TrainingConfiguration configuration) {
    return new Buffering(
        (long) configuration.data().cacheMib() << 20, Buffering.DEFAULT.batchesAhead());
  }

  /** Bytes of the Java heap that those of a rank take at most. */
  static long mostHeap(RunPlan plan, int ranks) {
    TrainingConfiguration configuration = plan.configuration();
    return BatchStream.mostHeap(
        source(plan, new Configuration(false)),
        plan(configuration, configuration.batch(), 0, ranks),
        buffering(configuration));
  }

  private static SplitSource source(RunPlan plan, Configuration hadoop) {
    return new SplitSource(
        plan.dataset().manifest(),
        plan.dataset().root(),
        hadoop,
        plan.configuration().trainSplit(),
        SplitEvaluation.columns(plan.tasks()));
  }

  /** The same in a process without Spark, whose one rank has all samples. */
  public static BatchStream alone(RunPlan plan, int samples, long from, Configuration hadoop) {
    return open(plan.configuration(), source(plan, hadoop), samples, 0, 1, from);
  }
}
