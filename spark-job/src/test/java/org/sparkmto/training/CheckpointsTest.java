package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    List<CheckpointFile> files = new ArrayList<>();
    files.add(write(directory, Checkpoint.WEIGHTS, weights));
    files.add(write(directory, Checkpoint.OPTIMIZER, "moments of " + step));
    files.add(write(directory, Checkpoint.AGGREGATOR, "weights of tasks at " + step));
    Checkpoint checkpoint = checkpoint(step, directory, files);
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
            Optional.of(Map.of("row", Map.of("accuracy", 0.5, "loss", 1.25))),
            3),
        Map.of("image", new ChannelStatistics(List.of(1.5, 2.0, 0.1), List.of(3.0, 4.0, 0.2))),
        Map.of("row", List.of(-0.25, Double.NaN)),
        Optional.empty());
  }

  private Optional<Checkpoint> latest() {
    return checkpoints.all().stream().findFirst();
  }

  private Path path(String relative) {
    return folder.resolve("run").resolve(relative);
  }

  private static final List<CheckpointFile> FILES =
      List.of(
          new CheckpointFile("model.safetensors", 3, "ab".repeat(32)),
          new CheckpointFile("optimizer.safetensors", 4, "cd".repeat(32)),
          new CheckpointFile("aggregator.safetensors", 5, "ef".repeat(32)));

  @Test
  void aManifestIsReadBackAsItWasWritten() throws UnsoundException {
    Checkpoint written = checkpoint(7, "checkpoints/x", FILES);
    Checkpoint read = Checkpoint.parse(written.toJson(), "checkpoints/x");
    assertThat(read).isEqualTo(written);
    assertThat(written.toJson()).doesNotContain("NaN");
  }

  @Test
  void aManifestFromBeforeThereWereDigestsIsReadAsItStands() throws UnsoundException {
    Checkpoint written = checkpoint(7, "checkpoints/x", FILES);
    assertThat(Checkpoint.parse(unsealed(written.toJson()), "checkpoints/x")).isEqualTo(written);
    assertThat(Checkpoint.isSealed(written.toJson())).isTrue();
    assertThat(Checkpoint.isSealed(unsealed(written.toJson()))).isFalse();
  }

  /** As the first format was written: without kind, schema and digest. */
  static String unsealed(String json) {
    return json.replace("\"format\" : 3", "\"format\" : 1")
        .replaceFirst(" *\"kind\" : \"[a-z]+\",\n", "")
        .replaceFirst("(?s)  \"schema\" : \\{.*?\n  \\},\n", "")
        .replaceFirst(",\\s*\"digest\" : \"[0-9a-f]{64}\"\\s*}\\s*$", "\n}\n");
  }

  @Test
  void theManifestOfACheckpointIsNotThatOfAModel() {
    String json = checkpoint(7, "checkpoints/x", FILES).toJson();
    assertThatThrownBy(() -> Checkpoint.parse(json, RunDirectory.MODEL))
        .isInstanceOf(UnsoundException.class)
        .hasMessageContaining("model/manifest.json is not that of a model");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"step\" : 7                 | \"step\" : 8          | digest is another",
        "\"sha256\" : \"ab           | \"sha256\" : \"bb    | digest is another",
        "\"format\" : 3               | \"format\" : 1        | its format never had",
        "\"format\" : 3               | \"format\" : 2        | digest is another",
        "\"step\" : 7                 | \"step\" : 7, \"step\" : 8 | Duplicate field",
      })
  void aChangeOfAManifestIsFoundByItsDigest(String from, String to, String message) {
    String json = checkpoint(7, "checkpoints/x", FILES).toJson();
    assertThat(json).contains(from);
    assertThatThrownBy(() -> Checkpoint.parse(json.replace(from, to), "checkpoints/x"))
        .isInstanceOf(UnsoundException.class)
        .hasMessageContaining("checkpoints/x/manifest.json")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"files\" : \\[[^]]*\\]         | \"files\" : []                  | make up no checkpoint",
        "\"mean\" : \\[ 1.5              | \"mean\" : [ \"1.5\"             | not a number",
        "\"mean\" : \\[ 1.5              | \"mean\" : [ null                | not a number",
        "\"step\" : 7                    | \"step\" : -7                    | step -7",
        "\"step\" : 7                    | \"step\" : \"7\"                 | not an integer",
        "\"step\" : 7                    | \"steps\" : 7                    | 'step' is missing",
        "\"step\" : 7                    | \"step\" : 7, \"stop\" : 8       | 'stop' is unknown",
        "optimizer.safetensors           | model.safetensors                | make up no"
            + " checkpoint",
        "optimizer.safetensors           | ../../etc/passwd                 | names a file",
        "\"bytes\" : 3                   | \"bytes\" : -3                   | no length",
        "\"accuracy\" : 0.5              | \"accuracy\" : \"0.5\"           | not a number",
        "checkpoints/step-00000010       | ../../home                       | the best checkpoint",
      })
  void whatCannotBeIsRefusedAlsoWhereThereIsNoDigest(String from, String to, String message) {
    String json = unsealed(checkpoint(7, "checkpoints/x", FILES).toJson());
    String edited = json.replaceFirst(from, to);
    assertThat(edited).isNotEqualTo(json);
    assertThatThrownBy(() -> Checkpoint.parse(edited, "checkpoints/x"))
        .isInstanceOf(UnsoundException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}",
        "[]",
        "{\"format\":4}",
        "{\"format\":1,\"files\":[{\"name\":\"../../etc/passwd\"}]}",
        "{\"format\":1,\"files\":[{\"name\":\"/tmp/model.safetensors\"}]}"
      })
  void aDamagedManifestIsRefusedAndNamed(String json) {
    assertThatThrownBy(() -> Checkpoint.parse(json, "checkpoints/step-7"))
        .isInstanceOf(UnsoundException.class)
        .hasMessageContaining("checkpoints/step-7");
  }

  @Test
  void aFileIsWrittenWithItsLengthAndDigest() throws NoSuchAlgorithmException, UnsoundException {
    CheckpointFile file = write("checkpoints/step", "model.safetensors", "weights");
    byte[] sha =
        MessageDigest.getInstance("SHA-256").digest("weights".getBytes(StandardCharsets.UTF_8));
    assertThat(file)
        .isEqualTo(new CheckpointFile("model.safetensors", 7, HexFormat.of().formatHex(sha)));
    checkpoints.read(
        "checkpoints/step",
        file,
        (in, where) -> assertThat(in.readAllBytes()).asString().isEqualTo("weights"));
  }

  @Test
  void aReaderThatSkipsOrStopsEarlyChangesNothingOfTheDigest() throws UnsoundException {
    CheckpointFile file = write("checkpoints/step", "model.safetensors", "weights".repeat(20_000));
    checkpoints.read("checkpoints/step", file, (in, where) -> in.skipNBytes(100_001));
    checkpoints.read("checkpoints/step", file, (in, where) -> assertThat(in.read()).isEqualTo('w'));
  }

  @Test
  void theNewestCommittedOneCounts() {
    assertThat(latest()).isEmpty();
    commit(10, "ten");
    Checkpoint twenty = commit(20, "twenty");
    commit(5, "five");
    assertThat(latest()).contains(twenty);
    assertThat(checkpoints.all()).extracting(Checkpoint::step).containsExactly(20L, 10L, 5L);
  }

  @Test
  void whatACrashLeftIsIgnoredAndNotWrittenInto() throws IOException {
    Checkpoint ten = commit(10, "ten");
    write("checkpoints/step-00000020", Checkpoint.WEIGHTS, "half");
    Files.writeString(
        path("checkpoints/step-00000020/.manifest.json.unfinished"), "{\"format\":1,\"st");
    assertThat(latest()).contains(ten);
    assertThat(checkpoints.fresh(20)).isEqualTo("checkpoints/step-00000020-2");
    Checkpoint twenty = commit(20, "whole");
    assertThat(twenty.directory()).isEqualTo("checkpoints/step-00000020-2");
    assertThat(latest()).contains(twenty);
    assertThat(path("checkpoints/step-00000020/model.safetensors")).hasContent("half");
  }

  @Test
  void aFileThatTheDriverDoesNotSeeIsNoCheckpoint() {
    CheckpointFile unseen = new CheckpointFile(Checkpoint.WEIGHTS, 3, "ab".repeat(32));
    assertThatThrownBy(
            () -> checkpoints.commit(checkpoint(10, "checkpoints/step-10", List.of(unseen))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("storage that all machines of the cluster share");
    assertThat(latest()).isEmpty();
  }

  @Test
  void pruningKeepsTheNewestAndTheBest() {
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
  void pruningRemovesWhatAttemptsLeftAndNothingOfOthers() throws IOException {
    write("checkpoints/step-00000010", Checkpoint.WEIGHTS, "half");
    write("checkpoints/step-00000010-2", Checkpoint.WEIGHTS, "half again");
    write("checkpoints/mine", Checkpoint.WEIGHTS, "a person's");
    Files.writeString(path("checkpoints/notes.txt"), "a person's, too");
    commit(10, "whole");
    checkpoints.prune(2, Optional.empty());
    assertThat(path("checkpoints").toFile().list())
        .containsExactlyInAnyOrder("step-00000010-3", "mine", "notes.txt");
  }

  @Test
  void aDamagedManifestThatNobodyNeedsIsLeftAlone() throws IOException {
    commit(10, "ten");
    Files.writeString(path("checkpoints/step-00000010/manifest.json"), "{\"format\"");
    Checkpoint twenty = commit(20, "twenty");
    checkpoints.prune(1, Optional.empty());
    Checkpoints.Newest newest = checkpoints.newestSound();
    assertThat(newest.checkpoint()).contains(twenty);
    assertThat(newest.skipped()).isEmpty();
    assertThat(path("checkpoints/step-00000010/manifest.json")).exists();
  }

  @Test
  void theNewestSoundOneIsFoundAndThoseBeforeItAreNamed() throws IOException {
    Checkpoint ten = commit(10, "ten");
    commit(20, "twenty");
    commit(30, "thirty");
    Files.writeString(path("checkpoints/step-00000020/optimizer.safetensors"), "moments of 21");
    Files.writeString(path("checkpoints/step-00000030/manifest.json"), "");
    Checkpoints.Newest newest = checkpoints.newestSound();
    assertThat(newest.checkpoint()).contains(ten);
    assertThat(newest.skipped())
        .hasSize(2)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("step-00000020/optimizer.safetensors is not what was written"))
        .anySatisfy(line -> assertThat(line).contains("step-00000030/manifest.json is no object"));

    // Made again, it comes first, and the damaged one does not take the place of a sound one.
    Checkpoint again = commit(20, "twenty");
    checkpoints.prune(2, Optional.empty());
    assertThat(checkpoints.all()).contains(ten, again);
    assertThat(checkpoints.newestSound().checkpoint()).contains(again);
  }

  @Test
  void withoutASoundOneThereIsOneSentence() throws IOException {
    commit(10, "ten");
    Files.delete(path("checkpoints/step-00000010/aggregator.safetensors"));
    assertThatThrownBy(() -> checkpoints.newestSound())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("none of the checkpoints of")
        .hasMessageContaining("aggregator.safetensors is missing")
        .hasMessageContaining("--overwrite");
  }

  @Test
  void aCheckpointWithTheFilesOfAnotherIsNotSound() throws IOException {
    commit(10, "ten");
    Checkpoint twenty = commit(20, "two");
    Files.copy(
        path("checkpoints/step-00000010/model.safetensors"),
        path("checkpoints/step-00000020/model.safetensors"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> checkpoints.verify(twenty))
        .isInstanceOf(UnsoundException.class)
        .hasMessageContaining("step-00000020/model.safetensors is not what was written");
    assertThatThrownBy(() -> checkpoints.publish(twenty)).isInstanceOf(UnsoundException.class);
    assertThat(path("model")).doesNotExist();
  }

  @Test
  void aPublishedModelIsThatOfTheCheckpointAndReplacesAnOlderOne() throws UnsoundException {
    checkpoints.publish(commit(10, "ten"));
    Checkpoint twenty = commit(20, "twenty!");
    checkpoints.publish(twenty);
    assertThat(path("model/model.safetensors")).hasContent("twenty!");
    Checkpoint model =
        Checkpoint.parse(run.read("model/manifest.json").orElseThrow(), RunDirectory.MODEL);
    assertThat(model.step()).isEqualTo(20);
    assertThat(model.files()).containsExactly(twenty.weights());
    assertThat(model.validation()).isEqualTo(twenty.validation());
  }

  @Test
  void aDamagedFileOfACheckpointIsRefused() throws IOException {
    commit(10, "weights");
    Path file = path("checkpoints/step-00000010/model.safetensors");
    Files.writeString(file, "weightz");
    assertThatThrownBy(() -> checkpoints.verify(latest().orElseThrow()))
        .isInstanceOf(UnsoundException.class)
        .hasMessageContaining("step-00000010/model.safetensors")
        .hasMessageContaining("not what was written");
  }
}
