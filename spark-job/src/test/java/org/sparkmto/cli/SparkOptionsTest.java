package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.options.ConfigurationException;
import picocli.CommandLine;

class SparkOptionsTest {
  private static SparkOptions parsed(String... arguments) {
    return CommandLine.populateCommand(new SparkOptions(), arguments);
  }

  private static SparkConf submitted() {
    return new SparkConf(false);
  }

  @Test
  void runsOnAllCoresOfThisMachineUnlessTold() {
    assertThat(parsed().conf(submitted()).get("spark.master")).isEqualTo("local[*]");
    assertThat(parsed("--master", "local[2]").conf(submitted()).get("spark.master"))
        .isEqualTo("local[2]");
  }

  @Test
  void keepsTheMasterOfSparkSubmitAndRefusesAnotherOne() {
    SparkConf submitted =
        submitted().set("spark.master", "yarn").set("spark.jars", "application.jar");
    assertThat(parsed().conf(submitted).get("spark.master")).isEqualTo("yarn");
    assertThat(parsed("--master", "yarn").conf(submitted).get("spark.master")).isEqualTo("yarn");
    assertThatThrownBy(() -> parsed("--master", "local[2]").conf(submitted))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "--master local[2] contradicts spark.master=yarn, which spark-submit has set;"
                + " give --master to spark-submit");
  }

  @Test
  void theApplicationHasTheNameThatTheUserGivesOrElseThatOfWhatItDoes() {
    String ours = "spark-mto train imtl";
    assertThat(SparkOptions.name(ours, submitted())).isEqualTo(ours);
    // What spark-submit puts there by itself.
    SparkConf mainClass = submitted().set("spark.app.name", "org.sparkmto.cli.Main");
    assertThat(SparkOptions.name(ours, mainClass)).isEqualTo(ours);
    assertThat(SparkOptions.name(ours, submitted().set("spark.app.name", "nightly")))
        .isEqualTo("nightly");
  }

  @Test
  void refusesRanksThatDoNotFitIntoAnExecutor() {
    SparkConf tooLarge = submitted().set("spark.task.cpus", "4").set("spark.executor.cores", "2");
    assertThatThrownBy(() -> parsed().conf(tooLarge))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("spark.task.cpus = 4 does not fit into spark.executor.cores = 2: ");
    assertThat(parsed().conf(tooLarge.set("spark.executor.cores", "4"))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark.dynamicAllocation.enabled", "spark.speculation"})
  void refusesWhatAGroupOfRanksCannotBear(String key) {
    assertThatThrownBy(() -> parsed().conf(submitted().set(key, "true")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(key + "=true cannot be used here: ")
        .hasMessageEndingWith("; set it to false");
    assertThatThrownBy(() -> parsed("--spark-conf", key + "=true").conf(submitted()))
        .isInstanceOf(ConfigurationException.class);
    assertThat(parsed("--spark-conf", key + "=false").conf(submitted().set(key, "true")).get(key))
        .isEqualTo("false");
  }

  @Test
  void refusesASettingThatSparkWouldIgnore() {
    assertThatThrownBy(() -> parsed("--spark-conf", "executor.memory=1g").conf(submitted()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("executor.memory");
  }

  @Test
  void takesSettingsFromAFileWithTheCommandLineOnTop(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("s3a.conf");
    Files.writeString(
        file, "# a comment\nspark.hadoop.a.b   1  \nspark.hadoop.c = 2\nspark.hadoop.d=3\n");
    SparkConf conf =
        parsed("--properties-file", file.toString(), "--spark-conf", "spark.hadoop.d=4")
            .conf(submitted().set("spark.hadoop.c", "0"));
    assertThat(conf.get("spark.hadoop.a.b")).isEqualTo("1");
    assertThat(conf.get("spark.hadoop.c")).isEqualTo("2");
    assertThat(conf.get("spark.hadoop.d")).isEqualTo("4");

    Files.writeString(file, "fs.s3a.secret.key=tell-nobody\n");
    assertThatThrownBy(() -> parsed("--properties-file", file.toString()).conf(submitted()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(file + " fs.s3a.secret.key: a setting of Spark starts with 'spark.'");
    assertThatThrownBy(() -> parsed("--properties-file", folder + "/none").conf(submitted()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("NoSuchFile");
  }

  @Test
  void theSettingsInConfAreReadable() {
    for (String name : List.of("spark-s3a.conf", "spark-defaults.conf")) {
      String file = Path.of("..", "conf", name).toString();
      assertThat(parsed("--properties-file", file).conf(submitted())).isNotNull();
    }
  }

  @Test
  void bringsTheApplicationToTheExecutorsOfACluster() {
    // These classes are in a folder, which no executor could load.
    assertThatThrownBy(() -> parsed("--master", "spark://host:7077").conf(submitted()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("run the application jar");
    assertThat(parsed("--master", "local[2]").conf(submitted()).contains("spark.jars")).isFalse();
  }

  @Test
  void opensASessionThatStopsWithItsBlock() throws IOException {
    SparkOptions options = parsed("--master", "local[1]", "--spark-conf", "spark.ui.enabled=false");
    SparkSession session;
    try (SparkSession spark = options.open("spark-mto test")) {
      session = spark;
      assertThat(spark.sparkContext().appName()).isEqualTo("spark-mto test");
      assertThat(spark.range(10).count()).isEqualTo(10);
    }
    assertThat(session.sparkContext().isStopped()).isTrue();
  }
}
