package org.sparkmto.preprocessing.job;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.data.Additions;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.SourceCounts;
import org.sparkmto.data.Split;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.GrowingDataset;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawRoot;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.shard.Occurrences;
import org.sparkmto.preprocessing.shard.PresentSamples;
import org.sparkmto.preprocessing.shard.QuarantineTable;
import org.sparkmto.preprocessing.shard.Shards;
import org.sparkmto.version.BuildVersion;

/**
 * Adds new samples of a raw data set to shards of it. They get shards of their own, in the
 * directory of an {@linkplain Additions addition}; what was there stays as it is, byte for byte,
 * until the manifest is replaced, which is the last thing done. An addition that nobody finished is
 * a directory that no manifest names, and the next one clears it.
 */
public final class Appending {
  private static final String OPTION = "option.";

  private Appending() {}

  /**
   * What was added.
   *
   * @param summary the data set as it is now
   * @param added samples that were not there
   * @param present listed samples that were there; they stay as they are
   * @param changed those of them whose row has other labels or another split than it had, or cannot
   *     be used any more
   */
  public record Appended(
      PreprocessingSummary summary, long added, long present, List<String> changed) {}

  /**
   * Refuses what can be refused at a glance, before Spark has started. Nothing is changed.
   *
   * @throws PreprocessingException if the request cannot be met
   */
  public static void check(PreprocessingRequest request, Configuration hadoop) {
    ChosenDataset chosen = request.chosen();
    growing(request, chosen);
    OutputDirectory output =
        OutputDirectory.examineFinished(request.output(), hadoop, Preprocessing.DATASET);
    compare(request, chosen, DatasetDirectory.open(output.root().toString(), hadoop).manifest());
    request.root(hadoop);
  }

  /**
   * Runs a request to its end.
   *
   * @throws PreprocessingException if the request cannot be met, or more of the listed samples than
   *     it allows are bad; the data set is what it was then
   */
  public static Appended run(SparkSession spark, PreprocessingRequest request) {
    try {
      return attempt(spark, request);
    } catch (PreprocessingException e) {
      throw e;
    } catch (Exception e) {
      throw PreprocessingException.failed(
          "appending " + request.raw() + " failed: " + Preprocessing.described(e), e);
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
  }

  private static GrowingDataset growing(PreprocessingRequest request, ChosenDataset chosen) {
    if (chosen.dataset() instanceof GrowingDataset growing) {
      return growing;
    }
    throw PreprocessingException.wrongUsage(
        request.dataset()
            + " is a data set that others have fixed, to which nothing is appended; --append is for"
            + " 'own'");
  }

  /** Whether a data set was made as the request says, as far as that decides what samples are. */
  private static void compare(
      PreprocessingRequest request, ChosenDataset chosen, DatasetManifest manifest) {
    if (!manifest.dataset().equals(request.dataset())) {
      throw PreprocessingException.wrongUsage(
          request.output() + " holds the data set '" + manifest.dataset() + "'");
    }
    if (request.seed() != manifest.seed()) {
      throw PreprocessingException.wrongUsage(
          request.output() + " was made with --seed " + manifest.seed() + "; give the same");
    }
    Set<String> free = growing(request, chosen).freeOptions();
    Map<String, String> settings = Preprocessing.settings(request, chosen, new Path("/"));
    settings.forEach(
        (name, value) -> {
          boolean decides =
              name.startsWith(OPTION) && !free.contains(name.substring(OPTION.length()));
          String before = manifest.settings().getOrDefault(name, value); // younger than the data
          if (decides && !before.equals(value)) {
            int same = 0;
            while (same < Math.min(before.length(), value.length())
                && before.charAt(same) == value.charAt(same)) {
              same++;
            }
            throw PreprocessingException.wrongUsage(
                String.format(
                    Locale.ROOT,
                    "%s is not what %s was made with: it was %s, now it is %s; inputs, tasks and"
                        + " their classes stay as they are, so take the old value, or preprocess"
                        + " all samples into another directory",
                    name.substring(OPTION.length()),
                    request.output(),
                    around(before, same),
                    around(value, same)));
          }
        });
  }

  private static String around(String text, int place) {
    int from = Math.max(0, place - 24);
    int to = Math.min(text.length(), place + 40);
    return (from > 0 ? "..." : "") + text.substring(from, to) + (to < text.length() ? "..." : "");
  }

  private static Appended attempt(SparkSession spark, PreprocessingRequest request)
      throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    check(request, hadoop);
    OutputDirectory output =
        OutputDirectory.examineFinished(request.output(), hadoop, Preprocessing.DATASET);
    String seal = output.claim();
    try {
      return claimed(spark, request, output, seal);
    } finally {
      output.release();
    }
  }

  private static Appended claimed(
      SparkSession spark, PreprocessingRequest request, OutputDirectory output, String seal)
      throws IOException {
    final long start = System.nanoTime();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    DatasetManifest before = DatasetManifest.parse(seal, DatasetManifest.FILE_NAME);
    DatasetDirectory dataset = new DatasetDirectory(output.root(), before);
    int number = Additions.count(before) + 1;
    clear(output, number);
    ChosenDataset chosen = request.chosen();
    GrowingDataset growing = growing(request, chosen);
    spark.sparkContext().setJobDescription("read what is there");
    PresentSamples present = PresentSamples.read(spark, dataset, growing.listedColumns());
    RawRoot raw = request.root(hadoop);
    Path root = raw.path();
    RawContents all = growing.list(root, raw.files(hadoop), present.splits());
    Preprocessing.check(all, root);
    if (!all.columns().equals(before.columns()) || !all.tasks().equals(before.tasks())) {
      throw PreprocessingException.wrongUsage(
          "the columns or tasks of "
              + root
              + " are not those of "
              + output.root()
              + ", which another version may have made; preprocess all samples into another"
              + " directory");
    }
    Listed listed = Listed.of(growing, all, present);
    List<RefusedSample> refused = new ArrayList<>(listed.refused());
    Preprocessing.refuseAbove(request.maxBad(), listed.count(), refused);

    String directory = Additions.directory(number);
    Shards shards =
        new Shards(spark, listed.added(), raw, output, directory, request.rowGroupRows());
    Shards.Written written;
    try {
      written = shards.write(request.seed(), request.shards());
      refused.addAll(shards.refused(written.leftOut()));
    } finally {
      shards.close();
    }
    Preprocessing.refuseAbove(request.maxBad(), listed.count(), refused);
    long added = written.splits().values().stream().mapToLong(Split::rows).sum();
    if (added == 0) { // what is set aside stands in the table of whoever reads the answer
      clear(output, number);
      return new Appended(summary(output, before, start), 0, listed.present(), listed.changed());
    }
    List<RefusedSample> setAside = setAside(dataset, hadoop, all, refused);
    QuarantineTable.write(spark, setAside, output, directory + QuarantineTable.DIRECTORY);
    written.totals().add(present.totals());
    Map<String, Split> splits = joined(before.splits(), written.splits());
    long kept = splits.values().stream().mapToLong(Split::rows).sum();
    DatasetManifest manifest =
        new DatasetManifest(
            before.dataset(),
            "spark-mto " + BuildVersion.current().application(),
            before.seed(),
            before.columns(),
            before.tasks(),
            splits,
            written.totals().statistics(),
            written.totals().histograms(),
            written.totals().ranges(),
            new SourceCounts(kept + setAside.size(), kept, Preprocessing.reasons(setAside)),
            settings(before, Preprocessing.settings(request, chosen, root), number, added),
            remarks(all, splits, written, present));
    output.reseal(seal, manifest.toJson());
    return new Appended(
        summary(output, manifest, start), added, listed.present(), listed.changed());
  }

  private static List<String> remarks(
      RawContents all, Map<String, Split> splits, Shards.Written written, PresentSamples present) {
    Map<String, Occurrences> occurrences = new LinkedHashMap<>();
    for (String split : splits.keySet()) {
      Occurrences its = new Occurrences(all.columns(), all.tasks());
      for (Map<String, Occurrences> part : List.of(present.occurrences(), written.occurrences())) {
        if (part.containsKey(split)) {
          its.add(part.get(split));
        }
      }
      occurrences.put(split, its);
    }
    return Preprocessing.told(all.remarks(), occurrences);
  }

  private static PreprocessingSummary summary(
      OutputDirectory output, DatasetManifest manifest, long start) {
    return new PreprocessingSummary(
        output.root().toString(),
        output.path(QuarantineTable.directory(manifest)).toString(),
        manifest,
        Duration.ofNanos(System.nanoTime() - start));
  }

  /** Clears what somebody left who did not come to the end. */
  private static void clear(OutputDirectory output, int number) throws IOException {
    for (String entry : output.entries()) {
      if (Additions.of(entry + "/") >= number) {
        output.delete(entry);
      }
    }
  }

  /**
   * What the lists hold, seen beside what is there.
   *
   * @param added new samples
   * @param refused not fit to be decoded, and not there
   * @param present how many were there
   * @param changed those of them whose rows have changed
   */
  private record Listed(
      RawContents added, List<RefusedSample> refused, long present, List<String> changed) {

    static Listed of(GrowingDataset growing, RawContents all, PresentSamples present)
        throws IOException {
      List<RawSample> added = new ArrayList<>();
      List<String> changed = new ArrayList<>();
      int bytes =
          all.columns().stream()
              .filter(column -> present.printed().contains(column.name()))
              .mapToInt(column -> column.bytes())
              .sum();
      for (RawSample sample : all.samples()) {
        PresentSamples.Sample before = present.samples().get(sample.id());
        if (before == null) {
          added.add(sample);
        } else if (!before.split().equals(sample.split())
            || before.print() != PresentSamples.print(growing.listed(sample, bytes))) {
          changed.add(sample.id());
        }
      }
      long there = (long) all.samples().size() - added.size();
      Set<String> refusedBefore = new HashSet<>();
      List<RefusedSample> refused = new ArrayList<>();
      for (RefusedSample sample : all.refused()) {
        if (!present.samples().containsKey(sample.id())) {
          refused.add(sample);
        } else if (refusedBefore.add(sample.id())) {
          changed.add(sample.id());
          there++;
        }
      }
      return new Listed(
          new RawContents(
              all.columns(),
              all.tasks(),
              added,
              refused,
              all.opener(),
              all.embedded(),
              all.remarks()),
          refused,
          there,
          changed);
    }

    long count() {
      return added.samples().size() + refused.size() + present;
    }
  }

  /** Earlier samples that were set aside and are not listed again, then those of this time. */
  private static List<RefusedSample> setAside(
      DatasetDirectory dataset, Configuration hadoop, RawContents all, List<RefusedSample> refused)
      throws IOException {
    Set<String> again = new HashSet<>();
    all.samples().forEach(sample -> again.add(sample.id()));
    Set<List<String>> rows = new HashSet<>();
    refused.forEach(sample -> rows.add(List.of(sample.id(), sample.source())));
    Map<String, Long> reasons = new TreeMap<>();
    List<RefusedSample> setAside = new ArrayList<>();
    QuarantineTable.read(
        dataset,
        hadoop,
        entry -> {
          reasons.merge(entry.reason(), 1L, Long::sum);
          if (!again.contains(entry.id()) && !rows.contains(List.of(entry.id(), entry.source()))) {
            setAside.add(
                new RefusedSample(
                    entry.id(), entry.source(), Reason.ofLabel(entry.reason()), entry.detail()));
          }
        });
    if (!reasons.equals(dataset.manifest().sources().quarantined())) {
      throw PreprocessingException.failed(
          "the table "
              + new Path(dataset.root(), QuarantineTable.directory(dataset.manifest()))
              + " is not what the manifest says: it has "
              + reasons
              + "; restore it or preprocess again");
    }
    setAside.addAll(refused);
    return setAside;
  }

  private static Map<String, Split> joined(Map<String, Split> before, Map<String, Split> added) {
    Map<String, Split> joined = new LinkedHashMap<>();
    for (String name : List.of("train", "val", "test")) {
      List<ShardFile> files = new ArrayList<>();
      ContentDigest digest = new ContentDigest();
      for (Map<String, Split> splits : List.of(before, added)) {
        if (splits.containsKey(name)) {
          files.addAll(splits.get(name).files());
          digest.add(new java.math.BigInteger(splits.get(name).digest(), 16));
        }
      }
      if (!files.isEmpty()) {
        joined.put(name, new Split(name, files, digest.hex()));
      }
    }
    return joined;
  }

  /** What the data set was made with, then with what each addition was, where it differs. */
  private static Map<String, String> settings(
      DatasetManifest before, Map<String, String> given, int number, long added) {
    Map<String, String> settings = new TreeMap<>(before.settings());
    settings.put(Additions.SETTING, Integer.toString(number));
    settings.putAll(Additions.settings(number, added, before.splits()));
    given.forEach(
        (name, value) -> {
          if (!value.equals(before.settings().get(name))) {
            settings.put(Additions.prefix(number) + name, value);
          }
        });
    return settings;
  }
}
