package org.sparkmto.experiment.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.control.AgentSettings;
import org.sparkmto.experiment.NamedOptions;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.storage.LocalDisk;

class ControlExperimentTest {
  @TempDir private Path folder;

  private static ControlPlan plan(String methods, int rounds) {
    return new ControlPlan(
        NamedOptions.list(methods),
        List.of(1L, 2L),
        new AgentSettings(8, 4, 0.001, 0.97, 0.01, 0.1),
        NamedOptions.of("adam"),
        rounds,
        2,
        3,
        2,
        2);
  }

  private static JavaSparkContext spark(String master) {
    LocalDisk.serveThisMachine(Configuration::new);
    return new JavaSparkContext(
        new SparkConf(false)
            .setMaster(master)
            .setAppName("control tests")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1"));
  }

  private String run(JavaSparkContext spark, ControlPlan plan, String directory)
      throws IOException {
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    ControlExperiment.run(
        spark,
        plan,
        folder.resolve(directory).toString(),
        new PrintStream(console, true, StandardCharsets.UTF_8));
    return console.toString(StandardCharsets.UTF_8);
  }

  private String file(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  @Test
  void anyNumberOfExecutorsEndsInTheSameBits() throws IOException {
    ControlPlan plan = plan("ew,nash-mtl", 3);
    try (JavaSparkContext spark = spark("local[1]")) {
      assertThat(run(spark, plan, "one")).contains("[4 of 4] nash-mtl, seed 2: round 3 of 3");
    }
    try (JavaSparkContext spark = spark("local[2]")) {
      run(spark, plan, "two");
      // Rewards are means of thousands of numbers, each with all its digits.
      assertThat(file("two/results.json")).isEqualTo(file("one/results.json"));
      assertThat(file("two/results.csv")).isEqualTo(file("one/results.csv"));
      SweepResults results = SweepResults.parse(file("one/results.json"), "results.json");
      assertThat(results.rows()).hasSize(2);
      assertThat(results.columns()).hasSize(12);
      assertThat(results.runs().get(0).values().get("mean/reward"))
          .isBetween(0.05, 0.95)
          .isNotEqualTo(results.runs().get(1).values().get("mean/reward"))
          .isNotEqualTo(results.runs().get(2).values().get("mean/reward"));
      assertThat(file("one/report.html")).contains("While learning");
      assertThat(file("one/results.md")).contains("| acrobot success ↑ |", "| nash-mtl |");
      goesOn(spark);
    }
  }

  private void goesOn(JavaSparkContext spark) throws IOException {
    String before = file("two/results.json");
    Files.delete(folder.resolve("two/runs/ew-seed-2.json"));
    assertThat(run(spark, plan("ew,nash-mtl", 3), "two"))
        .contains("[1 of 4] ew, seed 1: kept")
        .contains("[3 of 4] ew, seed 2: round 3 of 3")
        .contains("[4 of 4] nash-mtl, seed 2: kept");
    assertThat(file("two/results.json")).isEqualTo(before);
    assertThat(run(spark, plan("ew", 4), "two")).as("another plan").doesNotContain("kept");
  }

  @Test
  void aDirectoryOfSomethingElseIsRefused() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "mine");
    Configuration hadoop = new Configuration();
    assertThatThrownBy(() -> ControlExperiment.check(folder.toString(), hadoop))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("not the directory of this command");
    ControlExperiment.check(folder.resolve("new").toString(), hadoop);
  }

  @Test
  void whatCannotBeIsRefusedBeforeAnyWork() {
    assertThatThrownBy(() -> plan("ew,ew", 3)).hasMessageContaining("name each method once");
    assertThatThrownBy(() -> plan("pcgrd", 3)).hasMessageContaining("pcgrad");
    assertThatThrownBy(() -> plan("ew", 1)).hasMessage("warm-up = 2: it must be from 1 to 1");
    assertThatThrownBy(() -> new AgentSettings(8, 4, 0.001, 1, 0.01, 0.1))
        .hasMessage("discount = 1.0: it must be above 0 and below 1");
  }
}
