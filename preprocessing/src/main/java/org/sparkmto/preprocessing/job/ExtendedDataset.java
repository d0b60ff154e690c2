package org.sparkmto.preprocessing.job;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.data.Additions;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.SourceCounts;
import org.sparkmto.data.Split;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawRoot;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.shard.Shards;
import org.sparkmto.preprocessing.shard.StoredSamples;
import org.sparkmto.version.BuildVersion;

/**
 * A data set that is made of another: the same samples in the same splits, with what was there and
 * more columns and tasks. It is written, read back and counted as any other. Samples are in the
 * order that preprocessing gives them, which is that of the other one, unless that has grown.
 *
 * @param source the other one
 * @param columns all that it has, those of the source first
 * @param tasks all that it has, those of the source first
 * @param opener opens what gives the content of a sample: {@link RawSample#source} and {@link
 *     RawSample#index} say which row of which shard it is
 * @param settings how the new columns came to be
 */
public record ExtendedDataset(
    DatasetDirectory source,
    List<Column> columns,
    List<Task> tasks,
    SampleReader.Opener opener,
    Map<String, String> settings) {
  public ExtendedDataset {
    columns = List.copyOf(columns);
    tasks = List.copyOf(tasks);
    settings = Map.copyOf(settings);
  }

  /**
   * Looks at a directory for such a data set; changes nothing.
   *
   * @throws PreprocessingException if it is finished and not to be overwritten, or holds anything
   *     this program has not written, or the storage refuses it
   */
  public static OutputDirectory examine(String name, Configuration hadoop, boolean overwrite) {
    return OutputDirectory.examine(name, hadoop, Preprocessing.DATASET, overwrite);
  }

  /**
   * Writes it; the manifest last.
   *
   * @throws PreprocessingException if a sample has a content that its columns or tasks cannot have
   */
  public DatasetManifest write(SparkSession spark, OutputDirectory output) throws IOException {
    spark.sparkContext().setJobDescription("read what is there");
    List<String> splits = List.copyOf(source.manifest().splits().keySet());
    List<RawSample> samples = StoredSamples.list(spark, source, splits);
    RawContents contents = new RawContents(columns, tasks, samples, List.of(), opener);
    DatasetManifest manifest = manifest(written(spark, source, contents, output));
    output.seal(manifest.toJson());
    return manifest;
  }

  /**
   * Writes what samples of a data set have become, in the order of the data set; not the manifest.
   *
   * @throws PreprocessingException if a sample has a content that its columns or tasks cannot have
   */
  static Shards.Written written(
      SparkSession spark, DatasetDirectory source, RawContents contents, OutputDirectory output)
      throws IOException {
    output.begin();
    Shards shards =
        new Shards(spark, contents, RawRoot.alone(source.root()), output, "", OptionalInt.empty());
    try {
      Shards.Written written = shards.write(source.manifest().seed(), OptionalInt.empty());
      shards.refused(written.leftOut()).stream()
          .findFirst()
          .ifPresent(
              sample -> {
                throw PreprocessingException.failed(
                    "nothing can be made of sample %s of %s: %s"
                        .formatted(sample.id(), source.root(), sample.detail()));
              });
      return written;
    } finally {
      shards.close();
    }
  }

  private DatasetManifest manifest(Shards.Written written) {
    DatasetManifest before = source.manifest();
    long rows = written.splits().values().stream().mapToLong(Split::rows).sum();
    Map<String, String> all = new TreeMap<>(before.settings());
    // Its samples stand together, whenever they came.
    all.keySet().removeIf(Additions::isSetting);
    all.putAll(settings);
    return new DatasetManifest(
        before.dataset(),
        "spark-mto " + BuildVersion.current().application(),
        before.seed(),
        columns,
        tasks,
        written.splits(),
        written.totals().statistics(),
        written.totals().histograms(),
        written.totals().ranges(),
        new SourceCounts(rows, rows, Map.of()),
        all,
        Preprocessing.told(before.remarks(), written.occurrences()).stream().distinct().toList());
  }
}
