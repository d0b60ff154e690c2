package org.sparkmto.preprocessing.embedded;

import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.preprocessing.RawSample;

/**
 * Encoded files that stand in rows of a table. A sample of such a data set is one row: its
 * {@linkplain RawSample#source() source} and {@linkplain RawSample#index() index} say which. The
 * bytes travel once, from the task that reads the table to the one that decodes the sample, and
 * never to the driver; a sample {@linkplain RawSample#embedded() carries} them there.
 */
public interface EmbeddedRows {
  /** Longest cell that is decoded; a longer one arrives cut to one byte more. */
  int MOST_BYTES = 32 << 20;

  /**
   * Reads the rows.
   *
   * @param sources the sources of all rows that are wanted; others may come as well
   * @return every wanted row once
   */
  JavaRDD<EmbeddedRow> rows(SparkSession spark, Set<String> sources);
}
