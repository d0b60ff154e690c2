package org.sparkmto.preprocessing.job;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkmto.metric.Median;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.samples.SampleGeneration;
import org.sparkmto.preprocessing.samples.SamplesRequest;

/**
 * What preprocessing on Spark costs beside the decoding itself.
 *
 * <p>For each kind of generated data two ways take turns: a loop on as many threads as there are
 * cores that decodes and resizes every sample and writes nothing, and the whole job with listing,
 * decoding, Parquet, digests, statistics and manifest. The ratio of their images per second says
 * what share of the machine's work is decoding, and that of their processor time the same where
 * others use the machine, too. Memory is what is still used right after a collection, the most over
 * a whole job, for a small and a large number of samples.
 */
public final class PreprocessingBenchmark {
  private static final double MIB = 1 << 20;

  private PreprocessingBenchmark() {}

  /**
   * One kind of data.
   *
   * @param samples kind of samples to generate
   * @param dataset whose reader reads them
   * @param size of the raw images; empty where the kind has one size
   * @param images how many are timed
   */
  public record Subject(String samples, String dataset, Optional<ImageSize> size, int images) {}

  /**
   * What was measured of one kind.
   *
   * @param subject the kind
   * @param cores task slots of the session, and threads of the loop
   * @param loop the loop, in each round
   * @param job the job, in each round
   */
  public record Speed(Subject subject, int cores, List<Turn> loop, List<Turn> job) {
    public Speed {
      loop = List.copyOf(loop);
      job = List.copyOf(job);
    }

    /** Median over the rounds of the job's share of the loop's speed in the same round. */
    public double ratio() {
      return ratio(Turn::perSecond);
    }

    /** The same by images per second of processor time. */
    public double ratioByProcessor() {
      return ratio(Turn::perProcessorSecond);
    }

    private double ratio(ToDoubleFunction<Turn> of) {
      List<Double> ratios = new ArrayList<>();
      for (int i = 0; i < loop.size(); i++) {
        ratios.add(of.applyAsDouble(job.get(i)) / of.applyAsDouble(loop.get(i)));
      }
      return Median.of(ratios);
    }

    private static double median(List<Turn> turns, ToDoubleFunction<Turn> of) {
      return Median.of(turns.stream().map(of::applyAsDouble).toList());
    }

    /** As a line of a table. */
    public String toText() {
      return String.format(
          Locale.ROOT,
          "%-8s %-10s %7d %10.1f %10.1f %6.2f %12.1f %12.1f %6.2f",
          subject.samples(),
          subject.size().map(ImageSize::toString).orElse("its own"),
          subject.images(),
          median(loop, Turn::perSecond) / cores,
          median(job, Turn::perSecond) / cores,
          ratio(),
          median(loop, Turn::perProcessorSecond),
          median(job, Turn::perProcessorSecond),
          ratioByProcessor());
    }
  }

  /**
   * One way through all images.
   *
   * @param seconds by the clock
   * @param processor seconds of this process on processors; of a job on a cluster only the driver's
   */
  public record Turn(long images, double seconds, double processor) {
    /** Images per second. */
    double perSecond() {
      return images / seconds;
    }

    /** Images per second of processor time. */
    double perProcessorSecond() {
      return images / processor;
    }
  }

  /**
   * Memory of a job.
   *
   * @param images how many samples the job had
   * @param bytes used right after a collection, at most
   * @param collections how many there were
   */
  public record Memory(int images, long bytes, long collections) {
    /** As a line of a table. */
    public String toText() {
      return String.format(Locale.ROOT, "%7d %12.1f %12d", images, bytes / MIB, collections);
    }
  }

  /** Heads of the lines of {@link Speed}. */
  public static String speedHeader() {
    return String.format(
        Locale.ROOT,
        "%-8s %-10s %7s %10s %10s %6s %12s %12s %6s",
        "samples",
        "raw size",
        "images",
        "loop /core",
        "job /core",
        "ratio",
        "loop /cpu-s",
        "job /cpu-s",
        "ratio");
  }

  /** Heads of the lines of {@link Memory}. */
  public static String memoryHeader() {
    return String.format(Locale.ROOT, "%7s %12s %12s", "images", "peak MiB", "collections");
  }

  /**
   * Times a kind of data.
   *
   * @param work directory for raw data and shards, overwritten; raw data that are there already,
   *     whole and the same, are used again
   * @param progress where to say what is going on
   */
  public static Speed speed(
      SparkSession spark, Subject subject, Path work, int rounds, PrintWriter progress)
      throws IOException {
    String raw = generate(spark, subject, subject.images(), work, progress);
    int cores = spark.sparkContext().defaultParallelism();
    List<Turn> loop = new ArrayList<>();
    List<Turn> job = new ArrayList<>();
    // The first round is for the compilers.
    for (int round = 0; round <= rounds; round++) {
      Turn looped = timed(() -> loop(spark, subject, raw, cores));
      Turn done = timed(() -> job(spark, subject, raw, work));
      progress.printf(
          Locale.ROOT,
          "%s, round %d of %d: loop %.1f, job %.1f images per second and core, %.1f and %.1f per"
              + " second of processors%s%n",
          subject.samples(),
          round,
          rounds,
          looped.perSecond() / cores,
          done.perSecond() / cores,
          looped.perProcessorSecond(),
          done.perProcessorSecond(),
          round == 0 ? " (not counted)" : "");
      progress.flush();
      if (round > 0) {
        loop.add(looped);
        job.add(done);
      }
    }
    return new Speed(subject, cores, loop, job);
  }

  /** The most memory in use after a collection while a job preprocesses so many samples. */
  public static Memory memory(
      SparkSession spark, Subject subject, int images, Path work, PrintWriter progress)
      throws IOException {
    String raw = generate(spark, subject, images, work, progress);
    try (HeapWatch watched = new HeapWatch()) {
      job(spark, subject, raw, work);
      return new Memory(images, watched.most(), watched.count());
    }
  }

  private static String generate(
      SparkSession spark, Subject subject, int images, Path work, PrintWriter progress) {
    String raw = new Path(work, "raw-" + subject.samples() + "-" + images).toString();
    SamplesRequest kind =
        SamplesRequest.of(subject.samples(), raw).withCounts(images, 0, 1).overwriting();
    SamplesRequest request = subject.size().map(kind::withSize).orElse(kind);
    if (SampleGeneration.isMade(request, spark.sparkContext().hadoopConfiguration())) {
      progress.printf("%s: the %,d samples of an earlier run%n", subject.samples(), images);
    } else {
      progress.printf("%s: generating %,d samples%n", subject.samples(), images);
      progress.flush();
      SampleGeneration.write(spark, request);
    }
    progress.flush();
    return raw;
  }

  private interface Way {
    long images() throws IOException;
  }

  private static Turn timed(Way way) throws IOException {
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long processor = process.getProcessCpuTime();
    long start = System.nanoTime();
    long images = way.images();
    return new Turn(
        images, (System.nanoTime() - start) / 1e9, (process.getProcessCpuTime() - processor) / 1e9);
  }

  /** Decodes everything, on some threads, each of which takes the next image. */
  private static long loop(SparkSession spark, Subject subject, String raw, int threads)
      throws IOException {
    RawFiles files = new RawFiles(spark.sparkContext().hadoopConfiguration());
    Path root = files.directory(raw);
    RawDataset dataset = RawDatasets.named(subject.dataset()).make(Map.of());
    RawContents contents = dataset.list(root, files.within(root));
    AtomicInteger next = new AtomicInteger();
    Callable<Void> share =
        () -> {
          try (SampleReader reader = contents.opener().open(files.within(root))) {
            for (int i = next.getAndIncrement();
                i < contents.samples().size();
                i = next.getAndIncrement()) {
              reader.read(contents.samples().get(i));
            }
          }
          return null;
        };
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (Future<Void> done : pool.invokeAll(Collections.nCopies(threads, share))) {
        done.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw PreprocessingException.failed("interrupted", e);
    } catch (ExecutionException e) {
      throw PreprocessingException.failed("a generated sample cannot be read", e);
    } finally {
      pool.shutdownNow();
    }
    return contents.samples().size();
  }

  private static long job(SparkSession spark, Subject subject, String raw, Path work) {
    String out = new Path(work, "shards-" + subject.samples()).toString();
    PreprocessingSummary done =
        Preprocessing.run(
            spark,
            PreprocessingRequest.of(subject.dataset(), raw, out)
                .withShards(4 * spark.sparkContext().defaultParallelism())
                .overwriting());
    return done.manifest().sources().kept();
  }

  /** Listens to the collectors of this JVM and asks for a collection twice a second. */
  private static final class HeapWatch implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 500;

    private final Set<String> heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());
    private final AtomicLong most = new AtomicLong();
    private final AtomicLong count = new AtomicLong();
    private final NotificationListener listener = this::collected;
    private final Thread asking = new Thread(this::ask, "ask-for-collections");

    HeapWatch() {
      for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
        ((NotificationEmitter) bean).addNotificationListener(listener, null, null);
      }
      asking.setDaemon(true);
      asking.start();
    }

    long most() {
      return most.get();
    }

    long count() {
      return count.get();
    }

    @SuppressWarnings("SystemGc") // the collection is what is wanted
    private void ask() {
      try {
        while (true) {
          System.gc();
          Thread.sleep(INTERVAL_MILLIS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void collected(Notification notification, Object handback) {
      if (!notification
          .getType()
          .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
        return;
      }
      GarbageCollectionNotificationInfo info =
          GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData());
      if (!info.getGcCause().equals("System.gc()")) {
        return; // a young collection leaves garbage of the old generation in the sum
      }
      long used =
          info.getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
              .filter(pool -> heap.contains(pool.getKey()))
              .mapToLong(pool -> pool.getValue().getUsed())
              .sum();
      most.accumulateAndGet(used, Math::max);
      count.incrementAndGet();
    }

    @Override
    public void close() {
      asking.interrupt();
      for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
        try {
          ((NotificationEmitter) bean).removeNotificationListener(listener);
        } catch (javax.management.ListenerNotFoundException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }
}
