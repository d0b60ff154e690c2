package org.sparkmto.preprocessing.shard;

import java.util.List;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkmto.data.Column;

/**
 * A sample as it is stored.
 *
 * @param id of the sample
 * @param rank its place in the order
 * @param content the bytes of every column, in the order of the columns
 */
record DecodedRow(String id, long rank, List<byte[]> content) implements TableRow {
  /** Of a table of samples with these columns. */
  static StructType schema(List<Column> columns) {
    StructType schema =
        new StructType()
            .add(Shards.SAMPLE_ID, DataTypes.StringType, false)
            .add(Shards.RANK, DataTypes.LongType, false);
    for (Column column : columns) {
      schema = schema.add(column.name(), DataTypes.BinaryType, false);
    }
    return schema;
  }

  @Override
  public void write(int column, RecordConsumer consumer) {
    switch (column) {
      case 0 -> consumer.addBinary(Binary.fromString(id));
      case 1 -> consumer.addLong(rank);
      default -> consumer.addBinary(Binary.fromConstantByteArray(content.get(column - 2)));
    }
  }
}
