package org.sparkmto.preprocessing.job;

import org.apache.spark.sql.SparkSession;
import org.sparkmto.storage.HadoopDefaults;
import org.sparkmto.storage.LocalDisk;

/** One small Spark for all tests of this JVM. */
public final class LocalSpark {
  private LocalSpark() {}

  /** The session: two cores, a failed task is tried once more. */
  public static SparkSession session() {
    LocalDisk.serveThisMachine(HadoopDefaults::copy);
    return SparkSession.builder()
        .master("local[2,2]")
        .appName("preprocessing tests")
        .config("spark.ui.enabled", false)
        .config("spark.sql.shuffle.partitions", 2)
        .getOrCreate();
  }
}
