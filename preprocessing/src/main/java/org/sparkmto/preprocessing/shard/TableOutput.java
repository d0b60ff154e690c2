package org.sparkmto.preprocessing.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.RecordWriter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitter;
import org.apache.parquet.conf.HadoopParquetConfiguration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Tuple2;

/**
 * The Parquet files of shards and of the table beside them, written by the tasks that make their
 * rows: what Spark's own writer of data frames writes, without the way over its rows, without the
 * code that it generates and compiles anew for each table, and with {@link PageCompression}.
 *
 * <p>Files appear when the job commits, through the committer that Hadoop's settings choose for the
 * storage.
 */
public final class TableOutput extends FileOutputFormat<Void, TableRow> {
  private static final String SCHEMA = "spark-mto.table.schema";
  private static final String ROWS = "spark-mto.table.row-group-rows";
  private static final String COMPRESSION = "spark-mto.table.compression";
  private static final String RUN = "spark-mto.table.run";

  /** Where Spark looks for the types of a file's columns. */
  private static final String SPARK_SCHEMA = "org.apache.spark.sql.parquet.row.metadata";

  /** For Hadoop, which makes it on executors. */
  public TableOutput() {}

  /**
   * Writes each partition to a file of its own, named {@code part-} and its number.
   *
   * @param directory that is not there yet
   * @param schema of texts, whole numbers of 64 bits and bytes
   * @param rowGroupRows most rows of a row group
   */
  static <R extends TableRow> void write(
      JavaRDD<R> rows,
      Path directory,
      StructType schema,
      PageCompression compression,
      int rowGroupRows,
      Configuration hadoop) {
    Configuration job = new Configuration(hadoop);
    job.set(SCHEMA, schema.json());
    job.setInt(ROWS, rowGroupRows);
    job.setEnum(COMPRESSION, compression);
    job.set(RUN, UUID.randomUUID().toString());
    rows.mapToPair(row -> new Tuple2<Void, TableRow>(null, row))
        .saveAsNewAPIHadoopFile(
            directory.toString(), Void.class, TableRow.class, TableOutput.class, job);
  }

  @Override
  public RecordWriter<Void, TableRow> getRecordWriter(TaskAttemptContext context)
      throws IOException {
    Configuration job = context.getConfiguration();
    Path file = getDefaultWorkFile(context, ".zstd.parquet");
    // As it stands: Hadoop would put the value of a variable where a column is named like one.
    StructType schema = (StructType) DataType.fromJson(job.getRaw(SCHEMA));
    Builder builder =
        new Builder(HadoopOutputFile.fromPath(file, job), schema)
            .withConf(new HadoopParquetConfiguration(job))
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withCodecFactory(job.getEnum(COMPRESSION, PageCompression.USUAL).codec())
            .withRowGroupRowCountLimit(job.getInt(ROWS, 0))
            .withDictionaryEncoding(false)
            .withMinRowCountForPageSizeCheck(1);
    // Pixels have no useful minima and maxima.
    for (StructField field : schema.fields()) {
      if (field.dataType().equals(DataTypes.BinaryType)) {
        builder.withStatisticsEnabled(field.name(), false);
      }
    }
    ParquetWriter<TableRow> writer = builder.build();
    return new RecordWriter<>() {
      @Override
      public void write(Void nothing, TableRow row) throws IOException {
        writer.write(row);
      }

      @Override
      public void close(TaskAttemptContext ended) throws IOException {
        writer.close();
      }
    };
  }

  /** {@code part-00003-RUN.zstd.parquet}: on an object store a name keeps its run. */
  @Override
  public Path getDefaultWorkFile(TaskAttemptContext context, String extension) throws IOException {
    Path directory =
        getOutputCommitter(context) instanceof PathOutputCommitter committer
            ? committer.getWorkPath()
            : getOutputPath(context);
    return new Path(
        directory,
        String.format(
            Locale.ROOT,
            "part-%05d-%s%s",
            context.getTaskAttemptID().getTaskID().getId(),
            context.getConfiguration().get(RUN),
            extension));
  }

  private static final class Builder extends ParquetWriter.Builder<TableRow, Builder> {
    private final StructType schema;

    Builder(OutputFile file, StructType schema) {
      super(file);
      this.schema = schema;
    }

    @Override
    protected Builder self() {
      return this;
    }

    // Parquet has no other abstract method yet, whatever it asks for.
    @SuppressWarnings("deprecation")
    @Override
    protected WriteSupport<TableRow> getWriteSupport(Configuration hadoop) {
      return new Rows(schema);
    }

    @Override
    protected WriteSupport<TableRow> getWriteSupport(ParquetConfiguration hadoop) {
      return new Rows(schema);
    }
  }

  private static final class Rows extends WriteSupport<TableRow> {
    private final StructType schema;
    private final String[] names;
    private RecordConsumer consumer;

    Rows(StructType schema) {
      this.schema = schema;
      this.names = schema.fieldNames();
    }

    @SuppressWarnings("deprecation")
    @Override
    public WriteContext init(Configuration hadoop) {
      return context();
    }

    @Override
    public WriteContext init(ParquetConfiguration hadoop) {
      return context();
    }

    private WriteContext context() {
      List<Type> fields = new ArrayList<>();
      for (StructField field : schema.fields()) {
        boolean isNumber = field.dataType().equals(DataTypes.LongType);
        boolean isText = field.dataType().equals(DataTypes.StringType);
        fields.add(
            Types.required(isNumber ? PrimitiveTypeName.INT64 : PrimitiveTypeName.BINARY)
                .as(isText ? LogicalTypeAnnotation.stringType() : null)
                .named(field.name()));
      }
      return new WriteContext(
          new MessageType("spark_schema", fields), Map.of(SPARK_SCHEMA, schema.json()));
    }

    @Override
    public void prepareForWrite(RecordConsumer newConsumer) {
      consumer = newConsumer;
    }

    @Override
    public void write(TableRow row) {
      consumer.startMessage();
      for (int c = 0; c < names.length; c++) {
        consumer.startField(names[c], c);
        row.write(c, consumer);
        consumer.endField(names[c], c);
      }
      consumer.endMessage();
    }
  }
}
