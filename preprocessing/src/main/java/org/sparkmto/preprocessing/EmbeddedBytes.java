package org.sparkmto.preprocessing;

import java.io.Serializable;
import java.util.List;

/**
 * Encoded files that stand in rows of Parquet files. A sample of such a data set is one row: its
 * {@linkplain RawSample#source() source} is the file, its {@linkplain RawSample#index() index} the
 * row in that file. The bytes travel once, from the task that reads a Parquet file to the one that
 * decodes the sample, and never to the driver.
 *
 * @param files the Parquet files, with equal schemas
 * @param columns names of binary columns, each a path of field names into nested structures; a
 *     sample {@linkplain RawSample#embedded() carries} its bytes in this order
 */
public record EmbeddedBytes(List<String> files, List<List<String>> columns)
    implements Serializable {
  /** Longest cell that is decoded; a longer one arrives cut to one byte more. */
  public static final int MOST_BYTES = 32 << 20;

  public EmbeddedBytes {
    files = List.copyOf(files);
    columns = columns.stream().map(List::copyOf).toList();
  }
}
