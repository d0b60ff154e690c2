package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cli.Main;
import org.sparkmto.cluster.StandaloneCluster;
import org.sparkmto.cluster.SubmittedApplication;
import org.sparkmto.runlog.MetricsLog;

/**
 * One run on a standalone cluster whose newest checkpoint is damaged, whose executor is killed and
 * whose directory a second driver wants, next to the same run undisturbed in this JVM.
 */
class OneOwnerOnClusterIT {
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final int STEPS = 4500;
  private static final int SEGMENT = 1500;

  @TempDir static Path folder;

  private static TrainingConfiguration configuration(Path data, Path run) {
    return Runs.configuration(
        data,
        run,
        "method.name = imtl",
        "optimizer.name = adam",
        "training.steps = " + STEPS,
        "checkpoint.every-steps = " + SEGMENT,
        "schedule.rate = 0.002",
        "cluster.ranks = 2");
  }

  private static void awaitStep(SubmittedApplication application, Path run, int step)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LONG.toNanos();
    Path log = run.resolve(MetricsLog.FILE);
    while (!Files.exists(log) || !Files.readString(log).contains("\"step\":" + step + ",")) {
      assertThat(System.nanoTime()).as(application::stderr).isLessThan(end);
      assertThat(application.driver().isAlive()).as(application::stderr).isTrue();
      Thread.sleep(5);
    }
  }

  private static SubmittedApplication submit(StandaloneCluster cluster, Path file, String... more) {
    SubmittedApplication.Builder application =
        cluster.application(Main.class.getName()).arguments("train", "--config", file.toString());
    return application.arguments(more).submit();
  }

  @Test
  void theFirstOwnerGoesOnFromTheSoundCheckpointAndTheSecondIsRefused()
      throws IOException, InterruptedException {
    Path data = StripesDataset.write(folder.resolve("stripes"));
    Path undisturbed = folder.resolve("undisturbed");
    try (JavaSparkContext spark = Runs.spark("local[2]")) {
      Runs.train(spark, configuration(data, undisturbed));
    }
    Path run = folder.resolve("run");
    Path file = Files.writeString(folder.resolve("run.conf"), configuration(data, run).render());
    try (StandaloneCluster cluster = StandaloneCluster.start(2, 1)) {
      SubmittedApplication first = submit(cluster, file);
      awaitStep(first, run, 10);
      SubmittedApplication second = submit(cluster, file, "--resume");
      assertThat(second.waitFor(LONG)).as(second::stderr).isEqualTo(2);
      assertThat(second.stderr())
          .contains("is in use by process " + first.driver().pid())
          .contains("--break-lease");
      awaitStep(first, run, 2 * SEGMENT + 20);
      Path weights = run.resolve("checkpoints/step-%08d/model.safetensors".formatted(2 * SEGMENT));
      byte[] bytes = Files.readAllBytes(weights);
      bytes[bytes.length - 3] ^= 0x20;
      Files.write(weights, bytes);
      cluster.executors().get(0).destroyForcibly();
      assertThat(first.waitFor(LONG)).as(first::stderr).isZero();
    }
    assertThat(Runs.steps(run)).isEqualTo(LongStream.range(0, STEPS).boxed().toList());
    assertThat(Runs.lines(run, "restart"))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.path("step").asLong()).isEqualTo(SEGMENT);
              assertThat(line.path("reason").asText())
                  .contains("model.safetensors is not what was written");
            });
    assertThat(Runs.model(run)).isEqualTo(Runs.model(undisturbed));
  }
}
