package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.options.ConfigurationException;

class CheckpointsTest {
  @TempDir Path folder;
  private RunDirectory run;
  private Checkpoints checkpoints;

  @BeforeEach
  void open() {
    run = RunDirectory.of(folder.resolve("run").toString(), new Configuration());
    checkpoints = new Checkpoints(run);
  }

  private CheckpointFile write(String directory, String name, String content) {
    return checkpoints.write(
        directory, name, out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
  }

  private Checkpoint commit(long step, String weights) {
    String directory = checkpoints.fresh(step);
    Checkpoint checkpoint =
        checkpoint(step, directory, List.of(write(directory, Checkpoint.WEIGHTS, weights)));
    checkpoints.commit(checkpoint);
    return checkpoint;
  }

  private static Checkpoint checkpoint(long step, String directory, List<CheckpointFile> files) {
    return new Checkpoint(
        step,
        directory,
        files,
        "a = \"b\\n\"\n",
        Map.of("method.name", "\"ew\"", "run.seed", "1"),
        List.of("row", "a \"quoted\" täsk"),
        Map.of("name", "stripes"),
        Map.of("spark", "4"),
        Map.of("row", Map.of("accuracy", 0.5, "other", Double.NaN)),
        new Selection(
            Map.of(),
            Optional.of("checkpoints/step-00000010"),
            Map.of("row", Map.of("accuracy", 0.75, "other", Double.NaN)),
            3),
        Map.of("image", new ChannelStatistics(List.of(1.5, 2.0, 0.1), List.of(3.0, 4.0, 0.2))));
  }

  private Path path(String relative) {
    return folder.resolve("run").resolve(relative);
  }

  @Test
  void aManifestIsReadBackAsItWasWritten() {
    Checkpoint written =
        checkpoint(7, "checkpoints/x", List.of(new CheckpointFile("model.safetensors", 3, "ab")));
    Checkpoint read = Checkpoint.parse(written.toJson(), "checkpoints/x");
    assertThat(read).isEqualTo(written);
    assertThat(written.toJson()).doesNotContain("NaN");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}",
        "[]",
        "{\"format\":2}",
        "{\"format\":1,\"files\":[{\"name\":\"../../etc/passwd\"}]}",
        "{\"format\":1,\"files\":[{\"name\":\"/tmp/model.safetensors\"}]}"
      })
  void aDamagedManifestIsRefusedAndNamed(String json) {
    assertThatThrownBy(() -> Checkpoint.parse(json, "checkpoints/step-7"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("checkpoints/step-7");
  }

  @Test
  void aFileIsWrittenWithItsLengthAndDigest() throws NoSuchAlgorithmException {
    CheckpointFile file = write("checkpoints/step", "model.safetensors", "weights");
    byte[] sha =
        MessageDigest.getInstance("SHA-256").digest("weights".getBytes(StandardCharsets.UTF_8));
    assertThat(file)
        .isEqualTo(new CheckpointFile("model.safetensors", 7, HexFormat.of().formatHex(sha)));
    checkpoints.read(
        "checkpoints/step",
        "model.safetensors",
        (in, where) -> assertThat(in).hasContent("weights"));
  }

  @Test
  void theNewestCommittedOneCounts() {
    assertThat(checkpoints.latest()).isEmpty();
    commit(10, "ten");
    Checkpoint twenty = commit(20, "twenty");
    commit(5, "five");
    assertThat(checkpoints.latest()).contains(twenty);
    assertThat(checkpoints.all()).extracting(Checkpoint::step).containsExactly(20L, 10L, 5L);
  }

  @Test
  void whatACrashLeftIsIgnoredAndNotWrittenInto() throws IOException {
    Checkpoint ten = commit(10, "ten");
    write("checkpoints/step-00000020", Checkpoint.WEIGHTS, "half");
    Files.writeString(
        path("checkpoints/step-00000020/.manifest.json.unfinished"), "{\"format\":1,\"st");
    assertThat(checkpoints.latest()).contains(ten);
    assertThat(checkpoints.fresh(20)).isEqualTo("checkpoints/step-00000020-2");
    Checkpoint twenty = commit(20, "whole");
    assertThat(twenty.directory()).isEqualTo("checkpoints/step-00000020-2");
    assertThat(checkpoints.latest()).contains(twenty);
    assertThat(path("checkpoints/step-00000020/model.safetensors")).hasContent("half");
  }

  @Test
  void aFileThatTheDriverDoesNotSeeIsNoCheckpoint() {
    CheckpointFile unseen = new CheckpointFile(Checkpoint.WEIGHTS, 3, "ab");
    assertThatThrownBy(
            () -> checkpoints.commit(checkpoint(10, "checkpoints/step-10", List.of(unseen))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("storage that all machines of the cluster share");
    assertThat(checkpoints.latest()).isEmpty();
  }

  @Test
  void pruningKeepsTheNewestAndLeftovers() {
    for (int step = 10; step <= 50; step += 10) {
      commit(step, "weights " + step);
    }
    checkpoints.prune(2, Optional.of("checkpoints/step-00000020"));
    assertThat(checkpoints.all()).extracting(Checkpoint::step).containsExactly(50L, 40L, 20L);
    assertThat(path("checkpoints/step-00000030")).doesNotExist();
    checkpoints.prune(5, Optional.empty());
    assertThat(checkpoints.all()).hasSize(3);
    checkpoints.prune(1, Optional.empty());
    assertThat(checkpoints.all()).extracting(Checkpoint::step).containsExactly(50L);
  }

  @Test
  void aPublishedModelIsThatOfTheCheckpointAndReplacesAnOlderOne() {
    checkpoints.publish(commit(10, "ten"));
    Checkpoint twenty = commit(20, "twenty!");
    checkpoints.publish(twenty);
    assertThat(path("model/model.safetensors")).hasContent("twenty!");
    Checkpoint model =
        Checkpoint.parse(run.read("model/manifest.json").orElseThrow(), RunDirectory.MODEL);
    assertThat(model.step()).isEqualTo(20);
    assertThat(model.files()).isEqualTo(twenty.files());
    assertThat(model.validation()).isEqualTo(twenty.validation());
  }

  @Test
  void aDamagedFileOfACheckpointIsRefused() throws IOException {
    commit(10, "weights");
    Path file = path("checkpoints/step-00000010/model.safetensors");
    Files.writeString(file, "weightz");
    assertThatThrownBy(() -> checkpoints.verify(checkpoints.latest().orElseThrow()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("step-00000010/model.safetensors")
        .hasMessageContaining("not what was written");
  }
}
