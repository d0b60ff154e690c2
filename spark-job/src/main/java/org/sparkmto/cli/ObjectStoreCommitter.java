package org.sparkmto.cli;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkConf;

/**
 * How Spark's tasks publish files on {@code s3a://}. Its usual committer renames, which on an
 * object store is a copy of every byte that a crash can leave half done. The magic committer of S3A
 * uploads in parts and completes the uploads when the job commits: nothing is copied, and nothing
 * is visible before.
 *
 * <p>Settings that somebody has made are kept.
 */
final class ObjectStoreCommitter {
  /** In Spark's module {@code spark-hadoop-cloud}, which not every installation has. */
  private static final String PROTOCOL =
      "org.apache.spark.internal.io.cloud.PathOutputCommitProtocol";

  private static final Map<String, String> SETTINGS =
      new TreeMap<>(
          Map.of(
              "spark.sql.sources.commitProtocolClass",
              PROTOCOL,
              "spark.sql.parquet.output.committer.class",
              "org.apache.spark.internal.io.cloud.BindingParquetOutputCommitter",
              "spark.hadoop.mapreduce.outputcommitter.factory.scheme.s3a",
              "org.apache.hadoop.fs.s3a.commit.S3ACommitterFactory",
              "spark.hadoop.fs.s3a.committer.name",
              "magic",
              "spark.hadoop.fs.s3a.committer.magic.enabled",
              "true"));

  private ObjectStoreCommitter() {}

  /** Chooses the magic committer for {@code s3a://} where its classes are there. */
  static void choose(SparkConf conf) {
    if (isThere()) {
      SETTINGS.forEach(conf::setIfMissing);
    }
  }

  private static boolean isThere() {
    try {
      Class.forName(PROTOCOL, false, Thread.currentThread().getContextClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
