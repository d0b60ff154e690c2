package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.configuration.DeviceChoice;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.network.Device;
import org.sparkmto.options.ConfigurationException;

/** GPUs as settings of Spark, and those of a driver that is its own executor. */
class GpuTasksTest {
  @TempDir static Path folder;

  private static JavaSparkContext spark;
  private static Path data;

  @BeforeAll
  static void open() throws IOException {
    data = StripesDataset.write(folder.resolve("stripes"));
    Path discover = folder.resolve("discover");
    Files.writeString(
        discover, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"4\", \"7\"]}'\n");
    assertThat(discover.toFile().setExecutable(true)).isTrue();
    SparkConf conf =
        new SparkConf(false)
            .setMaster("local[3]")
            .setAppName("GPUs of the driver")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set(GpuTasks.OF_DRIVER, "2")
            .set("spark.driver.resource.gpu.discoveryScript", discover.toString());
    Cluster.prepare(conf);
    spark = new JavaSparkContext(conf);
  }

  @AfterAll
  static void close() {
    spark.close();
  }

  private static SparkConf conf(String master, String... settings) {
    SparkConf conf = new SparkConf(false).setMaster(master);
    for (int i = 0; i < settings.length; i += 2) {
      conf.set(settings[i], settings[i + 1]);
    }
    return conf;
  }

  @Test
  void whoWantsGpusHasToAskSparkForThem() {
    assertThatThrownBy(() -> GpuTasks.requireAsked(conf("yarn"), DeviceChoice.CUDA))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "cluster.device = cuda, but Spark was not asked for a GPU; set"
                + " spark.executor.resource.gpu.amount, see docs/gpu.md");
    assertThatThrownBy(
            () ->
                GpuTasks.requireAsked(
                    conf("local[2]", GpuTasks.PER_EXECUTOR, "1"), DeviceChoice.CUDA))
        .hasMessageContaining("set spark.driver.resource.gpu.amount,");
    assertThatCode(
            () -> {
              GpuTasks.requireAsked(conf("yarn", GpuTasks.PER_EXECUTOR, "1"), DeviceChoice.CUDA);
              GpuTasks.requireAsked(conf("yarn"), DeviceChoice.AUTO);
              GpuTasks.requireAsked(conf("yarn"), DeviceChoice.CPU);
            })
        .doesNotThrowAnyException();
  }

  /** Spark would wait for ever. */
  @Test
  void tasksInsideTheDriverCannotAskForGpus() {
    assertThatThrownBy(() -> Cluster.requireFit(conf("local[2]", GpuTasks.PER_TASK, "1")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "spark.task.resource.gpu.amount cannot be used with the master local[2], where no"
                + " task");
    Cluster.requireFit(conf("local-cluster[1,1,1024]", GpuTasks.PER_TASK, "1"));
  }

  @Test
  void aJarWithoutCudaIsRefusedBeforeSparkStarts() {
    assumeTrue(Device.withoutCudaBuild().isPresent(), "this is the build for GPUs");
    TrainingConfiguration wanted =
        Runs.configuration(data, folder.resolve("none"), "cluster.device = cuda");
    assertThatThrownBy(
            () -> TrainingRun.check(wanted, TrainingRun.Start.NEW, spark.hadoopConfiguration()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("cluster.device = cuda, but the libtorch of this jar has no CUDA")
        .hasMessageContaining("profile gpu");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void settingsThatGiveEachTaskOneGpuNeedNoProfile() {
    SparkConf plain = conf("spark://h:1", GpuTasks.PER_TASK, "1", "spark.task.cpus", "2");
    assertThat(GpuTasks.suffice(plain, 2, OptionalInt.of(4))).isTrue();
    assertThat(GpuTasks.suffice(plain, 2, OptionalInt.of(3))).as("room for one").isFalse();
    assertThat(GpuTasks.suffice(plain, 2, OptionalInt.empty())).as("not known").isFalse();
    assertThat(GpuTasks.suffice(conf("yarn", GpuTasks.PER_TASK, "0.5"), 1, OptionalInt.of(8)))
        .isFalse();
    assertThat(GpuTasks.suffice(conf("yarn"), 1, OptionalInt.of(8))).isFalse();
  }

  @Test
  void aRankHasItsPartOfTheCoresOfItsExecutor() {
    assertThat(GpuTasks.cores(conf("spark://h:1"))).isEmpty();
    assertThat(GpuTasks.cores(conf("yarn"))).hasValue(1);
    assertThat(GpuTasks.cores(conf("k8s://h", "spark.executor.cores", "16"))).hasValue(16);
    GpuTasks known = GpuTasks.onExecutors(3, OptionalInt.of(16), Optional.empty());
    assertThat(known.threads(OptionalInt.of(99), 1)).isEqualTo(5);
    assertThat(known.ranksPerExecutor(16)).isEqualTo(3);
    GpuTasks whole = GpuTasks.onExecutors(2, OptionalInt.empty(), Optional.empty());
    assertThat(whole.threads(OptionalInt.of(8), 1)).isEqualTo(4);
    assertThat(whole.threads(OptionalInt.of(1), 1)).isEqualTo(1);
    assertThat(GpuTasks.none().threads(OptionalInt.of(8), 3)).isEqualTo(3);
    assertThat(GpuTasks.none().ranksPerExecutor(5)).isEqualTo(5);
  }

  @Test
  void aClusterThatTakesNoProfileIsKnown() {
    assertThat(GpuTasks.supported(spark, GpuTasks.profile(1))).isEmpty();
  }

  @Test
  void ranksInsideTheDriverTakeItsGpusOneEach() {
    Path run = folder.resolve("run");
    String said = Runs.train(spark, Runs.configuration(data, run, "checkpoint.every-steps = 10"));
    assertThat(said).contains("2 ranks");
    if (Device.withoutCudaBuild().isPresent()) {
      assertThat(said)
          .containsOnlyOnce(
              "all ranks compute on the CPU: a GPU is of no use to rank 0 on 127.0.0.1 (GPU 4),"
                  + " rank 1 on 127.0.0.1 (GPU 7), because the libtorch of this jar has no CUDA");
    }
    Checkpoint last =
        new Checkpoints(RunDirectory.of(run.toString(), spark.hadoopConfiguration()))
            .newestSound()
            .checkpoint()
            .orElseThrow();
    assertThat(last.environment())
        .containsEntry("device of rank 0", "cpu, GPU 4")
        .containsEntry("device of rank 1", "cpu, GPU 7");
  }

  @Test
  void moreRanksThanGpusAreRefused() {
    TrainingConfiguration three =
        Runs.configuration(data, folder.resolve("three"), "cluster.ranks = 3");
    assertThatThrownBy(() -> Runs.train(spark, three))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "cluster.ranks = 3, but local[3] runs 2 tasks with a GPU of their own at a time; give"
                + " it more GPUs, or set cluster.ranks lower, or cluster.device to cpu");
    String onCpu = Runs.train(spark, three.with("cluster.device = cpu"));
    assertThat(onCpu).contains("3 ranks").doesNotContain("GPU");
  }
}
