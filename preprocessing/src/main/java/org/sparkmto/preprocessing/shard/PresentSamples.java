package org.sparkmto.preprocessing.shard;

import java.io.IOException;
import java.io.Serializable;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.data.Column;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.Split;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.PreprocessingException;

/**
 * What the shards of a finished data set hold, read again whole: sums over the training split
 * cannot be taken from means and deviations.
 *
 * @param samples by identity
 * @param totals over the training split
 * @param occurrences of classes and labels, by split
 * @param printed columns of which a {@link #print} is known
 */
public record PresentSamples(
    Map<String, Sample> samples,
    ShardTotals totals,
    Map<String, Occurrences> occurrences,
    List<String> printed) {

  /**
   * A sample that is there.
   *
   * @param split it is in
   * @param print of the columns that were asked for, see {@link PresentSamples#print}
   */
  public record Sample(String split, long print) {}

  /** What one file holds, in a form that travels. */
  private record Content(
      List<String> ids,
      List<Long> prints,
      BigInteger digest,
      ShardTotals totals,
      Occurrences occurrences)
      implements Serializable {}

  /**
   * Reads all shards, each in a task of its own.
   *
   * @param printed columns whose content is remembered
   * @throws PreprocessingException if a file is not what the manifest says
   */
  public static PresentSamples read(
      SparkSession spark, DatasetDirectory dataset, List<String> printed) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    List<Column> columns = new ArrayList<>(dataset.manifest().columns());
    ShardTotals totals = new ShardTotals(columns, dataset.manifest().tasks());
    Map<String, Sample> samples = new HashMap<>();
    List<Task> tasks = new ArrayList<>(dataset.manifest().tasks());
    Map<String, Occurrences> occurrences = new HashMap<>();
    for (Split split : dataset.manifest().splits().values()) {
      boolean counted = split.name().equals("train");
      List<String> wanted = new ArrayList<>(printed);
      Map<String, String> promised = new HashMap<>();
      List<String> places = new ArrayList<>();
      for (ShardFile file : split.files()) {
        places.add(dataset.path(file).toString());
        promised.put(dataset.path(file).toString(), file.sha256());
      }
      List<Content> contents =
          context
              .parallelize(places, places.size())
              .map(
                  place ->
                      content(
                          new Path(place),
                          promised.get(place),
                          columns,
                          tasks,
                          counted,
                          wanted,
                          configuration.value().value()))
              .collect();
      ContentDigest digest = new ContentDigest();
      for (Content content : contents) {
        for (int i = 0; i < content.prints().size(); i++) {
          samples.put(content.ids().get(i), new Sample(split.name(), content.prints().get(i)));
        }
        digest.add(content.digest());
        occurrences
            .computeIfAbsent(split.name(), name -> new Occurrences(columns, tasks))
            .add(content.occurrences());
        if (counted) {
          totals.add(content.totals());
        }
      }
      if (!digest.hex().equals(split.digest())) {
        throw PreprocessingException.failed(
            "the content of split "
                + split.name()
                + " of "
                + dataset.root()
                + " has not the digest that the manifest says; preprocess it again");
      }
    }
    configuration.destroy();
    return new PresentSamples(samples, totals, occurrences, printed);
  }

  /** By identity, the split of every sample. */
  public Map<String, String> splits() {
    Map<String, String> splits = new HashMap<>();
    samples.forEach((id, sample) -> splits.put(id, sample.split()));
    return splits;
  }

  /** A short number for some bytes: equal for equal ones, hardly ever for others. */
  public static long print(byte[] bytes) {
    return ByteBuffer.wrap(ContentDigest.sha256().digest(bytes)).getLong();
  }

  private static Content content(
      Path file,
      String sha256,
      List<Column> columns,
      List<Task> tasks,
      boolean counted,
      List<String> printed,
      Configuration hadoop)
      throws IOException {
    if (!FileDigest.of(file, hadoop).sha256().equals(sha256)) {
      throw PreprocessingException.failed(
          file
              + " is damaged or another: its content has not the digest that the manifest says;"
              + " restore it or preprocess again");
    }
    int[] positions = printed.stream().mapToInt(name -> Column.position(columns, name)).toArray();
    ShardTotals totals = new ShardTotals(columns, counted ? tasks : List.of());
    Occurrences occurrences = new Occurrences(columns, tasks);
    List<String> ids = new ArrayList<>();
    List<Long> prints = new ArrayList<>();
    ShardContent content =
        ShardContent.read(
            file,
            columns,
            hadoop,
            (id, rank, row) -> {
              ids.add(id);
              prints.add(print(joined(row, positions)));
              totals.add(id, row);
              occurrences.add(row);
            });
    return new Content(ids, prints, content.digest(), totals, occurrences);
  }

  private static byte[] joined(List<byte[]> row, int[] positions) {
    int length = 0;
    for (int position : positions) {
      length += row.get(position).length;
    }
    ByteBuffer joined = ByteBuffer.allocate(length);
    for (int position : positions) {
      joined.put(row.get(position));
    }
    return joined.array();
  }
}
