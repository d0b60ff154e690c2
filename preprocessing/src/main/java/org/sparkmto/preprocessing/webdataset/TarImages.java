package org.sparkmto.preprocessing.webdataset;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.embedded.EmbeddedRow;
import org.sparkmto.preprocessing.embedded.EmbeddedRows;

/**
 * Images in the samples of tar files; the source of a sample is its file.
 *
 * @param files all of them
 * @param root directory that no link may leave
 * @param columns for each image, what may follow the first dot of its member, the first that is
 *     there
 */
public record TarImages(List<String> files, String root, List<List<String>> columns)
    implements EmbeddedRows {
  public TarImages {
    files = List.copyOf(files);
    columns = columns.stream().map(List::copyOf).toList();
  }

  @Override
  public JavaRDD<EmbeddedRow> rows(SparkSession spark, Set<String> sources) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    List<String> wanted = new ArrayList<>(files);
    wanted.retainAll(sources);
    String within = root;
    ArrayList<ArrayList<String>> images = new ArrayList<>();
    columns.forEach(column -> images.add(new ArrayList<>(column)));
    return context
        .parallelize(wanted, Math.max(1, wanted.size()))
        .flatMap(
            file -> {
              RawFiles raw = new RawFiles(configuration.value().value()).within(new Path(within));
              return rows(file, raw, images);
            });
  }

  private static Iterator<EmbeddedRow> rows(
      String file, RawFiles raw, ArrayList<ArrayList<String>> images) throws IOException {
    TarSamples samples =
        new TarSamples(
            raw.open(new Path(file)),
            extension ->
                images.stream().anyMatch(some -> some.contains(extension)) ? MOST_BYTES + 1 : 0);
    TaskCompletionListener close =
        finished -> {
          try {
            samples.close();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    TaskContext.get().addTaskCompletionListener(close);
    return Stream.generate(() -> next(samples))
        .takeWhile(Optional::isPresent)
        .map(Optional::orElseThrow)
        .filter(sample -> sample.trouble().isEmpty())
        .map(sample -> row(file, sample, images))
        .iterator();
  }

  private static Optional<TarSample> next(TarSamples samples) {
    try {
      return samples.next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static EmbeddedRow row(
      String file, TarSample sample, ArrayList<ArrayList<String>> images) {
    List<byte[]> cells = new ArrayList<>();
    for (List<String> image : images) {
      cells.add(
          image.stream()
              .filter(sample.members()::containsKey)
              .map(sample.members()::get)
              .findFirst()
              .orElse(null));
    }
    return new EmbeddedRow(file, sample.index(), cells);
  }
}
