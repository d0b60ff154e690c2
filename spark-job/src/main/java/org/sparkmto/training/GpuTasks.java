package org.sparkmto.training;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.ResourceProfileManager;
import org.apache.spark.resource.TaskResourceRequests;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkmto.configuration.DeviceChoice;
import org.sparkmto.network.Device;
import org.sparkmto.options.ConfigurationException;

/**
 * How the tasks of ranks get their GPUs from Spark: one each. Where the settings of the application
 * give tasks anything else, as a tenth of a GPU for the tasks of preprocessing, the stage of the
 * ranks has a resource profile of its own, so that one rank runs for each GPU whatever {@code
 * spark.task.cpus} is.
 */
public final class GpuTasks {
  /** What Spark calls them. */
  static final String GPU = "gpu";

  static final String PER_EXECUTOR = "spark.executor.resource.gpu.amount";
  static final String PER_TASK = "spark.task.resource.gpu.amount";
  static final String OF_DRIVER = "spark.driver.resource.gpu.amount";

  private static final Logger LOG = LoggerFactory.getLogger(GpuTasks.class);

  private final int perExecutor;
  private final OptionalInt cores;
  private final GpuSource source;
  private final Optional<ResourceProfile> profile;

  private GpuTasks(
      int perExecutor, OptionalInt cores, GpuSource source, Optional<ResourceProfile> profile) {
    this.perExecutor = perExecutor;
    this.cores = cores;
    this.source = source;
    this.profile = profile;
  }

  /** Ranks on executors that have GPUs and so many cores, if that is known. */
  static GpuTasks onExecutors(int gpus, OptionalInt cores, Optional<ResourceProfile> profile) {
    return new GpuTasks(gpus, cores, new GpuSource(true, List.of()), profile);
  }

  /** Ranks on the CPU, with the settings of the application. */
  public static GpuTasks none() {
    return new GpuTasks(0, OptionalInt.empty(), GpuSource.NONE, Optional.empty());
  }

  /**
   * What an application was given for its ranks.
   *
   * @throws ConfigurationException if they are to compute on GPUs and Spark was not asked for any,
   *     or cannot give each task one
   */
  static GpuTasks of(JavaSparkContext spark, DeviceChoice choice) {
    SparkConf conf = spark.getConf();
    if (choice == DeviceChoice.CPU) {
      return none();
    }
    requireAsked(conf, choice);
    requireBuild(choice);
    if (spark.isLocal()) {
      ResourceInformation found = spark.resources().get(GPU);
      return found == null
          ? none()
          : new GpuTasks(
              0,
              OptionalInt.empty(),
              new GpuSource(true, Arrays.asList(found.addresses())),
              Optional.empty());
    }
    int perExecutor = conf.getInt(PER_EXECUTOR, 0);
    if (perExecutor < 1) {
      return none();
    }
    OptionalInt cores = cores(conf);
    Optional<ResourceProfile> profile = Optional.empty();
    if (!suffice(conf, perExecutor, cores)) {
      profile = supported(spark, profile(Math.max(1, cores.orElse(1) / perExecutor)));
      double amount = amountPerTask(conf);
      boolean wrong = choice == DeviceChoice.CUDA ? amount != 1 : amount != 0 && amount != 1;
      if (profile.isEmpty() && wrong) {
        throw new ConfigurationException(
            ("Spark at %s takes no resource profile for a stage, so %s has to be 1, not %s: each"
                    + " rank computes on a GPU of its own")
                .formatted(spark.master(), PER_TASK, conf.get(PER_TASK, "left out")));
      }
    }
    return onExecutors(perExecutor, cores, profile);
  }

  /**
   * Refuses a wish for GPUs that Spark was never asked for; needs no session.
   *
   * @throws ConfigurationException naming the setting
   */
  static void requireAsked(SparkConf conf, DeviceChoice choice) {
    boolean local = conf.get("spark.master", "").matches(Cluster.LOCAL);
    String key = local ? OF_DRIVER : PER_EXECUTOR;
    if (choice == DeviceChoice.CUDA && conf.getInt(key, 0) < 1) {
      throw new ConfigurationException(
          "cluster.device = cuda, but Spark was not asked for a GPU; set %s, see docs/gpu.md"
              .formatted(key));
    }
  }

  /**
   * Refuses a wish for GPUs that this jar cannot fulfil on any machine.
   *
   * @throws ConfigurationException naming the build that can
   */
  static void requireBuild(DeviceChoice choice) {
    if (choice == DeviceChoice.CUDA) {
      Device.withoutCudaBuild()
          .ifPresent(
              reason -> {
                throw new ConfigurationException("cluster.device = cuda, but " + reason);
              });
    }
  }

  /** Cores of an executor; empty if it takes all that a worker has. */
  static OptionalInt cores(SparkConf conf) {
    if (conf.contains("spark.executor.cores")) {
      return OptionalInt.of(conf.getInt("spark.executor.cores", 1));
    }
    String master = conf.get("spark.master", "");
    return master.equals("yarn") || master.startsWith("k8s://")
        ? OptionalInt.of(1)
        : OptionalInt.empty();
  }

  /** Whether the application's own settings run one task for each GPU. */
  static boolean suffice(SparkConf conf, int perExecutor, OptionalInt cores) {
    return amountPerTask(conf) == 1
        && cores.isPresent()
        && cores.getAsInt() / conf.getInt("spark.task.cpus", 1) >= perExecutor;
  }

  private static double amountPerTask(SparkConf conf) {
    return conf.getDouble(PER_TASK, 0);
  }

  static ResourceProfile profile(int cpus) {
    return new ResourceProfileBuilder()
        .require(new TaskResourceRequests().cpus(cpus).resource(GPU, 1))
        .build();
  }

  /** The profile as Spark knows it; empty if this kind of cluster takes none for a stage. */
  static Optional<ResourceProfile> supported(JavaSparkContext spark, ResourceProfile wanted) {
    ResourceProfileManager known = spark.sc().resourceProfileManager();
    try {
      if (!known.isSupported(wanted)) {
        return Optional.empty();
      }
      scala.Option<ResourceProfile> same = known.getEquivalentProfile(wanted);
      if (same.isDefined()) {
        return Optional.of(same.get());
      }
      known.addResourceProfile(wanted);
      return Optional.of(wanted);
    } catch (Exception e) {
      // Spark throws its checked SparkException without declaring it to Java.
      LOG.info("no resource profile for the stage of the ranks", e);
      return Optional.empty();
    }
  }

  /** What the stage of the ranks asks for each task, if that is not what every task gets. */
  Optional<ResourceProfile> profile() {
    return profile;
  }

  /** Where each rank looks for its GPU. */
  GpuSource source() {
    return source;
  }

  /** Whether ranks are to have GPUs. */
  boolean asked() {
    return source.asked();
  }

  /** Most ranks that an executor runs, given how many its cores allow. */
  int ranksPerExecutor(int byCores) {
    return perExecutor == 0 ? byCores : perExecutor;
  }

  /**
   * Threads of a rank: it shares the cores of its executor with the ranks of the other GPUs.
   *
   * @param found cores of the smallest executor that is alive
   * @param byTask where no executor has GPUs
   */
  int threads(OptionalInt found, int byTask) {
    if (perExecutor == 0) {
      return byTask;
    }
    int all = cores.isPresent() ? cores.getAsInt() : found.orElse(byTask);
    return Math.max(1, all / perExecutor);
  }
}
