package org.sparkmto.training;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.version.BuildVersion;

/**
 * Who makes the steps of a run.
 *
 * @param count how many ranks
 * @param threads that each of them computes with
 */
record Ranks(int count, int threads) {

  /** Versions, cluster and ranks, as a checkpoint remembers them. */
  Map<String, String> environment(JavaSparkContext spark) {
    BuildVersion version = BuildVersion.current();
    Map<String, String> environment = new TreeMap<>();
    environment.put("spark-mto", version.application());
    environment.put("spark", spark.version());
    environment.put("libtorch", version.libtorch());
    environment.put("java", Runtime.version().toString());
    environment.put("master", spark.master());
    environment.put("ranks", Integer.toString(count));
    environment.put("threads per rank", Integer.toString(threads));
    return environment;
  }
}
