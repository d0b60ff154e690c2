package org.sparkmto.preprocessing.samples;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.output.PlainFile;

/** Writes samples that are each drawn for itself and have files of their own, in parallel. */
final class DrawnFiles {
  private DrawnFiles() {}

  /** Draws a sample. */
  interface Drawing extends Serializable {
    /** All files of a sample, by their paths below the root. */
    Map<String, byte[]> files(String split, int index, Optional<Fault> fault);
  }

  /** The samples {@code from..to-1} of a split. */
  private record Run(String split, int from, int to) implements Serializable {}

  /**
   * Writes all samples that are ordered.
   *
   * @param perTask samples that a task draws at most
   */
  static void write(
      SparkSession spark,
      SamplesOrder order,
      OutputDirectory output,
      int perTask,
      Drawing drawing) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    Faults.Chosen faults = order.chosenFaults();
    String root = output.root().toString();
    List<Run> runs = runs(order.counts(), perTask);
    try {
      context
          .parallelize(runs, runs.size())
          .foreach(
              run -> {
                for (int i = run.from(); i < run.to(); i++) {
                  Optional<Fault> fault = faults.of(run.split(), i);
                  for (Map.Entry<String, byte[]> file :
                      drawing.files(run.split(), i, fault).entrySet()) {
                    PlainFile.write(
                        new Path(root, file.getKey()),
                        file.getValue(),
                        configuration.value().value());
                  }
                }
              });
    } finally {
      configuration.destroy();
    }
  }

  private static List<Run> runs(Map<String, Integer> counts, int perTask) {
    List<Run> runs = new ArrayList<>();
    counts.forEach(
        (split, count) -> {
          for (int from = 0; from < count; from += perTask) {
            runs.add(new Run(split, from, Math.min(count, from + perTask)));
          }
        });
    return runs;
  }
}
