package org.sparkmto.training;

import java.nio.file.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.configuration.TrainingConfiguration;

/** What tests of small runs over the stripes begin and end with: a folder, data, and a Spark. */
public abstract class StripesRuns {
  @TempDir static Path folder;

  static Path data;
  static JavaSparkContext spark;

  /** Writes the data and starts Spark: to be the first thing that a test class does. */
  public static void open(String master) {
    data = StripesDataset.write(folder.resolve("stripes"));
    spark = Runs.spark(master);
  }

  @AfterAll
  public static void stop() {
    spark.stop();
  }

  /** A run into a folder of that name, as {@link Runs#configuration} has it. */
  public static TrainingConfiguration run(String name, String... settings) {
    return Runs.configuration(data, folder.resolve(name), settings);
  }

  /** What a run has trained. */
  public static float[] parameters(TrainingConfiguration configuration) {
    return Runs.parameters(configuration, StripesDataset.open(data).manifest());
  }
}
