package org.sparkmto.cli;

import java.io.PrintWriter;
import java.time.Duration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.training.ExecutorWatch;
import picocli.CommandLine.Option;

/**
 * How long the jobs of a sub-command may wait for an executor. Training has {@code
 * cluster.deadline-seconds}, since its ranks wait for each other as well.
 */
final class ExecutorDeadline {
  @Option(
      names = "--executor-deadline",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description = {
        "How long work waits while no executor is alive, before it",
        "ends with an error (default: ${DEFAULT-VALUE})."
      })
  private int seconds;

  /** Watches the jobs of a session until it is closed. */
  ExecutorWatch watch(SparkSession session, PrintWriter console) {
    if (seconds <= 0) {
      throw new ConfigurationException("--executor-deadline must be positive, not " + seconds);
    }
    return ExecutorWatch.over(
        JavaSparkContext.fromSparkContext(session.sparkContext()),
        Duration.ofSeconds(seconds),
        SubCommand.lines(console));
  }
}
