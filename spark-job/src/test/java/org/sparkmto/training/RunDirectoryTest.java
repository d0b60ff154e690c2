package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.options.ConfigurationException;

class RunDirectoryTest {
  @TempDir Path folder;

  private RunDirectory run(String name) {
    return RunDirectory.of(folder.resolve(name).toString(), new Configuration());
  }

  @Test
  void lookingAtItCreatesNothing() {
    RunDirectory run = run("new");
    assertThat(run.exists()).isFalse();
    assertThat(run.read("metrics.jsonl")).isEmpty();
    assertThat(run.open("metrics.jsonl")).isEmpty();
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void anEmptyDirectoryIsLikeNone() throws IOException {
    Files.createDirectory(folder.resolve("empty"));
    assertThat(run("empty").exists()).isFalse();
  }

  @Test
  void aTextIsReplacedWholeAndReadBack() {
    RunDirectory run = run("texts");
    run.write("a/b.json", "ünö");
    run.write("a/b.json", "two");
    assertThat(run.read("a/b.json")).contains("two");
    assertThat(run.exists()).isTrue();
    assertThat(folder.resolve("texts/a").toFile().list()).doesNotContain(".b.json.unfinished");
  }

  @Test
  void itsNameIsTheSameForEveryMachine() {
    assertThat(RunDirectory.of("runs/one", new Configuration()).name())
        .startsWith("file:/")
        .endsWith("/runs/one");
    assertThat(run("with space").name()).endsWith("/with space");
  }

  @Test
  void aColonInANameIsExplained() {
    assertThatThrownBy(() -> RunDirectory.of("s:05", new Configuration()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "run directory 's:05' is not a path: what stands before ':' would be the kind of a file"
                + " system; write ./s:05");
    assertThat(RunDirectory.of("./s:05", new Configuration()).name()).endsWith("/s:05");
  }

  @Test
  void seedsAreOrderedAsNumbers() throws IOException {
    for (String name : new String[] {"seed-10", "seed-2", "seed--1", "other"}) {
      Files.createDirectories(folder.resolve("seeds").resolve(name));
    }
    assertThat(run("seeds").seeds())
        .extracting(name -> name.substring(name.lastIndexOf('/') + 1))
        .containsExactly("seed--1", "seed-2", "seed-10");
  }

  @Test
  void aNameThatNoFileSystemKnowsIsRefused() {
    for (String name : new String[] {"nosuch://bucket/run", ""}) {
      assertThatThrownBy(() -> RunDirectory.of(name, new Configuration()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("run directory '" + name + "'");
    }
  }
}
