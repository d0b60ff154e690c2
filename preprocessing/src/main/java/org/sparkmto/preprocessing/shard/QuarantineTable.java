package org.sparkmto.preprocessing.shard;

import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.output.OutputDirectory;

/** The samples that were set aside, as a Parquet table beside the shards. */
public final class QuarantineTable {
  /** Directory of the table in the data set's directory. */
  public static final String DIRECTORY = "_quarantine";

  private QuarantineTable() {}

  /**
   * Writes {@code sample_id, source, reason, detail}, ordered by sample, also if there are none.
   */
  public static void write(
      SparkSession spark, List<RefusedSample> refused, OutputDirectory output) {
    StructType schema =
        new StructType()
            .add(Shards.SAMPLE_ID, DataTypes.StringType, false)
            .add("source", DataTypes.StringType, false)
            .add("reason", DataTypes.StringType, false)
            .add("detail", DataTypes.StringType, false);
    List<Row> rows =
        refused.stream()
            .sorted(Comparator.comparing(RefusedSample::id).thenComparing(RefusedSample::source))
            .map(
                sample ->
                    RowFactory.create(
                        sample.id(), sample.source(), sample.reason().label(), sample.detail()))
            .toList();
    spark
        .createDataFrame(rows, schema)
        .coalesce(1)
        .write()
        .mode(SaveMode.Overwrite)
        .option("compression", "zstd")
        .parquet(output.path(DIRECTORY).toString());
  }
}
