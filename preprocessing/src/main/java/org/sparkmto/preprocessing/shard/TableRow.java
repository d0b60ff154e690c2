package org.sparkmto.preprocessing.shard;

import org.apache.parquet.io.api.RecordConsumer;

/** A row of a table that {@link TableOutput} writes. */
interface TableRow {
  /** Hands one column over, by its place in the table's schema. */
  void write(int column, RecordConsumer consumer);
}
