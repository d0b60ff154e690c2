package org.sparkmto.preprocessing.job;

import java.io.IOException;
import java.util.ArrayList;
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
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.inspection.SampleRows;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.shard.Shards;
import org.sparkmto.version.BuildVersion;

/**
 * A data set that is made of another: the same samples in the same splits, with what was there and
 * more columns and tasks. It is written, read back and counted as any other. Samples are in the
 * order that preprocessing gives them, which is that of the other one, unless that has grown.
 *
 * @param source the other one
 * @param columns all that it has, those of the source first
 * @param tasks all that it has, those of the source first
 * @param opener opens what gives the content of a sample: {@link RawSample#split} and {@link
 *     RawSample#index} say which row of the source it is
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
    RawContents contents = new RawContents(columns, tasks, samples(spark), List.of(), opener);
    output.begin();
    Shards shards =
        new Shards(spark, contents, RawRoot.alone(source.root()), output, "", OptionalInt.empty());
    try {
      Shards.Written written = shards.write(source.manifest().seed(), OptionalInt.empty());
      if (!written.leftOut().isEmpty()) {
        RefusedSample first = shards.refused(written.leftOut().subList(0, 1)).get(0);
        throw PreprocessingException.failed(
            "%d samples of %s cannot be extended, for example %s: %s"
                .formatted(written.leftOut().size(), source.root(), first.id(), first.detail()));
      }
      DatasetManifest manifest = manifest(written);
      output.seal(manifest.toJson());
      return manifest;
    } finally {
      shards.close();
    }
  }

  private List<RawSample> samples(SparkSession spark) {
    SampleRows rows = new SampleRows(source, spark.sparkContext().hadoopConfiguration());
    List<RawSample> samples = new ArrayList<>();
    for (Split split : source.manifest().splits().values()) {
      String where = source.root() + ", " + split.name();
      long row = 0;
      for (String id : rows.ids(split.name(), 0, split.rows())) {
        samples.add(new RawSample(id, split.name(), where, row++, new byte[0]));
      }
    }
    return samples;
  }

  private DatasetManifest manifest(Shards.Written written) {
    DatasetManifest before = source.manifest();
    long rows = written.splits().values().stream().mapToLong(Split::rows).sum();
    Map<String, String> all = new TreeMap<>(before.settings());
    // Its samples stand together, whenever they came.
    all.keySet().removeIf(name -> name.equals(Additions.SETTING) || name.startsWith("added."));
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
