package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.Column;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.ImagePreparation;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.SampleSchema;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.Safetensors;
import org.sparkmto.options.ConfigurationException;

/**
 * Ten thousand seeded changes of checkpoints, models and manifests of data sets, through the code
 * that every path reads them by: nothing is accepted that is not equal in meaning to what was
 * written.
 */
@Tag("hostile")
class MutationsTest {
  private static final int OF_MANIFESTS = 3_000;
  private static final int OF_CHECKPOINTS = 2_500;
  private static final int OF_MODELS = 1_500;
  private static final int OF_DATA_SETS = 3_000;

  private static final SampleSchema SCHEMA =
      new SampleSchema(
          "stripes",
          List.of(Task.of("first", TaskKind.CLASSIFICATION, List.of("image"), "labels", 3)),
          List.of(
              new Column("image", Column.Role.INPUT, ElementType.UINT8, List.of(1, 8, 8)),
              new Column("labels", Column.Role.TARGET, ElementType.UINT8, List.of(1))),
          Map.of("first", new LabelHistogram(List.of(3L, 4L, 5L), 2)),
          Map.of(),
          Map.of("image", new ImagePreparation(true, true, 8, 8, "bilinear")));

  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE]-?[0-9]+)?");
  private static final Pattern FIELD = Pattern.compile("\"[^\"]*\" : ([^\\[{,\\n]+),?\\n");

  @TempDir Path folder;
  private Path root;
  private RunDirectory run;
  private Checkpoints checkpoints;
  private final Map<String, byte[]> written = new HashMap<>();

  @BeforeEach
  void write() throws Exception {
    root = folder.resolve("run");
    run = RunDirectory.of(root.toString(), new Configuration());
    checkpoints = new Checkpoints(run);
    commit(10);
    Checkpoint twenty = commit(20);
    checkpoints.publish(twenty);
    for (Path directory : List.of(directory(10), directory(20), root.resolve(RunDirectory.MODEL))) {
      for (String name : directory.toFile().list()) {
        Path file = directory.resolve(name);
        written.put(root.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
  }

  private Path directory(long step) {
    return root.resolve("checkpoints/step-%08d".formatted(step));
  }

  private Checkpoint commit(long step) {
    String directory = checkpoints.fresh(step);
    Map<String, FlatVector> weights =
        Map.of("w", FlatVector.of((float) step, 0.5f, -1, 1e-3f * step));
    Map<String, double[]> state = Map.of("method/x", new double[] {step, 1.0 / step});
    List<CheckpointFile> files =
        List.of(
            checkpoints.write(
                directory,
                Checkpoint.WEIGHTS,
                out -> Safetensors.writeFloats(out, weights, Map.of("format", "pt"))),
            checkpoints.write(
                directory,
                Checkpoint.OPTIMIZER,
                out -> Safetensors.writeFloats(out, weights, Map.of())),
            checkpoints.write(
                directory,
                Checkpoint.AGGREGATOR,
                out -> Safetensors.writeDoubles(out, state, Map.of())));
    Checkpoint checkpoint =
        new Checkpoint(
            step,
            directory,
            files,
            "run.seed = " + step + "\n",
            Map.of("run.seed", Long.toString(step), "method.name", "\"ew\""),
            List.of("first", "the \"second\" täsk"),
            Map.of("name", "stripes", "digest of train", "0a".repeat(32)),
            Map.of("spark", "4.1"),
            Map.of("first", Map.of("accuracy", 0.25 + 0.01 * step)),
            new Selection(
                Map.of(),
                Optional.of("checkpoints/step-00000010"),
                Map.of("first", Map.of("accuracy", 0.5)),
                Optional.of(Map.of("first", Map.of("loss", 0.5))),
                step),
            Map.of("image", new ChannelStatistics(List.of(1.5, 0.1), List.of(3.0, 0.2))),
            Map.of("first", List.of(0.5)),
            Optional.of(SCHEMA));
    checkpoints.commit(checkpoint);
    return checkpoint;
  }

  /** A change of a file; the same bytes if this kind of change cannot be made to it. */
  private static byte[] changed(byte[] bytes, byte[] other, SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0, 1 -> flipped(bytes, 1, random);
      case 2 -> flipped(bytes, 1 + random.nextInt(16), random);
      case 3 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 4 -> text(bytes, NUMBER, random, MutationsTest::anotherNumber);
      case 5 -> text(bytes, FIELD, random, field -> "");
      case 6 -> text(bytes, FIELD, random, field -> field.strip().replaceFirst(",?$", ",") + field);
      default -> other.clone();
    };
  }

  private static byte[] flipped(byte[] bytes, int times, SplittableRandom random) {
    byte[] changed = bytes.clone();
    for (int i = 0; i < times; i++) {
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return changed;
  }

  private interface Edit {
    String of(String found);
  }

  private static byte[] text(byte[] bytes, Pattern what, SplittableRandom random, Edit edit) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    List<MatchResult> places = what.matcher(text).results().toList();
    if (places.isEmpty()) {
      return bytes;
    }
    MatchResult place = places.get(random.nextInt(places.size()));
    String changed =
        text.substring(0, place.start()) + edit.of(place.group()) + text.substring(place.end());
    return changed.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String anotherNumber(String number) {
    return switch (number.length() % 4) {
      case 0 -> "-" + number;
      case 1 -> number + "1";
      case 2 -> "\"" + number + "\"";
      default -> "null";
    };
  }

  /** Changes one file a number of times and gives the number of changes that were accepted. */
  private void change(
      String name, String other, int times, SplittableRandom random, Accepted accepted)
      throws IOException {
    byte[] original = written.get(name);
    Path file = root.resolve(name);
    for (int i = 0; i < times; i++) {
      byte[] changed = changed(original, written.get(other), random);
      Files.write(file, changed);
      accepted.check(i, Arrays.equals(changed, original));
    }
    Files.write(file, original);
  }

  private interface Accepted {
    void check(int number, boolean same) throws IOException;
  }

  @Test
  void aChangedManifestOfACheckpointIsNeverTaken() throws IOException {
    String name = "checkpoints/step-00000020/manifest.json";
    Checkpoint original = checkpoints.all().get(0);
    change(
        name,
        RunDirectory.MODEL + "/manifest.json",
        OF_MANIFESTS,
        new SplittableRandom(1),
        (number, same) -> {
          Checkpoints.Newest newest = checkpoints.newestSound();
          Checkpoint taken = newest.checkpoint().orElseThrow();
          if (!taken.equals(original)) {
            assertThat(same).isFalse();
            assertThat(taken.step()).as("change " + number).isEqualTo(10);
            assertThat(newest.skipped()).hasSize(1);
          }
        });
    assertThat(checkpoints.newestSound().checkpoint()).contains(original);
  }

  @Test
  void aChangedFileOfACheckpointIsNeverTaken() throws IOException {
    Checkpoint original = checkpoints.all().get(0);
    int refused = 0;
    for (String file : List.of(Checkpoint.WEIGHTS, Checkpoint.OPTIMIZER, Checkpoint.AGGREGATOR)) {
      int[] found = new int[1];
      change(
          "checkpoints/step-00000020/" + file,
          "checkpoints/step-00000010/" + file,
          OF_CHECKPOINTS / 3 + 1,
          new SplittableRandom(file.hashCode()),
          (number, same) -> {
            if (same) {
              assertThat(checkpoints.newestSound().checkpoint()).contains(original);
            } else {
              assertThatThrownBy(() -> checkpoints.verify(original))
                  .isInstanceOf(UnsoundException.class);
              found[0]++;
            }
          });
      refused += found[0];
    }
    assertThat(refused).isGreaterThan(OF_CHECKPOINTS / 2);
  }

  @Test
  void aChangedModelIsNeverUsed() throws IOException {
    Checkpoint original = opened();
    String manifest = RunDirectory.MODEL + "/manifest.json";
    change(
        manifest,
        "checkpoints/step-00000020/manifest.json",
        OF_MODELS / 2,
        new SplittableRandom(3),
        (number, same) -> {
          try {
            assertThat(opened()).as("change " + number).isEqualTo(original);
          } catch (ConfigurationException e) {
            assertThat(e).hasMessageContaining("model/manifest.json");
          }
        });
    change(
        RunDirectory.MODEL + "/model.safetensors",
        "checkpoints/step-00000010/model.safetensors",
        OF_MODELS / 2,
        new SplittableRandom(4),
        (number, same) -> {
          try {
            checkpoints.read(RunDirectory.MODEL, original.weights(), (in, where) -> {});
            assertThat(same).as("change " + number).isTrue();
          } catch (UnsoundException e) {
            assertThat(e).hasMessageContaining("model.safetensors is not what was written");
          }
        });
  }

  private Checkpoint opened() throws IOException {
    String json =
        Files.readString(root.resolve("model/manifest.json"), StandardCharsets.ISO_8859_1);
    String text = new String(json.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    try {
      return Checkpoint.parse(text, RunDirectory.MODEL);
    } catch (UnsoundException e) {
      throw new ConfigurationException(e.getMessage(), e);
    }
  }

  @Test
  void aChangedManifestOfADataSetIsNeverTaken() {
    Path stripes = StripesDataset.write(folder.resolve("stripes"));
    DatasetManifest original = StripesDataset.open(stripes).manifest();
    byte[] json = original.toJson().getBytes(StandardCharsets.UTF_8);
    SplittableRandom random = new SplittableRandom(5);
    List<Integer> accepted = new ArrayList<>();
    for (int i = 0; i < OF_DATA_SETS; i++) {
      byte[] changed = changed(json, json, random);
      try {
        DatasetManifest read =
            DatasetManifest.parse(new String(changed, StandardCharsets.UTF_8), "here");
        assertThat(read).as("change " + i).isEqualTo(original);
        accepted.add(i);
      } catch (DataContractException e) {
        assertThat(e).hasMessageStartingWith("here ");
      }
    }
    assertThat(accepted).hasSizeLessThan(OF_DATA_SETS / 3);
  }
}
