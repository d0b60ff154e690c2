package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.options.ConfigurationException;

/** What becomes of a directory that is not empty, before and after a run begins there. */
class RunStartTest {
  @TempDir Path folder;

  private RunStart start(Path directory) {
    return new RunStart(null, RunDirectory.of(directory.toString(), new Configuration()));
  }

  private Path file(String name, String text) throws IOException {
    Path path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }

  private Path run(String name) throws IOException {
    file(name + "/run.json", "{\"run\":\"a\",\"tasks\":[\"x\"],\"configuration\":\"a = b\"}");
    file(name + "/run.conf", "run.directory = a, data.directory = b, method.name = ew");
    file(name + "/metrics.jsonl", "");
    file(name + "/evaluation-test.json", "{}");
    file(name + "/details-test.json", "{}");
    file(name + "/confusion.csv", "");
    file(name + "/report.html", "");
    file(name + "/checkpoints/step-00000010/manifest.json", "{");
    file(name + "/checkpoints/step-00000010/model.safetensors", "");
    file(name + "/model/model.safetensors", "");
    file(name + "/tensorboard/events.out.tfevents.1764429811.000001.spark-mto", "");
    return folder.resolve(name);
  }

  @ParameterizedTest
  @EnumSource(TrainingRun.Start.class)
  void aDirectoryOfSomethingElseIsRefused(TrainingRun.Start start) throws IOException {
    file("docs/thesis.txt", "mine");
    file("docs/model/plan.txt", "mine");
    assertThatThrownBy(() -> start(folder.resolve("docs")).examine(start))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("docs is not the directory of a run (it holds model, thesis.txt)")
        .hasMessageContaining("--resume and --overwrite neither");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{}",
        "{\"run\":\"a\",\"tasks\":[\"x\"],\"configuration\":\"c\",\"format\":99}",
        "{\"name\":\"another program's\"}"
      })
  void aFileOfTheRightNameMakesNoRun(String header) throws IOException {
    file("other/run.json", header);
    assertThatThrownBy(() -> start(folder.resolve("other")).examine(TrainingRun.Start.OVERWRITE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is not the directory of a run");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "thesis.txt",
        "notes/a.txt",
        "model/notes.txt",
        "tensorboard/events.out.tfevents.1764429811.000001.another",
        "checkpoints/mine.txt",
        "checkpoints/mine/model.safetensors",
        "checkpoints/step-00000010/notes.txt"
      })
  void aPersonsFileInARunIsNamedAndNothingDeleted(String mine) throws IOException {
    Path run = run("run");
    file("run/" + mine, "mine");
    start(run).examine(TrainingRun.Start.RESUME);
    assertThatThrownBy(() -> start(run).examine(TrainingRun.Start.OVERWRITE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("holds what no run has written")
        .hasMessageContaining(
            mine.startsWith("notes/") ? "notes/" : mine.replaceFirst("/mode.*", ""));
    assertThat(run.resolve(mine)).hasContent("mine");
    assertThat(run.resolve("run.conf")).exists();
  }

  @Test
  void overwritingTakesAwayWhatTheRunWroteAndNotTheRunsBelow() throws IOException {
    Path run = run("run");
    run("run/seed-1");
    file("run/lease.json", "{}");
    file("run/.run.json.unfinished", "");
    start(run).examine(TrainingRun.Start.OVERWRITE);
    start(run).clear();
    assertThat(run.toFile().list()).containsExactlyInAnyOrder("lease.json", "seed-1");
    assertThat(run.resolve("seed-1/model/model.safetensors")).exists();
    start(run).examine(TrainingRun.Start.RESUME);
  }

  @ParameterizedTest
  @EnumSource(TrainingRun.Start.class)
  void anEmptyDirectoryOrNoneIsFreeForAll(TrainingRun.Start start) throws IOException {
    start(folder.resolve("nowhere")).examine(start);
    start(Files.createDirectory(folder.resolve("empty"))).examine(start);
    assertThat(folder.resolve("nowhere")).doesNotExist();
  }

  @Test
  void aRunThatIsThereIsNotANewOne() throws IOException {
    Path run = run("run");
    assertThatThrownBy(() -> start(run).examine(TrainingRun.Start.NEW))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is not empty; give --resume to go on or --overwrite");
  }
}
