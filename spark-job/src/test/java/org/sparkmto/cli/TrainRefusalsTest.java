package org.sparkmto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.training.StripesDataset;

/** What {@code train} refuses: always one line that says what to change, and exit code 2. */
class TrainRefusalsTest {
  @TempDir static Path folder;

  private static Path data;

  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void write() {
    data = StripesDataset.write(folder.resolve("stripes"));
  }

  private int train(Path run, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--master",
                "local[2]",
                "--spark-conf",
                "spark.ui.enabled=false",
                "--set",
                "network { width = 2, features = 6, hidden = 5 }",
                "--set",
                "data.directory=" + data,
                "--set",
                "training { steps = 4, batch = 24 }",
                "--set",
                "run.directory=" + run));
    arguments.addAll(List.of(more));
    return Main.run(
        Main.subCommands(),
        new PrintWriter(new StringWriter(), true),
        new PrintWriter(err, true),
        arguments.toArray(String[]::new));
  }

  private void assertRefused(int code, Path run, String message) {
    assertThat(code).as(err::toString).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("spark-mto train: ").contains(message);
    assertThat(run).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // Without a Spark session:
        "method.name=imtll         | unknown method 'imtll'",
        "training.bacth=5          | unknown key 'training.bacth'; did you mean 'training.batch'",
        "network.widht=3           | did you mean 'width'",
        "training.batch=many       | training.batch = many must be a whole number",
        "run.seed=1.5              | run.seed = 1.5 must be a whole number",
        "schedule.rate=fast        | rate",
        "training.steps            | write it as key=value",
        // With one:
        "data.directory=/no/such/place    | there is no data set at file:/no/such/place",
        "data.directory=nosuch://bucket/x | 'nosuch://bucket/x' is not a path",
        "data.train=trian          | has no split 'trian'; it has [",
        "data.validation=dev       | has no split 'dev'; it has [",
        "data.tasks=[row, colum]   | data.tasks names 'colum'",
        "training.batch=241        | a global batch of 241 samples is larger than the split, which"
            + " has 240",
        "cluster.ranks=3           | cluster.ranks = 3, but local[2] runs 2 tasks at a time",
        "method.weights=[1, 2]     | method: ",
      })
  void aSettingThatCannotBe(String setting, String message) {
    Path run = folder.resolve("refused");
    assertRefused(train(run, "--set", setting), run, message);
  }

  @ParameterizedTest
  @CsvSource({
    "spark.dynamicAllocation.enabled=true, takes its rank along",
    "spark.speculation=true, a rank that runs twice"
  })
  void aSettingOfSparkThatAGroupOfRanksCannotBear(String setting, String message) {
    Path run = folder.resolve("refused");
    assertRefused(train(run, "--spark-conf", setting), run, message);
    assertThat(err.toString()).contains(setting).contains("set it to false");
  }

  @Test
  void aDataSetThatIsNotFinishedOrNotWhole() throws IOException {
    Path run = folder.resolve("refused");
    Path unfinished = StripesDataset.write(folder.resolve("unfinished"));
    Path manifest = unfinished.resolve("_dataset.json");
    String text = Files.readString(manifest);
    Files.delete(manifest);
    String setting = "data.directory=" + unfinished;
    assertRefused(train(run, "--set", setting), run, "its preprocessing has not finished");

    Files.writeString(manifest, text);
    Files.delete(unfinished.resolve("split=train/part-00001.parquet"));
    err.getBuffer().setLength(0);
    assertRefused(train(run, "--set", setting), run, "part-00001.parquet is missing");

    Files.writeString(unfinished.resolve("split=train/part-00001.parquet"), "short");
    err.getBuffer().setLength(0);
    assertRefused(train(run, "--set", setting), run, "has 5 bytes, the manifest says");

    Files.writeString(manifest, text.substring(0, text.length() / 2));
    err.getBuffer().setLength(0);
    assertRefused(train(run, "--set", setting), run, "_dataset.json");
  }

  @Test
  void contradictingOptionsAndAMissingFile() {
    Path run = folder.resolve("refused");
    assertRefused(train(run, "--resume", "--overwrite"), run, "contradict each other");
    err.getBuffer().setLength(0);
    assertRefused(train(run, "--config", "no.conf"), run, "--config no.conf: there is no such");
  }

  @Test
  void aRunThatIsThereIsNeitherContinuedOtherwiseNorOverwritten() throws IOException {
    Path run = folder.resolve("a run: 50% #1");
    assertThat(train(run)).as(err::toString).isZero();
    byte[] model = Files.readAllBytes(run.resolve("model/model.safetensors"));

    assertThat(train(run)).isEqualTo(2);
    assertThat(err.toString()).contains("is not empty; give --resume", "--overwrite");
    err.getBuffer().setLength(0);

    String[] other = {"--resume", "--set", "training.steps=8", "--set", "optimizer.name=sgd"};
    assertThat(train(run, other)).isEqualTo(2);
    assertThat(err.toString()).contains("optimizer.name was \"adam\" and is \"sgd\"");
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(Files.readAllBytes(run.resolve("model/model.safetensors"))).isEqualTo(model);
  }

  @Test
  void aRunThatDivergesIsAFailureThatNamesTaskAndStep() {
    Path run = folder.resolve("diverged");
    assertThat(train(run, "--set", "optimizer.name=sgd", "--set", "schedule.rate=1e30"))
        .isEqualTo(1);
    assertThat(err.toString().lines().findFirst().orElseThrow())
        .matches(
            "spark-mto train failed: DivergedException: step \\d+: .*'(row|column|diagonal)'.*");
    assertThat(err.toString()).doesNotContain("restart");
  }
}
