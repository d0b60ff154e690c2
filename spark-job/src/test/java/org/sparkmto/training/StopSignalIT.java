package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cluster.LocalApplication;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.runlog.MetricsLog;

/** Ctrl-C is a signal to a process, so there must be one. */
class StopSignalIT {
  @TempDir private Path folder;

  @Test
  void ctrlCEndsARunWithACheckpointFromWhichItGoesOnInTheSameBits() throws Exception {
    Path data = StripesDataset.write(folder.resolve("stripes"));
    Path run = folder.resolve("run");
    String[] settings = {"method.name = imtl", "cluster.ranks = 1", "checkpoint.every-steps = 200"};
    TrainingConfiguration configuration =
        Runs.configuration(data, run, settings).with("training.steps = 200000");
    LocalApplication application =
        LocalApplication.start(
            folder,
            Map.of(),
            List.of(
                "train",
                "--master",
                "local[1]",
                "--config",
                Files.writeString(folder.resolve("run.conf"), configuration.render()).toString()));
    awaitStep(run, application);
    new ProcessBuilder("kill", "-INT", String.valueOf(application.process().pid()))
        .start()
        .waitFor();
    assertThat(application.waitFor(Duration.ofMinutes(1))).as(application::stderr).isEqualTo(130);
    assertThat(application.stderr())
        .contains("Ctrl-C (SIGINT): the run ends after this step with a checkpoint")
        .containsPattern(
            "spark-mto train: stopped by Ctrl-C \\(SIGINT\\) after step \\d+ of 200000");
    long stopped = Runs.steps(run).size();
    long end = stopped + 10;
    try (JavaSparkContext spark = Runs.spark("local[1]")) {
      Runs.train(spark, configuration.with("training.steps = " + end), TrainingRun.Start.RESUME);
      Path whole = folder.resolve("whole");
      Runs.train(spark, Runs.configuration(data, whole, settings).with("training.steps = " + end));
      assertThat(Runs.model(run)).isEqualTo(Runs.model(whole));
    }
  }

  private static void awaitStep(Path run, LocalApplication application)
      throws IOException, InterruptedException {
    Path log = run.resolve(MetricsLog.FILE);
    while (!Files.exists(log) || !Files.readString(log).contains("\"step\":3,")) {
      assertThat(application.process().isAlive()).as(application::stderr).isTrue();
      Thread.sleep(20);
    }
  }
}
