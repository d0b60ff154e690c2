package org.sparkmto.training;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.status.api.v1.ExecutorSummary;
import org.sparkmto.exchange.AggregatorPlugin;
import org.sparkmto.naming.Counted;
import org.sparkmto.options.ConfigurationException;
import scala.jdk.javaapi.CollectionConverters;

/** What the run needs of Spark, and what Spark has: settings, slots, ranks. */
public final class Cluster {
  private static final String PLUGINS = "spark.plugins";
  private static final long ASK_AGAIN_MILLIS = 100;

  /** Spark's own, of every heap. */
  private static final int RESERVED_MIB = 300;

  /** Masters that are the driver itself. */
  static final String LOCAL = "local(\\[.*])?";

  /**
   * Spark would take executors away, or run a rank twice. Ranks of one group cannot bear either.
   */
  private static final Map<String, String> REFUSED =
      Map.of(
          "spark.dynamicAllocation.enabled", "an executor that is taken away takes its rank along",
          "spark.speculation", "a rank that runs twice would join its own group twice");

  private final JavaSparkContext spark;

  /** The cluster behind a Spark context. */
  public Cluster(JavaSparkContext spark) {
    this.spark = spark;
  }

  /** Puts the settings that training needs into those of a session that is not open yet. */
  public static void prepare(SparkConf conf) {
    String plugin = AggregatorPlugin.class.getName();
    String plugins = conf.get(PLUGINS, "");
    if (!plugins.contains(plugin)) {
      conf.set(PLUGINS, plugins.isEmpty() ? plugin : plugins + "," + plugin);
    }
    // After a lost executor, look for slots again at once and not after 15 seconds.
    conf.setIfMissing("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s");
    // How long it looks is for cluster.deadline-seconds to say.
    conf.setIfMissing(
        "spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures",
        Integer.toString(Integer.MAX_VALUE));
    // OpenMP's waiting threads would otherwise spin and take the cores from those that compute.
    conf.setIfMissing("spark.executorEnv.OMP_WAIT_POLICY", "PASSIVE");
    conf.setIfMissing("spark.executorEnv.GOMP_SPINCOUNT", "0");
    // CUDA's own order is by speed; addresses of GPUs are numbers of nvidia-smi, which are by bus.
    conf.setIfMissing("spark.executorEnv.CUDA_DEVICE_ORDER", "PCI_BUS_ID");
  }

  /**
   * Refuses settings under which no group of ranks can work.
   *
   * @throws ConfigurationException naming the setting
   */
  public static void requireFit(SparkConf conf) {
    int cpus = conf.getInt("spark.task.cpus", 1);
    int cores = conf.getInt("spark.executor.cores", cpus);
    if (cores < cpus) {
      throw new ConfigurationException(
          ("spark.task.cpus = %d does not fit into spark.executor.cores = %d: an executor would run"
                  + " no rank; raise the one or lower the other")
              .formatted(cpus, cores));
    }
    if (conf.contains(GpuTasks.PER_TASK) && conf.get("spark.master", "").matches(LOCAL)) {
      throw new ConfigurationException(
          "%s cannot be used with the master %s, where no task would start: leave it out; ranks take the GPUs of %s"
              .formatted(GpuTasks.PER_TASK, conf.get("spark.master"), GpuTasks.OF_DRIVER));
    }
    REFUSED.forEach(
        (key, reason) -> {
          if (Boolean.parseBoolean(conf.get(key, "false"))) {
            throw new ConfigurationException(
                "%s=true cannot be used here: %s; set it to false".formatted(key, reason));
          }
        });
  }

  /**
   * Refuses a session that somebody else has opened, and ranks cannot train in.
   *
   * @throws ConfigurationException naming the setting that is missing or wrong
   */
  public static void requirePrepared(SparkConf conf) {
    requireFit(conf);
    String plugin = AggregatorPlugin.class.getName();
    if (!conf.get(PLUGINS, "").contains(plugin)) {
      throw new ConfigurationException(
          "this Spark has no channel from the ranks to the driver; start it with the setting "
              + "%s=%s".formatted(PLUGINS, plugin));
    }
  }

  /** Whether driver and executors are one JVM. */
  boolean local() {
    return spark.isLocal();
  }

  /** Threads of a rank on the CPU if the configuration leaves them to Spark. */
  int cpusPerTask() {
    return spark.getConf().getInt("spark.task.cpus", 1);
  }

  /** Threads of a rank if the configuration leaves them to Spark. */
  int threads(GpuTasks gpus) {
    return gpus.threads(leastCores(), cpusPerTask());
  }

  /** Cores of the smallest executor that is alive. */
  private OptionalInt leastCores() {
    return CollectionConverters.asJava(spark.sc().statusStore().executorList(true)).stream()
        .filter(executor -> !executor.id().equals("driver"))
        .mapToInt(ExecutorSummary::totalCores)
        .min();
  }

  /** Executors that are alive now. */
  int executors() {
    // One of those that Spark lists is the driver.
    return Math.max(0, spark.sc().statusTracker().getExecutorInfos().length - 1);
  }

  /** Tasks that can run at the same time now. */
  public int slots() {
    return slots(GpuTasks.none());
  }

  /** Ranks that can run at the same time now. */
  int slots(GpuTasks gpus) {
    int tasks =
        spark
            .sc()
            .maxNumConcurrentTasks(
                gpus.profile()
                    .orElseGet(() -> spark.sc().resourceProfileManager().defaultResourceProfile()));
    List<String> ofDriver = gpus.source().ofDriver();
    return ofDriver.isEmpty() ? tasks : Math.min(tasks, ofDriver.size());
  }

  /** The ranks of something that takes no fewer than it wants, if that is a number. */
  public int ranks(int wanted, GpuTasks gpus, Duration patience) throws InterruptedException {
    return ranks(wanted, 0, gpus, patience);
  }

  /**
   * The ranks of the run; waits a while for executors that are still starting.
   *
   * @param wanted as configured; 0 for as many as there are slots
   * @param least with how many it is content then; 0 for no fewer than it wants
   * @param gpus what each rank is to have
   * @throws ConfigurationException if there are fewer slots
   */
  public int ranks(int wanted, int least, GpuTasks gpus, Duration patience)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    int slots = slots(gpus);
    int before = -1;
    while (!local() && System.nanoTime() < end) {
      // Without a wish, an unchanged number over a second is taken for all there is.
      if (wanted > 0 ? slots >= wanted : slots > 0 && slots == before) {
        break;
      }
      before = slots;
      Thread.sleep(wanted > 0 ? ASK_AGAIN_MILLIS : 10 * ASK_AGAIN_MILLIS);
      slots = slots(gpus);
    }
    int ranks = wanted > 0 ? wanted : slots;
    int needed = least > 0 ? least : ranks;
    if (needed > slots || slots == 0) {
      String key = least > 0 ? "cluster.min-ranks" : "cluster.ranks";
      throw new ConfigurationException(
          "%s = %d, but %s runs %s at a time; %s"
              .formatted(key, needed, spark.master(), tasks(slots, gpus), advice(gpus, key)));
    }
    return Math.min(ranks, slots);
  }

  private static String tasks(int slots, GpuTasks gpus) {
    return gpus.asked()
        ? Counted.of(slots, "task with a GPU of its own", "tasks with a GPU of their own")
        : Counted.of(slots, "task");
  }

  /** What there is to run ranks: "1 executor is alive, which runs 2 tasks at a time". */
  String room(GpuTasks gpus) {
    int executors = executors();
    return "%s %s at a time"
        .formatted(
            local()
                ? spark.master() + " runs"
                : Counted.of(
                    executors, "executor is alive, which runs", "executors are alive, which run"),
            tasks(slots(gpus), gpus));
  }

  /** What to do about too few slots: which setting keeps executors from starting, if that is it. */
  private String advice(GpuTasks gpus, String key) {
    String usual =
        gpus.asked()
            ? "give it more GPUs, or set " + key + " lower, or cluster.device to cpu"
            : "give it more cores or executors, or set " + key + " lower";
    if (local()) {
      return usual;
    }
    String asked = asked();
    int executors = executors();
    if (executors > 0) {
      return "%s alive, each with %s and spark.task.cpus = %d; %s"
          .formatted(
              Counted.of(executors, "executor is", "executors are"), asked, cpusPerTask(), usual);
    }
    return "no executor has started, " + wishes();
  }

  private String asked() {
    SparkConf conf = spark.getConf();
    return "spark.executor.cores = %s and spark.executor.memory = %s%s%s"
        .formatted(
            conf.get("spark.executor.cores", "all of a worker"),
            conf.get("spark.executor.memory", "1g"),
            conf.contains("spark.executor.memoryOverhead")
                ? " with spark.executor.memoryOverhead = "
                    + conf.get("spark.executor.memoryOverhead")
                : "",
            conf.contains(GpuTasks.PER_EXECUTOR)
                ? " and " + GpuTasks.PER_EXECUTOR + " = " + conf.get(GpuTasks.PER_EXECUTOR)
                : "");
  }

  /** What each executor asks for, and what to do where there is none. */
  String wishes() {
    return "each of which asks for "
        + asked()
        + Workers.of(spark)
            .map(workers -> "; " + workers.words() + ". Lower the setting that does not fit")
            .orElse(
                ". Compare these with the cores and the memory of a worker, or of the queue, and"
                    + " lower the one that does not fit");
  }

  /**
   * Says when the heap of an executor is smaller than what its ranks' input may take, beside what
   * Spark keeps for itself.
   *
   * @param perRank bytes of the heap that a rank's input takes at most
   * @param gpus what each rank is to have
   */
  Optional<String> heapWarning(long perRank, int ranks, GpuTasks gpus) {
    long heapMib =
        local()
            ? Runtime.getRuntime().maxMemory() >> 20
            : spark.getConf().getSizeAsMb("spark.executor.memory", "1g");
    int together = local() ? ranks : perExecutor(ranks, gpus);
    long neededMib = RESERVED_MIB + ((together * perRank) >> 20);
    if (heapMib >= neededMib) {
      return Optional.empty();
    }
    return Optional.of(
        "warning: the heap of %s is %d MiB, but may need %d for what %s of input; lower data.cache-mib or data.window-rows, or raise %s"
            .formatted(
                local() ? "this process" : "an executor",
                heapMib,
                neededMib,
                together == 1 ? "its rank holds" : "its " + together + " ranks hold",
                local() ? "it (-Xmx)" : "spark.executor.memory"));
  }

  /** How many of some ranks an executor has at the same time. */
  private int perExecutor(int ranks, GpuTasks gpus) {
    int cores = spark.getConf().getInt("spark.executor.cores", 1);
    return Math.min(ranks, gpus.ranksPerExecutor(Math.max(1, cores / cpusPerTask())));
  }

  /**
   * Says when executors have less memory outside the heap than their ranks need at least: libtorch
   * itself, taken as 1 GiB, and what each rank holds. Activations come on top and are not known.
   *
   * @param perRank bytes that a rank holds outside the heap
   * @param gpus what each rank is to have
   */
  Optional<String> memoryWarning(long perRank, int ranks, GpuTasks gpus) {
    SparkConf conf = spark.getConf();
    if (local()) {
      return Optional.empty();
    }
    long heapMib = conf.getSizeAsMb("spark.executor.memory", "1g");
    double factor = conf.getDouble("spark.executor.memoryOverheadFactor", 0.1);
    long usualMib = Math.max(384, (long) (factor * heapMib));
    long overheadMib = conf.getSizeAsMb("spark.executor.memoryOverhead", usualMib + "m");
    int perExecutor = perExecutor(ranks, gpus);
    long neededMib = 1024 + perExecutor * (perRank >> 20);
    if (overheadMib >= neededMib) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            "warning: spark.executor.memoryOverhead is %d MiB, but the %s of an executor %s"
                + " at least %d MiB outside the heap, and activations on top",
            overheadMib,
            perExecutor == 1 ? "rank" : perExecutor + " ranks",
            perExecutor == 1 ? "needs" : "need",
            neededMib));
  }
}
