package org.sparkmto.preprocessing.samples;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.output.OutputDirectory;

/** A kind of samples. Sample {@code i} of a split is a function of seed, split and i alone. */
interface SampleGenerator {

  /** Usual numbers of samples, by split. */
  Map<String, Integer> usualCounts();

  /** Numbers of samples by split, in the order in which splits are listed. */
  static Map<String, Integer> counts(int train, int val, int test) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    counts.put("train", train);
    counts.put("val", val);
    counts.put("test", test);
    return counts;
  }

  /** Usual size of the images; empty if it cannot be chosen. */
  default Optional<ImageSize> usualSize() {
    return Optional.empty();
  }

  /** Whether defects can be asked for. */
  default boolean hasFaults() {
    return false;
  }

  /** Entries of the output directory that {@link #write} may write. */
  Set<String> entries();

  /** Refuses what cannot be done, before anything of the output is touched. */
  default void check(SparkSession spark, SamplesOrder order) throws IOException {}

  /**
   * Writes the samples of all splits into a directory that is already begun.
   *
   * @return where the pictures come from, for people
   */
  String write(SparkSession spark, SamplesOrder order, OutputDirectory output) throws IOException;
}
