package org.sparkmto.preprocessing.job;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkmto.data.Additions;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.SourceCounts;
import org.sparkmto.data.Split;
import org.sparkmto.naming.Counted;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawRoot;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.shard.Occurrences;
import org.sparkmto.preprocessing.shard.QuarantineTable;
import org.sparkmto.preprocessing.shard.Shards;
import org.sparkmto.storage.Causes;
import org.sparkmto.version.BuildVersion;

/** Turns a raw data set into a directory of shards that training reads. */
public final class Preprocessing {
  private static final Logger LOG = LoggerFactory.getLogger(Preprocessing.class);

  /** More sentences nobody reads. */
  private static final int MOST_REMARKS = 100;

  static final OutputDirectory.Form DATASET =
      new OutputDirectory.Form(
          "data set",
          DatasetManifest.FILE_NAME,
          Preprocessing::isManifest,
          entry ->
              entry.startsWith("split=")
                  || entry.startsWith(Additions.PREFIX)
                  || entry.equals(QuarantineTable.DIRECTORY)
                  || entry.equals(DatasetManifest.FILE_NAME + ".tmp"));

  private Preprocessing() {}

  /**
   * Refuses what can be refused at a glance, before Spark has started: the output, the options, a
   * raw directory that is not there. Nothing is listed or written.
   *
   * @throws PreprocessingException if the request cannot be met
   */
  public static void check(PreprocessingRequest request, Configuration hadoop) {
    request.chosen();
    OutputDirectory.examine(request.output(), hadoop, DATASET, request.overwrite());
    request.root(hadoop);
  }

  /**
   * The data set in the output of a request, if it is what the request would make of the same raw
   * data: of the same kind, with the same options, order and sizes.
   *
   * @return nothing if the output holds no finished data set, or another one
   * @throws PreprocessingException if the request itself is not possible
   */
  public static Optional<DatasetManifest> made(PreprocessingRequest request, Configuration hadoop) {
    ChosenDataset chosen = request.chosen();
    Map<String, String> settings = settings(request, chosen, request.root(hadoop).path());
    try {
      DatasetManifest manifest = DatasetDirectory.announced(request.output(), hadoop).manifest();
      return Optional.of(manifest)
          .filter(
              there ->
                  there.dataset().equals(request.dataset())
                      && there.seed() == request.seed()
                      && there.settings().equals(settings));
    } catch (DataContractException e) {
      return Optional.empty(); // whoever writes there says what is in the way
    }
  }

  /**
   * Runs a request to its end. The manifest is written last: a directory without one is not a data
   * set, whatever has happened. A run into the rest of one that has crashed clears it first.
   *
   * @throws PreprocessingException if the request cannot be met, or more samples than it allows are
   *     bad; the table of bad samples is written then, but no manifest
   */
  public static PreprocessingSummary run(SparkSession spark, PreprocessingRequest request) {
    try {
      return attempt(spark, request);
    } catch (PreprocessingException e) {
      throw e;
    } catch (Exception e) {
      throw PreprocessingException.failed(
          "preprocessing " + request.raw() + " failed: " + described(e), e);
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
  }

  private static PreprocessingSummary attempt(SparkSession spark, PreprocessingRequest request)
      throws IOException {
    long start = System.nanoTime();
    ChosenDataset chosen = request.chosen();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    OutputDirectory output =
        OutputDirectory.examine(request.output(), hadoop, DATASET, request.overwrite());
    RawRoot raw = request.root(hadoop);
    Path root = raw.path();
    RawContents contents = chosen.dataset().list(root, raw.files(hadoop));
    check(contents, root);
    int listed = contents.samples().size() + contents.refused().size();
    LOG.info("{} lists {}", root, Counted.of(listed, "sample"));
    refuseAbove(request.maxBad(), listed, contents.refused());

    output.begin();
    Shards shards = new Shards(spark, contents, raw, output, "", request.rowGroupRows());
    Shards.Written written;
    QuarantineTable.Summary bad;
    try {
      written = shards.write(request.seed(), request.shards());
      bad = shards.quarantine(contents.refused(), written.leftOut());
    } finally {
      shards.close();
    }
    String quarantine = output.path(QuarantineTable.DIRECTORY).toString();
    long refused = count(bad.reasons());
    refuseAbove(request.maxBad(), listed, bad.reasons(), "see the table " + quarantine);
    if (!written.splits().containsKey("train")) {
      throw PreprocessingException.failed(
          String.format(
              Locale.ROOT,
              "%s has no sample to train on: %d of %s bad %s, see the table %s%s",
              root,
              refused,
              Counted.of(listed, "sample is", "samples are"),
              bad.reasons(),
              quarantine,
              refused == 0 ? "" : "; " + examples(bad)));
    }
    long kept = written.splits().values().stream().mapToLong(Split::rows).sum();
    DatasetManifest manifest =
        new DatasetManifest(
            request.dataset(),
            "spark-mto " + BuildVersion.current().application(),
            request.seed(),
            contents.columns(),
            contents.tasks(),
            written.splits(),
            written.totals().statistics(),
            written.totals().histograms(),
            written.totals().ranges(),
            new SourceCounts(listed, kept, bad.reasons()),
            settings(request, chosen, root),
            remarks(contents, written));
    output.seal(manifest.toJson());
    Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
    LOG.info(
        "{} holds {}, {}",
        output.root(),
        Counted.of(kept, "sample"),
        Counted.of(refused, "is set aside", "are set aside"));
    return new PreprocessingSummary(output.root().toString(), quarantine, manifest, elapsed);
  }

  private static List<String> remarks(RawContents contents, Shards.Written written) {
    List<String> remarks = new ArrayList<>(contents.remarks());
    contents.samples().stream()
        .map(RawSample::split)
        .distinct()
        .filter(split -> !written.splits().containsKey(split))
        .forEach(split -> remarks.add("split '" + split + "' is empty: all its samples are bad"));
    return told(remarks, written.occurrences());
  }

  /** All that is odd, as the manifest says it. */
  static List<String> told(List<String> others, Map<String, Occurrences> occurrences) {
    List<String> remarks = new ArrayList<>(others);
    occurrences.forEach((split, its) -> remarks.addAll(its.remarks(split)));
    remarks.forEach(LOG::warn);
    int more = remarks.size() - MOST_REMARKS;
    if (more <= 0) {
      return remarks;
    }
    List<String> first = new ArrayList<>(remarks.subList(0, MOST_REMARKS));
    first.add("and " + more + " remarks more of this kind");
    return first;
  }

  static void check(RawContents contents, Path root) {
    if (contents.samples().isEmpty() && contents.refused().isEmpty()) {
      throw PreprocessingException.failed(root + " lists no samples");
    }
    Set<String> ids = new HashSet<>();
    for (RawSample sample : contents.samples()) {
      if (!ids.add(sample.id())) {
        throw new IllegalStateException("sample " + sample.id() + " is listed twice");
      }
    }
  }

  /** Refuses more samples that are bad than are allowed, with examples. */
  static void refuseAbove(double maxBad, long listed, List<RefusedSample> refused) {
    refuseAbove(maxBad, listed, reasons(refused), examples(refused));
  }

  private static void refuseAbove(
      double maxBad, long listed, Map<String, Long> reasons, String evidence) {
    long bad = count(reasons);
    if (bad > maxBad * listed) {
      throw PreprocessingException.failed(
          String.format(
              Locale.ROOT,
              "%d of %s bad (%.2f %%), allowed are %.2f %%: %s; %s",
              bad,
              Counted.of(listed, "sample is", "samples are"),
              100.0 * bad / listed,
              100 * maxBad,
              reasons,
              evidence));
    }
  }

  private static long count(Map<String, Long> reasons) {
    return reasons.values().stream().mapToLong(Long::longValue).sum();
  }

  private static String examples(QuarantineTable.Summary bad) {
    return "for example "
        + bad.examples().stream().map(sample -> sample.id() + ": " + sample.detail()).toList();
  }

  private static String examples(List<RefusedSample> refused) {
    return "for example "
        + refused.stream().limit(3).map(sample -> sample.id() + ": " + sample.detail()).toList();
  }

  static Map<String, Long> reasons(List<RefusedSample> refused) {
    Map<String, Long> counts = new TreeMap<>();
    refused.forEach(sample -> counts.merge(sample.reason().label(), 1L, Long::sum));
    return counts;
  }

  static Map<String, String> settings(
      PreprocessingRequest request, ChosenDataset chosen, Path root) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("raw", root.toString());
    chosen
        .options()
        .forEach(
            (name, value) -> settings.put("option." + name, value.isEmpty() ? "usual" : value));
    settings.put(
        "shards",
        request.shards().isPresent() ? Integer.toString(request.shards().getAsInt()) : "usual");
    settings.put(
        "row-group-rows",
        request.rowGroupRows().isPresent()
            ? Integer.toString(request.rowGroupRows().getAsInt())
            : "usual");
    settings.put("max-bad", Double.toString(request.maxBad()));
    if (!request.links().isEmpty()) {
      settings.put("follow-links", String.join(", ", request.links()));
    }
    return settings;
  }

  private static boolean isManifest(String text) {
    try {
      DatasetManifest.parse(text, DatasetManifest.FILE_NAME);
      return true;
    } catch (DataContractException e) {
      return false;
    }
  }

  /** What was wrong: in our own words, if a task on an executor has found them. */
  static String described(Throwable trouble) {
    Throwable cause =
        Causes.of(trouble).stream()
            .filter(PreprocessingException.class::isInstance)
            .findFirst()
            .orElseGet(() -> Causes.innermost(trouble));
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    if (cause instanceof AccessDeniedException) { // whose message is the file
      return message + " may not be read; change its permissions";
    }
    boolean tells = cause instanceof PreprocessingException || cause instanceof IOException;
    return tells && cause.getMessage() != null
        ? message
        : cause.getClass().getSimpleName() + ": " + message;
  }
}
