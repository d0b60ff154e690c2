package org.sparkmto.preprocessing.shard;

import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;
import org.sparkmto.preprocessing.shard.ShardPlan.RankedSample;

/** Samples on their way from the driver's list to the tasks that decode them. */
public final class SampleRuns {
  private SampleRuns() {}

  /**
   * Samples in partitions of about equal length, in order, with their bytes if those are embedded.
   *
   * @param samples at least one
   * @param most partitions; none is empty
   */
  public static JavaRDD<RawSample> of(
      SparkSession spark, Optional<EmbeddedRows> embedded, List<RawSample> samples, int most) {
    return of(spark, embedded, ShardPlan.cut(samples, most)).map(RankedSample::sample);
  }

  /**
   * The samples of every plan in a partition of its own, with their bytes if those are embedded.
   */
  static JavaRDD<RankedSample> of(
      SparkSession spark, Optional<EmbeddedRows> embedded, List<ShardPlan> plans) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return embedded
        .map(rows -> EmbeddedSamples.of(spark, rows, plans))
        .orElseGet(
            () ->
                context
                    .parallelize(plans, plans.size())
                    .flatMap(plan -> plan.samples().iterator()));
  }
}
