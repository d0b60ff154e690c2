package org.sparkmto.preprocessing.samples;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.preprocessing.fashion.FashionMnist;
import org.sparkmto.preprocessing.output.OutputDirectory;

/** A kind of samples. Sample {@code i} of a split is a function of seed, split and i alone. */
interface SampleGenerator {

  /** Usual numbers of samples, by split. */
  Map<String, Integer> usualCounts();

  /** Entries of the output directory that {@link #write} may write. */
  Set<String> entries();

  /** Writes the samples of all splits into a directory that is already begun. */
  void write(
      SparkSession spark,
      FashionMnist fashion,
      Map<String, Integer> counts,
      long seed,
      OutputDirectory output)
      throws IOException;
}
