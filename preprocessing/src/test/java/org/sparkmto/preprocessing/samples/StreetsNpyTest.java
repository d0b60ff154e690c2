package org.sparkmto.preprocessing.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.data.Task;
import org.sparkmto.options.Entry;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.RefusedSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.cityscapes.Cityscapes;
import org.sparkmto.preprocessing.cityscapes.CityscapesNpy;
import org.sparkmto.preprocessing.numpy.Npy;
import org.sparkmto.storage.HadoopDefaults;

/** Streets in MTAN's NumPy folders beside the same streets in the official tree. */
class StreetsNpyTest {
  private static final ImageSize SIZE = new ImageSize(16, 32);
  private static final List<String> SPLITS = List.of("train", "val");

  @TempDir private Path directory;

  @Test
  void theFoldersHoldWhatTheOfficialTreeHolds() throws Exception {
    for (String split : SPLITS) {
      for (int i = 0; i < 3; i++) {
        Street street = Street.of(5, split, i, SIZE);
        write("png", StreetSamples.files(street, split, i, Optional.empty()));
        write("npy", StreetsNpySamples.files(street, split, i, Optional.empty()));
      }
    }
    for (int classes : new int[] {7, 19}) {
      String options = "size = 16x32, classes = " + classes;
      RawContents npy = contents(CityscapesNpy.ENTRY, "npy", options);
      RawContents png = contents(Cityscapes.ENTRY, "png", options);
      assertThat(npy.refused()).isEmpty();
      assertThat(npy.tasks()).isEqualTo(png.tasks());
      assertThat(npy.samples()).hasSize(6);
      assertThat(npy.samples().stream().filter(one -> one.split().equals("test"))).hasSize(3);
      assertThat(npy.samples().stream().filter(one -> one.split().equals("val"))).hasSize(1);
      Map<String, List<byte[]>> official = read(png, "png");
      Map<String, List<byte[]>> numpy = read(npy, "npy");
      for (String split : SPLITS) {
        for (int i = 0; i < 3; i++) {
          List<byte[]> mine = numpy.get(split + "/" + i);
          List<byte[]> theirs = official.get(StreetSamples.core(split, i));
          assertThat(mine.get(0)).isEqualTo(theirs.get(0));
          assertThat(mine.get(1)).isEqualTo(theirs.get(1));
          ByteBuffer inverse = ByteBuffer.wrap(mine.get(2)).order(ByteOrder.LITTLE_ENDIAN);
          ByteBuffer raw = ByteBuffer.wrap(theirs.get(2)).order(ByteOrder.LITTLE_ENDIAN);
          while (raw.hasRemaining()) {
            int number = raw.getShort() & 0xffff;
            Float expected = number == 0 ? Float.NaN : number / 65535f;
            assertThat(inverse.getFloat()).isEqualTo(expected);
          }
        }
      }
    }
  }

  @Test
  void defectsAreSetAsideAndOtherFoldersRefused() throws Exception {
    Street street = Street.of(5, "train", 0, SIZE);
    List<Fault> faults =
        List.of(Fault.MISSING_TARGET, Fault.TRUNCATED, Fault.ALL_VOID, Fault.ODD_SIZE);
    for (int i = 0; i < faults.size(); i++) {
      write("npy", StreetsNpySamples.files(street, "train", i, Optional.of(faults.get(i))));
    }
    float[] metres = new float[16 * 32];
    metres[7] = 30;
    Map<String, byte[]> files =
        new HashMap<>(StreetsNpySamples.files(street, "train", 9, Optional.empty()));
    files.put("train/depth/9.npy", Npy.encode(new int[] {16, 32}, metres));
    write("npy", files);
    RawContents contents = contents(CityscapesNpy.ENTRY, "npy", "size = 16x32");
    assertThat(contents.refused())
        .extracting(RefusedSample::reason)
        .containsExactly(Reason.NO_TARGET);
    Map<String, Reason> reasons = new HashMap<>();
    try (SampleReader reader = contents.opener().open(files("npy"))) {
      for (RawSample sample : contents.samples()) {
        assertThatThrownBy(() -> reader.read(sample))
            .isInstanceOfSatisfying(
                UnreadableSampleException.class, e -> reasons.put(sample.id(), e.reason()));
      }
    }
    assertThat(reasons)
        .isEqualTo(
            Map.of(
                "train/1", Reason.TRUNCATED,
                "train/2", Reason.NO_LABELS,
                "train/3", Reason.WRONG_SIZE,
                "train/9", Reason.BAD_TARGET));
    Files.createDirectories(directory.resolve("other/train/image"));
    assertThatThrownBy(() -> contents(CityscapesNpy.ENTRY, "other", ""))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContainingAll("neither train/label_7 nor train/label", "it has [image]");
  }

  @Test
  void aFolderThatIsCalledLabelIsReadAsTheClassesThatAreAskedFor() throws Exception {
    Street street = Street.of(5, "train", 0, SIZE);
    Map<String, byte[]> files = new HashMap<>();
    StreetsNpySamples.files(street, "train", 0, Optional.empty())
        .forEach((name, content) -> files.put(name.replace("label_19", "label"), content));
    files.remove("train/label_7/0.npy");
    write("npy", files);
    RawContents contents =
        contents(CityscapesNpy.ENTRY, "npy", "classes = 19, validation-share = 0");
    assertThat(contents.samples()).hasSize(1);
    assertThat(contents.tasks()).extracting(Task::classes).containsExactly(19, 1);
    assertThat(read(contents, "npy").get("train/0").get(1)).hasSize(128 * 256);
  }

  private RawContents contents(Entry<RawDataset> entry, String name, String options)
      throws IOException {
    return ChosenDataset.of(entry, ConfigFactory.parseString(options))
        .dataset()
        .list(new org.apache.hadoop.fs.Path(directory.resolve(name).toUri()), files(name));
  }

  private RawFiles files(String name) {
    return new RawFiles(HadoopDefaults.copy())
        .within(new org.apache.hadoop.fs.Path(directory.resolve(name).toUri()));
  }

  private Map<String, List<byte[]>> read(RawContents contents, String name) throws Exception {
    Map<String, List<byte[]>> read = new HashMap<>();
    try (SampleReader reader = contents.opener().open(files(name))) {
      for (RawSample sample : contents.samples()) {
        read.put(sample.id(), reader.read(sample));
      }
    }
    return read;
  }

  private void write(String root, Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = directory.resolve(root).resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
  }
}
