package org.sparkmto.cli;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
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

  /**
   * What a user must know who writes to {@code out} with the committer that renames because the
   * other one is not installed; nothing if all is well.
   */
  static Optional<String> warning(String out, Configuration hadoop) {
    return warning(out, hadoop, isThere());
  }

  static Optional<String> warning(String out, Configuration hadoop, boolean isThere) {
    String scheme = new Path(out).toUri().getScheme();
    if (scheme == null) {
      scheme = FileSystem.getDefaultUri(hadoop).getScheme();
    }
    if (isThere || !"s3a".equals(scheme)) {
      return Optional.empty();
    }
    return Optional.of(
        "warning: "
            + out
            + " is written with the committer that renames, which copies every byte once more,"
            + " because spark-hadoop-cloud is not on the class path; add --packages"
            + " org.apache.spark:spark-hadoop-cloud_2.13:VERSION to spark-submit");
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
