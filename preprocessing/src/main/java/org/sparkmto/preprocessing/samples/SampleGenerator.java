package org.sparkmto.preprocessing.samples;

import java.io.IOException;
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

  /** Usual size of the images; empty if it cannot be chosen. */
  Optional<ImageSize> usualSize();

  /** Whether defects can be asked for. */
  boolean hasFaults();

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
