package org.sparkmto.preprocessing.inspection;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkmto.data.Additions;
import org.sparkmto.data.Column;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.data.CorruptedData;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.Split;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.shard.QuarantineTable;
import org.sparkmto.preprocessing.shard.ShardTotals;

/**
 * Whether a data set is what its manifest says, down to the last element.
 *
 * <p>Every file is there with its length and SHA-256; its rows are the promised ones, in ascending
 * order of (rank, identity) over all files of a split that came at once, and no sample stands twice
 * in the whole data set; every element is one that its task allows; digests, statistics, histograms
 * and ranges come out the same when they are computed again; the table of quarantined samples
 * agrees with its counts. Files are read in parallel, one Spark task each.
 *
 * @param root the data set
 * @param splits in the order of the manifest
 * @param findings in the order of splits and files; at most twenty of a file
 * @param findingsLeftOut how many more there are
 */
public record Validation(
    String root, List<SplitVerdict> splits, List<Finding> findings, long findingsLeftOut) {

  /**
   * What was found in a split.
   *
   * @param name of the split
   * @param rows that could be read
   * @param files promised files
   * @param findings in this split; not those about the whole data set
   */
  public record SplitVerdict(String name, long rows, int files, long findings) {}

  /** Whether nothing was found. */
  public boolean isValid() {
    return findings.isEmpty();
  }

  /**
   * Reads a whole data set.
   *
   * @throws org.sparkmto.data.DataContractException if there is no manifest, or it cannot be read
   */
  public static Validation of(SparkSession spark, String directory) throws IOException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Configuration hadoop = context.hadoopConfiguration();
    DatasetDirectory dataset = DatasetDirectory.announced(directory, hadoop);
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(hadoop));
    Run run = new Run(dataset.manifest());
    try {
      for (Split split : dataset.manifest().splits().values()) {
        run.add(split, read(context, configuration, dataset, split));
      }
    } finally {
      configuration.destroy();
    }
    run.compareQuarantine(dataset, hadoop);
    return new Validation(dataset.root().toString(), run.splits, run.findings, run.findingsLeftOut);
  }

  private static List<FileVerdict> read(
      JavaSparkContext context,
      Broadcast<SerializableConfiguration> configuration,
      DatasetDirectory dataset,
      Split split) {
    List<FileVerdict.Candidate> candidates = new ArrayList<>();
    for (ShardFile file : split.files()) {
      candidates.add(FileVerdict.Candidate.of(file, dataset.path(file)));
    }
    if (candidates.isEmpty()) {
      return List.of();
    }
    List<Column> columns = new ArrayList<>(dataset.manifest().columns());
    List<Task> tasks = new ArrayList<>(dataset.manifest().tasks());
    return context
        .parallelize(candidates, candidates.size())
        .map(file -> FileVerdict.of(file, columns, tasks, configuration.value().value()))
        .collect();
  }

  /** What has been found so far. */
  private static final class Run {
    private final DatasetManifest manifest;
    private final List<SplitVerdict> splits = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, String> fileOf = new HashMap<>();
    private long findingsLeftOut;

    Run(DatasetManifest manifest) {
      this.manifest = manifest;
    }

    void add(Split split, List<FileVerdict> files) {
      long before = findings.size() + findingsLeftOut;
      for (int i = 0; i < files.size(); i++) {
        FileVerdict file = files.get(i);
        findings.addAll(file.findings());
        findingsLeftOut += file.findingsLeftOut();
        boolean sameAddition =
            i > 0 && Additions.of(files.get(i - 1).path()) == Additions.of(file.path());
        if (sameAddition && !files.get(i - 1).mayBeFollowedBy(file)) {
          find(file.path(), "starts with a lower rank than its predecessor ends with");
        }
        for (String sample : file.samples()) {
          String other = fileOf.putIfAbsent(sample, file.path());
          if (other != null) {
            findings.add(new Finding(file.path(), sample, "stands in " + other + " already"));
          }
        }
      }
      if (files.stream().allMatch(file -> file.digest().isPresent())) {
        compareDigest(split, files);
        if (split.name().equals("train") && findings.size() + findingsLeftOut == before) {
          compareStatistics(files);
        }
      }
      splits.add(
          new SplitVerdict(
              split.name(),
              files.stream().mapToLong(file -> file.samples().size()).sum(),
              files.size(),
              findings.size() + findingsLeftOut - before));
    }

    private void compareDigest(Split split, List<FileVerdict> files) {
      ContentDigest digest = new ContentDigest();
      files.forEach(file -> digest.add(file.digest().orElseThrow()));
      if (!digest.hex().equals(split.digest())) {
        find(
            DatasetManifest.FILE_NAME,
            "split '"
                + split.name()
                + "' has content digest "
                + digest.hex()
                + ", the manifest says "
                + split.digest());
      }
    }

    private void compareStatistics(List<FileVerdict> files) {
      ShardTotals totals = new ShardTotals(manifest.columns(), manifest.tasks());
      files.forEach(file -> totals.add(file.totals()));
      if (CorruptedData.of(manifest).isEmpty()) { // which has those of the clean images
        compare("statistics of column", totals.statistics(), manifest.statistics());
      }
      compare("label histogram of", totals.histograms(), manifest.histograms());
      if (!manifest.ranges().isEmpty()) { // they are younger than the format
        compare("range of task", totals.ranges(), manifest.ranges());
      }
    }

    private void compare(String what, Map<String, ?> found, Map<String, ?> promised) {
      Set<String> names = new LinkedHashSet<>(found.keySet());
      names.addAll(promised.keySet());
      for (String name : names) {
        if (!Objects.equals(found.get(name), promised.get(name))) {
          find(
              DatasetManifest.FILE_NAME,
              "%s '%s' is %s, the manifest says %s"
                  .formatted(what, name, found.get(name), promised.get(name)));
        }
      }
    }

    private void compareQuarantine(DatasetDirectory dataset, Configuration hadoop)
        throws IOException {
      long rows = manifest.splits().values().stream().mapToLong(Split::rows).sum();
      if (rows != manifest.sources().kept()) {
        find(
            DatasetManifest.FILE_NAME,
            "its splits have " + rows + " rows, but " + manifest.sources().kept() + " were kept");
      }
      Map<String, Long> reasons = new TreeMap<>();
      boolean there;
      try {
        there =
            QuarantineTable.read(
                dataset, hadoop, entry -> reasons.merge(entry.reason(), 1L, Long::sum));
      } catch (IOException e) {
        find(QuarantineTable.directory(manifest), "cannot be read: " + e.getMessage());
        return;
      }
      if (!reasons.equals(manifest.sources().quarantined())) {
        find(
            QuarantineTable.directory(manifest),
            there
                ? FileVerdict.differs("rows", reasons, manifest.sources().quarantined())
                : "is missing");
      }
    }

    private void find(String file, String detail) {
      findings.add(new Finding(file, "", detail));
    }
  }
}
