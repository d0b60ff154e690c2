package org.sparkmto.preprocessing.shard;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkmto.data.Column;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.Split;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawRoot;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.output.OutputDirectory;
import org.sparkmto.preprocessing.shard.ShardPlan.RankedSample;

/**
 * Writes the Parquet shards of a data set with Spark.
 *
 * <p>Three passes: tasks decode and write, one file each, and leave out what cannot be decoded;
 * tasks read what was written, which gives counts, digests and statistics of what is really there
 * and shows what was left out; the samples left out are decoded again for their reasons. So nothing
 * is counted by side effects of tasks that Spark may run twice.
 */
public final class Shards {
  /** Column of the sample's identity. */
  public static final String SAMPLE_ID = "sample_id";

  /** Column of the place in the order. */
  public static final String RANK = "rank";

  /** What a reader holds at once: 512 faces of 64x64, 32 streets of 128x256 with their targets. */
  private static final long BYTES_PER_ROW_GROUP = 6_400_000;

  private static final int MOST_ROWS_PER_ROW_GROUP = 512;

  /**
   * How often a decoded sample stands in memory while it is written: as an image, and in pages and
   * buffers of Parquet. Measured when rows of Spark held it as well: 50 MB a sample and two tasks
   * fit into 1 GiB, 75 MB do not.
   */
  private static final long COPIES = 10;

  private final SparkSession spark;
  private final JavaSparkContext context;
  private final Broadcast<SerializableConfiguration> configuration;
  private final RawContents contents;
  private final RawRoot root;
  private final OutputDirectory output;
  private final String prefix;
  private final long bytesPerRow;
  private final int rowGroupRows;

  /**
   * What was written.
   *
   * @param splits those that have rows
   * @param totals over the training split
   * @param occurrences of classes and labels, by split
   * @param leftOut samples that could not be decoded
   */
  public record Written(
      Map<String, Split> splits,
      ShardTotals totals,
      Map<String, Occurrences> occurrences,
      List<RawSample> leftOut) {}

  /**
   * A committed file.
   *
   * @param path relative to the data set
   * @param plan what it should hold
   */
  private record WrittenFile(String path, ShardPlan plan) {}

  /**
   * @param contents what to write
   * @param root directory of the raw data; nothing outside of it is read
   * @param output where to, already begun
   * @param prefix of the paths of shards in the output, empty or ending with a slash
   * @param rowGroupRows rows of a row group; without it, some that make 6 MB
   */
  public Shards(
      SparkSession spark,
      RawContents contents,
      RawRoot root,
      OutputDirectory output,
      String prefix,
      OptionalInt rowGroupRows) {
    this.prefix = prefix;
    this.spark = spark;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.configuration =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    this.contents = contents;
    this.root = root;
    this.output = output;
    this.bytesPerRow = contents.columns().stream().mapToLong(Column::bytes).sum();
    this.rowGroupRows = rowGroupRows.orElseGet(() -> usualRowGroupRows(bytesPerRow));
  }

  /**
   * Writes all splits.
   *
   * @param seed of the order of the samples
   * @param filesPerSplit number of files; without it, a number that suits the data
   */
  public Written write(long seed, OptionalInt filesPerSplit) throws IOException {
    Map<String, List<ShardPlan>> plans =
        ShardPlan.of(contents.samples(), seed, bytesPerRow, filesPerSplit);
    Map<String, Split> splits = new LinkedHashMap<>();
    ShardTotals totals = new ShardTotals(contents.columns(), contents.tasks());
    List<RawSample> leftOut = new ArrayList<>();
    Map<String, Occurrences> occurrences = new LinkedHashMap<>();
    for (Map.Entry<String, List<ShardPlan>> entry : plans.entrySet()) {
      String split = entry.getKey();
      describe("decode and write the " + split + " split");
      write(split, entry.getValue());
      describe("read the " + split + " split back");
      List<ShardInspection> inspections =
          inspect(split, committed(split, entry.getValue(), leftOut), leftOut);
      Split written = split(split, inspections);
      if (written.rows() > 0) {
        splits.put(split, written);
        Occurrences its = new Occurrences(contents.columns(), contents.tasks());
        inspections.forEach(inspection -> its.add(inspection.occurrences()));
        occurrences.put(split, its);
      }
      if (split.equals("train")) {
        inspections.forEach(inspection -> totals.add(inspection.totals()));
      }
    }
    describe(null);
    return new Written(splits, totals, occurrences, leftOut);
  }

  /** Releases what the executors keep. */
  public void close() {
    configuration.destroy();
  }

  private static int usualRowGroupRows(long bytesPerRow) {
    long rows = BYTES_PER_ROW_GROUP / Math.max(1, bytesPerRow);
    return (int) Math.max(1, Math.min(MOST_ROWS_PER_ROW_GROUP, Long.highestOneBit(rows)));
  }

  private void write(String split, List<ShardPlan> plans) {
    TableOutput.write(
        SampleRuns.of(spark, contents.embedded(), plans)
            .mapPartitions(rows(opener(contents), room(), root, configuration)),
        directory(split),
        DecodedRow.schema(contents.columns()),
        PageCompression.of(contents.columns()),
        rowGroupRows,
        context.hadoopConfiguration());
  }

  /** What a sample needs of an executor's memory, all its tasks together. */
  private Room room() {
    int cores =
        context.isLocal()
            ? context.defaultParallelism()
            : context.getConf().getInt("spark.executor.cores", 1);
    int tasks = Math.max(1, cores / context.getConf().getInt("spark.task.cpus", 1));
    return new Room(bytesPerRow, tasks);
  }

  private record Room(long bytesPerRow, int tasks) implements Serializable {
    void check() {
      long memory = Runtime.getRuntime().maxMemory();
      if (bytesPerRow * COPIES > memory / tasks) {
        throw PreprocessingException.failed(
            String.format(
                Locale.ROOT,
                "a stored sample would have %d MiB, too much for %d tasks in %d MiB of memory;"
                    + " choose a smaller size, fewer cores, or more memory for an executor",
                bytesPerRow >> 20,
                tasks,
                memory >> 20));
      }
    }
  }

  private static FlatMapFunction<Iterator<RankedSample>, DecodedRow> rows(
      SampleReader.Opener opener,
      Room room,
      RawRoot root,
      Broadcast<SerializableConfiguration> configuration) {
    return samples -> {
      room.check();
      SampleReader reader = opener.open(files(configuration, root));
      closeAtTheEnd(reader);
      return new DecodedRows(samples, reader);
    };
  }

  private static SampleReader.Opener opener(RawContents contents) {
    List<Column> columns = new ArrayList<>(contents.columns());
    List<Task> tasks = new ArrayList<>(contents.tasks());
    SampleReader.Opener opener = contents.opener();
    return files -> new CheckedReader(opener.open(files), columns, tasks);
  }

  private static RawFiles files(Broadcast<SerializableConfiguration> configuration, RawRoot root) {
    return root.files(configuration.value().value());
  }

  private static void closeAtTheEnd(SampleReader reader) {
    TaskCompletionListener close =
        finished -> {
          try {
            reader.close();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        };
    TaskContext.get().addTaskCompletionListener(close);
  }

  /**
   * The committed files of a split. Where a new name costs nothing they get one that is the same in
   * every run; on an object store, where it would copy all bytes, they keep the one of Spark.
   */
  private List<WrittenFile> committed(String split, List<ShardPlan> plans, List<RawSample> leftOut)
      throws IOException {
    Path directory = directory(split);
    FileSystem files = directory.getFileSystem(context.hadoopConfiguration());
    Map<Integer, String> byTask = new TreeMap<>();
    for (FileStatus status : files.listStatus(directory)) {
      String name = status.getPath().getName();
      if (!name.startsWith("part-")) {
        continue;
      }
      int task = Integer.parseInt(name.substring(5, name.indexOf('-', 5)));
      if (byTask.put(task, name) != null) {
        throw PreprocessingException.failed(
            "task " + task + " of split " + split + " has left two files in " + directory);
      }
    }
    List<WrittenFile> written = new ArrayList<>();
    for (int i = 0; i < plans.size(); i++) {
      String name = byTask.get(i);
      if (name == null) { // none of its samples could be decoded
        plans.get(i).samples().forEach(ranked -> leftOut.add(ranked.sample()));
        continue;
      }
      if (!output.isInObjectStore()) {
        String stable = String.format(Locale.ROOT, "part-%05d.parquet", i);
        output.rename(entry(split) + "/" + name, entry(split) + "/" + stable);
        name = stable;
      }
      written.add(new WrittenFile(entry(split) + "/" + name, plans.get(i)));
    }
    return written;
  }

  private List<ShardInspection> inspect(
      String split, List<WrittenFile> files, List<RawSample> leftOut) {
    if (files.isEmpty()) {
      return List.of();
    }
    List<ShardInspection.Candidate> candidates = new ArrayList<>();
    for (WrittenFile file : files) {
      String location = output.path(file.path()).toString();
      candidates.add(
          new ShardInspection.Candidate(file.path(), location, file.plan().identities()));
    }
    List<Column> columns = new ArrayList<>(contents.columns());
    List<Task> tasks = new ArrayList<>(contents.tasks());
    boolean counted = split.equals("train");
    Broadcast<SerializableConfiguration> broadcast = configuration;
    List<ShardInspection> inspections =
        context
            .parallelize(candidates, candidates.size())
            .map(
                candidate -> {
                  Configuration hadoop = broadcast.value().value();
                  return ShardInspection.of(candidate, columns, tasks, counted, hadoop);
                })
            .collect();
    for (int i = 0; i < files.size(); i++) {
      List<RankedSample> planned = files.get(i).plan().samples();
      inspections.get(i).leftOut().stream()
          .forEach(place -> leftOut.add(planned.get(place).sample()));
    }
    return inspections;
  }

  private Split split(String name, List<ShardInspection> inspections) throws IOException {
    ContentDigest digest = new ContentDigest();
    List<ShardFile> files = new ArrayList<>();
    for (ShardInspection inspection : inspections) {
      ShardContent content = inspection.content();
      digest.add(content.digest());
      if (content.rowGroups().isEmpty()) {
        output.delete(inspection.path());
      } else {
        files.add(
            new ShardFile(
                inspection.path(),
                inspection.file().bytes(),
                inspection.file().sha256(),
                content.rowGroups()));
      }
    }
    return new Split(name, files, digest.hex());
  }

  /** Why samples were left out; all reasons stand in the driver's memory then. */
  public List<RefusedSample> refused(List<RawSample> leftOut) {
    return leftOut.isEmpty() ? List.of() : setAside(List.of(), leftOut).collect();
  }

  /**
   * Writes the table of what is set aside.
   *
   * @param known samples whose reasons are known
   * @param leftOut samples that could not be decoded, whose reasons executors find and write
   */
  public QuarantineTable.Summary quarantine(List<RefusedSample> known, List<RawSample> leftOut)
      throws IOException {
    Path table = output.path(prefix + QuarantineTable.DIRECTORY);
    QuarantineTable.write(setAside(known, leftOut), table, context.hadoopConfiguration());
    describe(null);
    return QuarantineTable.Summary.of(table, context.hadoopConfiguration());
  }

  private JavaRDD<RefusedSample> setAside(List<RefusedSample> known, List<RawSample> leftOut) {
    describe("decode again what could not be decoded");
    SampleReader.Opener opener = opener(contents);
    Broadcast<SerializableConfiguration> broadcast = configuration;
    RawRoot directory = root;
    return Quarantine.of(
        spark, contents.embedded(), known, leftOut, () -> opener.open(files(broadcast, directory)));
  }

  private Path directory(String split) {
    return output.path(entry(split));
  }

  private String entry(String split) {
    return prefix + "split=" + split;
  }

  private void describe(String what) {
    context.sc().setJobDescription(what);
  }
}
