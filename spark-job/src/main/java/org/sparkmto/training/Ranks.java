package org.sparkmto.training;

import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.runlog.Provenance;
import org.sparkmto.version.BuildVersion;

/**
 * Who makes the steps of a run.
 *
 * @param count how many ranks
 * @param threads that each of them computes with
 * @param gpus how each gets a GPU from Spark, if it does
 */
record Ranks(int count, int threads, GpuTasks gpus) {

  /** As many others, each with the same. */
  Ranks with(int number) {
    return new Ranks(number, threads, gpus);
  }

  /** Versions, cluster and ranks, as the run's header and every checkpoint have them. */
  Provenance provenance(JavaSparkContext spark) {
    BuildVersion version = BuildVersion.current();
    return new Provenance(
        version.application(),
        spark.version(),
        version.libtorch(),
        Runtime.version().toString(),
        spark.master(),
        count,
        threads,
        OwnJars.facts());
  }
}
