package org.sparkmto.preprocessing.shard;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkmto.data.Additions;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.output.OutputDirectory;

/** The samples that were set aside, as a Parquet table beside the shards. */
public final class QuarantineTable {
  /** Directory of the table in the data set's directory. */
  public static final String DIRECTORY = "_quarantine";

  private static final String SOURCE = "source";
  private static final String REASON = "reason";
  private static final String DETAIL = "detail";

  private QuarantineTable() {}

  /**
   * A sample that was set aside.
   *
   * @param id its identity, or the name that was refused
   * @param source the file it comes from
   * @param reason as in the manifest's counts
   * @param detail what was seen
   */
  public record Entry(String id, String source, String reason, String detail) {}

  /**
   * What a table holds.
   *
   * @param reasons how many rows there are, by reason
   * @param examples the first rows
   */
  public record Summary(Map<String, Long> reasons, List<Entry> examples) {
    private static final int EXAMPLES = 3;

    public Summary {
      reasons = Collections.unmodifiableMap(new TreeMap<>(reasons));
      examples = List.copyOf(examples);
    }

    /** Reads the table in a directory row by row. */
    static Summary of(Path directory, Configuration hadoop) throws IOException {
      Map<String, Long> reasons = new TreeMap<>();
      List<Entry> examples = new ArrayList<>();
      read(
          directory,
          hadoop,
          entry -> {
            reasons.merge(entry.reason(), 1L, Long::sum);
            if (examples.size() < EXAMPLES) {
              examples.add(entry);
            }
          });
      return new Summary(reasons, examples);
    }
  }

  /**
   * Where the table of a data set stands, relative to it: each addition brings a whole new one, so
   * that the old one stays what its manifest says until the new manifest is there.
   */
  public static String directory(DatasetManifest manifest) {
    return Additions.directory(Additions.count(manifest)) + DIRECTORY;
  }

  /**
   * Reads the table of a data set, in its order.
   *
   * @return whether there is a table
   * @throws IOException if it cannot be read
   */
  public static boolean read(
      DatasetDirectory dataset, Configuration hadoop, Consumer<Entry> entries) throws IOException {
    return read(new Path(dataset.root(), directory(dataset.manifest())), hadoop, entries);
  }

  /** Reads the table in a directory, in its order; says whether there is one. */
  static boolean read(Path directory, Configuration hadoop, Consumer<Entry> entries)
      throws IOException {
    FileSystem files = directory.getFileSystem(hadoop);
    List<Path> parts = new ArrayList<>();
    try {
      for (FileStatus status : files.listStatus(directory)) {
        if (status.getPath().getName().endsWith(".parquet")) {
          parts.add(status.getPath());
        }
      }
    } catch (FileNotFoundException e) {
      return false;
    }
    Collections.sort(parts);
    for (Path part : parts) {
      try (ParquetReader<Group> rows = WrittenRows.open(part, hadoop)) {
        Group row;
        while ((row = rows.read()) != null) {
          entries.accept(
              new Entry(
                  row.getString(Shards.SAMPLE_ID, 0),
                  row.getString(SOURCE, 0),
                  row.getString(REASON, 0),
                  row.getString(DETAIL, 0)));
        }
      } catch (RuntimeException e) {
        throw new IOException(part + " is damaged: " + e.getMessage(), e);
      }
    }
    return true;
  }

  /**
   * Writes {@code sample_id, source, reason, detail}, ordered by sample, also if there are none.
   */
  public static void write(
      SparkSession spark, List<RefusedSample> refused, OutputDirectory output) {
    write(spark, refused, output, DIRECTORY);
  }

  /** Writes the same table into another directory of the output. */
  public static void write(
      SparkSession spark, List<RefusedSample> refused, OutputDirectory output, String directory) {
    List<RefusedSample> sorted = refused.stream().sorted(Quarantine.ORDER).toList();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    write(
        context.parallelize(sorted, 1 + sorted.size() / Quarantine.ROWS_PER_FILE),
        output.path(directory),
        context.hadoopConfiguration());
  }

  /** Writes samples that come in the order of the table. */
  static void write(JavaRDD<RefusedSample> sorted, Path directory, Configuration hadoop) {
    StructType schema = new StructType();
    for (String column : List.of(Shards.SAMPLE_ID, SOURCE, REASON, DETAIL)) {
      schema = schema.add(column, DataTypes.StringType, false);
    }
    TableOutput.write(
        sorted.map(Stored::new),
        directory,
        schema,
        PageCompression.USUAL,
        Quarantine.ROWS_PER_FILE,
        hadoop);
  }

  private record Stored(RefusedSample sample) implements TableRow {
    @Override
    public void write(int column, RecordConsumer consumer) {
      String text =
          switch (column) {
            case 0 -> sample.id();
            case 1 -> sample.source();
            case 2 -> sample.reason().label();
            default -> sample.detail();
          };
      consumer.addBinary(Binary.fromString(text));
    }
  }
}
