package org.sparkmto.preprocessing.job;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.data.Additions;
import org.sparkmto.data.Column;
import org.sparkmto.data.CorruptedData;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Remark;
import org.sparkmto.data.SourceCounts;
import org.sparkmto.data.Split;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.corruption.CorruptedReader;
import org.sparkmto.preprocessing.corruption.CorruptionCondition;
import org.sparkmto.preprocessing.corruption.Corruptions;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.shard.Shards;
import org.sparkmto.preprocessing.shard.StoredSamples;
import org.sparkmto.version.BuildVersion;

/**
 * Makes corrupted data sets of a finished one: the same samples with the same targets in the same
 * order, their images under common corruptions. A data set that is finished and what is asked for
 * is kept, so that an interrupted run goes on where it was.
 */
public final class Corrupting {
  private Corrupting() {}

  /** One data set that is asked for. */
  private record Wanted(String directory, List<CorruptionCondition> conditions) {}

  /**
   * Refuses what can be refused at a glance, before Spark has started; writes nothing.
   *
   * @throws PreprocessingException if the request cannot be met
   * @throws DataContractException if there is no such data set or split
   */
  public static void check(CorruptionRequest request, Configuration hadoop) {
    DatasetDirectory dataset = dataset(request, hadoop);
    for (Wanted wanted : wanted(request)) {
      if (!isMade(dataset, request, wanted, hadoop)) {
        examine(wanted, request, hadoop);
      }
    }
  }

  /**
   * Runs a request to its end.
   *
   * @param done hears of every data set, in order: its directory, and how long it took; zero if it
   *     was there
   * @throws PreprocessingException if the request cannot be met
   */
  public static void run(
      SparkSession spark, CorruptionRequest request, BiConsumer<String, Duration> done) {
    try {
      attempt(spark, request, done);
    } catch (PreprocessingException | DataContractException e) {
      throw e;
    } catch (Exception e) {
      throw PreprocessingException.failed(
          "corrupting " + request.dataset() + " failed: " + Preprocessing.described(e), e);
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
  }

  private static void attempt(
      SparkSession spark, CorruptionRequest request, BiConsumer<String, Duration> done)
      throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    check(request, hadoop);
    DatasetDirectory dataset = dataset(request, hadoop);
    List<RawSample> samples = List.of();
    for (Wanted wanted : wanted(request)) {
      long start = System.nanoTime();
      if (isMade(dataset, request, wanted, hadoop)) {
        done.accept(wanted.directory(), Duration.ZERO);
        continue;
      }
      if (samples.isEmpty()) {
        spark.sparkContext().setJobDescription("read what is there");
        samples = StoredSamples.list(spark, dataset, request.splits());
      }
      write(spark, dataset, request, wanted, samples);
      done.accept(wanted.directory(), Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private static DatasetDirectory dataset(CorruptionRequest request, Configuration hadoop) {
    DatasetDirectory dataset = DatasetDirectory.open(request.dataset(), hadoop);
    DatasetManifest manifest = dataset.manifest();
    request.splits().forEach(manifest::split);
    if (CorruptedData.of(manifest).isPresent()) {
      throw PreprocessingException.wrongUsage(
          dataset.root() + " is corrupted already; name the data set that it was made of");
    }
    for (Column column : manifest.columns()) {
      if (column.role() == Column.Role.INPUT && !CorruptedReader.isImage(column)) {
        throw PreprocessingException.wrongUsage(
            "%s: the input '%s' holds no images of bytes with one channel or three, so it cannot be corrupted"
                .formatted(dataset.root(), column.name()));
      }
    }
    return dataset;
  }

  private static List<Wanted> wanted(CorruptionRequest request) {
    if (request.mixed()) {
      return List.of(new Wanted(request.output(), request.conditions()));
    }
    return request.conditions().stream()
        .map(
            condition -> new Wanted(request.output() + "/" + condition.label(), List.of(condition)))
        .toList();
  }

  private static OutputDirectory examine(
      Wanted wanted, CorruptionRequest request, Configuration hadoop) {
    return OutputDirectory.examine(
        wanted.directory(), hadoop, Preprocessing.DATASET, request.overwrite());
  }

  /** Whether the data set is there, made of the same samples in the same way. */
  private static boolean isMade(
      DatasetDirectory dataset, CorruptionRequest request, Wanted wanted, Configuration hadoop) {
    CorruptedData asked = corrupted(dataset, request, wanted);
    Optional<CorruptedData> there = there(wanted, hadoop).filter(asked::isOfTheSame);
    if (there.isPresent() && !there.get().isSame(asked) && !request.overwrite()) {
      throw PreprocessingException.wrongUsage(
          "%s was made by other algorithms (%s) than this version has (number %d); make it again with --overwrite"
              .formatted(
                  wanted.directory(),
                  there.get().algorithm().isEmpty()
                      ? "without a number"
                      : "number " + there.get().algorithm(),
                  Corruptions.ALGORITHM));
    }
    return there.filter(asked::isSame).isPresent();
  }

  private static Optional<CorruptedData> there(Wanted wanted, Configuration hadoop) {
    try {
      return CorruptedData.of(DatasetDirectory.open(wanted.directory(), hadoop).manifest());
    } catch (DataContractException e) {
      return Optional.empty(); // whoever writes there says what is in the way
    }
  }

  private static CorruptedData corrupted(
      DatasetDirectory dataset, CorruptionRequest request, Wanted wanted) {
    Map<String, String> digests = new LinkedHashMap<>();
    request.splits().forEach(split -> digests.put(split, dataset.manifest().split(split).digest()));
    return new CorruptedData(
        dataset.root().toString(),
        digests,
        wanted.conditions().stream().map(CorruptionCondition::label).toList(),
        Long.toString(request.seed()),
        Integer.toString(Corruptions.ALGORITHM));
  }

  private static void write(
      SparkSession spark,
      DatasetDirectory dataset,
      CorruptionRequest request,
      Wanted wanted,
      List<RawSample> samples)
      throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    DatasetManifest clean = dataset.manifest();
    OutputDirectory output = examine(wanted, request, hadoop);
    RawContents contents =
        new RawContents(
            clean.columns(),
            clean.tasks(),
            samples,
            List.of(),
            opener(dataset, wanted, request.seed(), hadoop));
    Shards.Written written = ExtendedDataset.written(spark, dataset, contents, output);
    long rows = written.splits().values().stream().mapToLong(Split::rows).sum();
    Map<String, String> settings = new TreeMap<>(clean.settings());
    settings.keySet().removeIf(Additions::isSetting);
    settings.putAll(corrupted(dataset, request, wanted).settings());
    DatasetManifest manifest =
        new DatasetManifest(
            clean.dataset(),
            "spark-mto " + BuildVersion.current().application(),
            clean.seed(),
            clean.columns(),
            clean.tasks(),
            written.splits(),
            clean.statistics(),
            clean.histograms(),
            clean.ranges(),
            new SourceCounts(rows, rows, Map.of()),
            settings,
            remarks(clean, request));
    output.seal(manifest.toJson());
  }

  /** What the clean data set says of splits that are not there says nothing of this one. */
  private static List<String> remarks(DatasetManifest clean, CorruptionRequest request) {
    return clean.remarks().stream()
        .filter(words -> Remark.parse(words).split().map(request.splits()::contains).orElse(true))
        .toList();
  }

  private static SampleReader.Opener opener(
      DatasetDirectory dataset, Wanted wanted, long seed, Configuration hadoop) {
    SampleReader.Opener clean = StoredSamples.opener(dataset, hadoop);
    List<Column> columns = new ArrayList<>(dataset.manifest().columns());
    List<CorruptionCondition> conditions = new ArrayList<>(wanted.conditions());
    return files -> new CorruptedReader(clean.open(files), columns, conditions, seed);
  }
}
