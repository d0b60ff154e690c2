package org.sparkmto.preprocessing.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.ShardFile;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.SampleReader;

/**
 * Reads the samples of a finished data set, to make another one of them. Those of one file are read
 * from its front to its end: in the order in which new shards are written, which is that of the
 * finished ones, no row is read twice by a task.
 */
public final class StoredSamples implements SampleReader {
  private final List<Column> columns;
  private final Configuration hadoop;
  private final Map<String, Rows> open = new HashMap<>();

  private StoredSamples(List<Column> columns, Configuration hadoop) {
    this.columns = columns;
    this.hadoop = hadoop;
  }

  /**
   * All samples of some splits, each as the row of a file.
   *
   * @throws PreprocessingException if a file is not what the manifest says
   */
  public static List<RawSample> list(
      SparkSession spark, DatasetDirectory dataset, List<String> splits) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    List<RawSample> samples = new ArrayList<>();
    try {
      for (String split : splits) {
        List<String> places = new ArrayList<>();
        Map<String, String> promised = new HashMap<>();
        for (ShardFile file : dataset.manifest().split(split).files()) {
          places.add(dataset.path(file).toString());
          promised.put(dataset.path(file).toString(), file.sha256());
        }
        List<List<String>> ids =
            context
                .parallelize(places, places.size())
                .map(
                    place ->
                        ids(new Path(place), promised.get(place), configuration.value().value()))
                .collect();
        for (int file = 0; file < places.size(); file++) {
          for (int row = 0; row < ids.get(file).size(); row++) {
            samples.add(
                new RawSample(ids.get(file).get(row), split, places.get(file), row, new byte[0]));
          }
        }
      }
    } finally {
      configuration.destroy();
    }
    return samples;
  }

  private static List<String> ids(Path file, String sha256, Configuration hadoop)
      throws IOException {
    if (!FileDigest.of(file, hadoop).sha256().equals(sha256)) {
      throw PreprocessingException.failed(
          file
              + " is damaged or another: its content has not the digest that the manifest says;"
              + " restore it or preprocess again");
    }
    List<String> ids = new ArrayList<>();
    ShardContent.read(file, List.of(), hadoop, (id, rank, row) -> ids.add(id));
    return ids;
  }

  /**
   * Opens readers of {@linkplain #list listed} samples.
   *
   * @param dataset whose columns they have
   */
  public static SampleReader.Opener opener(DatasetDirectory dataset, Configuration hadoop) {
    List<Column> columns = new ArrayList<>(dataset.manifest().columns());
    SerializableConfiguration configuration = new SerializableConfiguration(hadoop);
    return files -> new StoredSamples(columns, configuration.value());
  }

  @Override
  public List<byte[]> read(RawSample sample) throws IOException {
    Rows rows = open.get(sample.source());
    if (rows == null || rows.next > sample.index()) {
      if (rows != null) {
        rows.reader.close();
      }
      rows = new Rows(WrittenRows.open(new Path(sample.source()), hadoop));
      open.put(sample.source(), rows);
    }
    return ShardContent.content(rows.at(sample), columns);
  }

  @Override
  public void close() throws IOException {
    for (Rows rows : open.values()) {
      rows.reader.close();
    }
  }

  /** The rows of a file that are still to come. */
  private static final class Rows {
    private final ParquetReader<Group> reader;
    private long next;

    Rows(ParquetReader<Group> reader) {
      this.reader = reader;
    }

    Group at(RawSample sample) throws IOException {
      Group row = reader.read();
      next++;
      while (row != null && next <= sample.index()) {
        row = reader.read();
        next++;
      }
      if (row == null || !row.getString(Shards.SAMPLE_ID, 0).equals(sample.id())) {
        throw PreprocessingException.failed(
            sample.source()
                + " has no sample "
                + sample.id()
                + " in row "
                + sample.index()
                + " any more: it changes while it is read; run again");
      }
      return row;
    }
  }
}
