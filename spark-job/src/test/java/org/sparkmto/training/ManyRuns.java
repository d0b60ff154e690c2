package org.sparkmto.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.configuration.TrainingConfiguration;

/**
 * An application that trains one run after the other: its arguments are files of settings. Of a run
 * that fails it prints why.
 */
public final class ManyRuns {
  private ManyRuns() {}

  public static void main(String[] files) throws IOException, InterruptedException {
    SparkConf conf = new SparkConf().setAppName("many runs");
    Cluster.prepare(conf);
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      for (String file : files) {
        try {
          TrainingRun.run(
              spark,
              TrainingConfiguration.parse(Files.readString(Path.of(file))),
              TrainingRun.Start.NEW,
              System.out);
        } catch (TrainingFailedException e) {
          System.out.println(file + " failed: " + e.getMessage());
        }
      }
    }
  }
}
