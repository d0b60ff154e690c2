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
  void aNameThatNoFileSystemKnowsIsRefused() {
    for (String name : new String[] {"nosuch://bucket/run", ""}) {
      assertThatThrownBy(() -> RunDirectory.of(name, new Configuration()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("run directory '" + name + "'");
    }
  }
}
