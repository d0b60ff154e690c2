package org.sparkmto.preprocessing.hostile;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.data.Column;
import org.sparkmto.data.ContentDigest;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ShardFile;
import org.sparkmto.data.Split;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.job.Preprocessing;
import org.sparkmto.preprocessing.job.PreprocessingRequest;
import org.sparkmto.preprocessing.shard.QuarantineTable;
import org.sparkmto.preprocessing.shard.WrittenRows;
import org.sparkmto.storage.LocalDisk;

/**
 * Runs the corpus, a case after the other in one Spark session, and prints a line of each.
 *
 * <p>The judgement is the same for all: a case ends within three minutes, of which a machine with
 * other work may need one, either in a {@link PreprocessingException} of one line with nothing that
 * a reader accepts, or with a data set in which every row has the content that the same sample has
 * in the sound data, and with every sample of the sound data in the shards or in quarantine.
 */
public final class HostileRun {
  private static final long LIMIT_SECONDS = 180;

  private final SparkSession spark;
  private final Path work;
  private final Map<String, Map<String, BigInteger>> sound = new TreeMap<>();

  private HostileRun(SparkSession spark, Path work) {
    this.spark = spark;
    this.work = work;
  }

  /**
   * Runs the cases.
   *
   * @param arguments a directory to work in, {@code all} or {@code brief}, and a pattern of the
   *     cases to run, as {@code DATASET: NAME}
   */
  public static void main(String[] arguments) throws Exception {
    Path work = Path.of(arguments[0]);
    boolean brief = arguments[1].equals("brief");
    String pattern = arguments[2];
    LocalDisk.serveThisMachine(Configuration::new);
    SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate();
    spark.sparkContext().setLogLevel("OFF");
    // A new JVM, where nothing has asked for a file before.
    if (!(FileSystem.getLocal(new Configuration()) instanceof LocalDisk.Checked)) {
      throw new IllegalStateException("Spark starts a process for every file that it makes");
    }
    HostileRun run = new HostileRun(spark, work);
    ExecutorService one = Executors.newCachedThreadPool();
    for (HostileCase attack : brief ? HostileCorpus.brief() : HostileCorpus.cases()) {
      if (!(attack.dataset() + ": " + attack.name()).matches(pattern)) {
        continue;
      }
      long start = System.nanoTime();
      Future<String> outcome = one.submit(() -> run.judge(attack));
      String verdict;
      try {
        verdict = outcome.get(LIMIT_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        verdict = "WRONG it runs longer than three minutes";
      } catch (ExecutionException e) {
        verdict = "WRONG " + e.getCause();
      }
      System.out.printf(
          Locale.ROOT,
          "%s | %s | %s | %.1f s | %s%n",
          attack.dataset(),
          attack.kind(),
          attack.name(),
          (System.nanoTime() - start) / 1e9,
          verdict.replaceAll("\\R", " "));
      if (verdict.contains("longer than three minutes")) {
        break; // whatever hangs may hold what the next case needs
      }
    }
    System.out.println("DONE");
    one.shutdownNow();
    spark.stop();
  }

  private String judge(HostileCase attack) throws IOException {
    Path base = work.resolve("sound-" + attack.dataset());
    if (!Files.exists(base)) {
      HostileCorpus.sound(attack.dataset(), spark, base);
      sound.put(attack.dataset(), contents(preprocess(attack.dataset(), base, out("sound"))));
    }
    Path raw = work.resolve("raw");
    delete(raw);
    copy(base, raw);
    attack.harm().on(raw);
    Path out = out("hostile");
    Map<String, BigInteger> before = sound.get(attack.dataset());
    DatasetManifest manifest;
    try {
      manifest = preprocess(attack.dataset(), raw, out);
    } catch (PreprocessingException e) {
      if (Files.exists(out.resolve(DatasetManifest.FILE_NAME))) {
        return "WRONG it failed, but left a manifest: " + e.getMessage();
      }
      String message = String.valueOf(e.getMessage());
      if (message.lines().count() != 1
          || message.length() < 20
          || message.matches(
              ".*(Error|NullPointer|IndexOutOf|ClassCast|NegativeArray|IllegalState)\\w*(:.*|$)")) {
        return "WRONG it does not say in one line what is wrong: " + message;
      }
      return "error: " + message;
    }
    Map<String, BigInteger> after = contents(manifest);
    Map<String, String> quarantine = quarantine(out);
    List<String> wrong = new ArrayList<>();
    after.forEach(
        (id, content) -> {
          if (before.containsKey(id) && !before.get(id).equals(content)) {
            wrong.add(id);
          }
        });
    String undetectable = HostileCorpus.undetectable(attack);
    if (!undetectable.isEmpty()) {
      return "not to be noticed (" + undetectable + "): other content " + wrong;
    }
    TreeSet<String> lost = new TreeSet<>(before.keySet());
    lost.removeAll(after.keySet());
    lost.removeAll(quarantine.keySet());
    // A row whose name is part of the harm stands in quarantine under another name.
    long renamed = quarantine.keySet().stream().filter(id -> !before.containsKey(id)).count();
    if (lost.size() > renamed) {
      return "WRONG no row of " + lost + "; quarantine " + quarantine;
    }
    if (!wrong.isEmpty()) {
      return "WRONG values are kept of " + wrong;
    }
    if (attack.kind().startsWith("link out") && after.size() == before.size()) {
      return "WRONG a file outside of the root was read";
    }
    return "kept " + after.size() + " of " + before.size() + ", quarantine " + quarantine;
  }

  private DatasetManifest preprocess(String dataset, Path raw, Path out) throws IOException {
    Config options = ConfigFactory.parseString(HostileCorpus.options(dataset));
    PreprocessingRequest request =
        PreprocessingRequest.of(HostileCorpus.reader(dataset), raw.toString(), out.toString())
            .withOptions(options)
            .withShards(1)
            .withMaxBad(1.0);
    return Preprocessing.run(spark, request).manifest();
  }

  private Map<String, String> quarantine(Path out) throws IOException {
    Map<String, String> reasons = new TreeMap<>();
    DatasetDirectory dataset = DatasetDirectory.open(out.toString(), hadoop());
    if (!QuarantineTable.read(
        dataset, hadoop(), entry -> reasons.put(entry.id(), entry.reason()))) {
      throw new IOException(out + " has no table of quarantine");
    }
    return reasons;
  }

  private Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  /** A digest of the content of each sample. */
  private Map<String, BigInteger> contents(DatasetManifest manifest) throws IOException {
    Path root = last;
    Map<String, BigInteger> contents = new TreeMap<>();
    for (Split split : manifest.splits().values()) {
      for (ShardFile file : split.files()) {
        try (ParquetReader<Group> rows =
            WrittenRows.open(
                new org.apache.hadoop.fs.Path(root.resolve(file.path()).toUri()), hadoop())) {
          Group row;
          while ((row = rows.read()) != null) {
            ContentDigest digest = new ContentDigest();
            List<byte[]> columns = new ArrayList<>();
            for (Column column : manifest.columns()) {
              columns.add(row.getBinary(column.name(), 0).getBytes());
            }
            String id = row.getString("sample_id", 0);
            // Whether a training sample is held out depends on how many there are.
            digest.add(split.name().equals("test") ? "test" : "train or val", columns);
            contents.put(id, digest.sum());
          }
        }
      }
    }
    return contents;
  }

  private Path last;

  private Path out(String name) throws IOException {
    last = work.resolve(name);
    delete(last);
    return last;
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private static void delete(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> files = Files.walk(root, new FileVisitOption[0])) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
