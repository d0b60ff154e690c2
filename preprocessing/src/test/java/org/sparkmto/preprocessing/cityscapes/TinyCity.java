package org.sparkmto.preprocessing.cityscapes;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import org.sparkmto.preprocessing.ChosenDataset;
import org.sparkmto.preprocessing.RawContents;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.RawSample;
import org.sparkmto.preprocessing.SampleReader;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.image.Tiff;
import org.sparkmto.storage.HadoopDefaults;

/** A tree of raw data whose samples have 16x32 pixels, 15 for each of the 34 label ids. */
final class TinyCity {
  static final int HEIGHT = 16;
  static final int WIDTH = 32;
  static final int[] DISPARITIES = {0, 1, 2, 257, 32768, 65535};
  static final String CAMERA =
      """
      {"extrinsic":{"baseline":0.209313,"pitch":0.038,"roll":0.0,"x":1.7,"y":0.1,"z":1.22},
       "intrinsic":{"fx":2262.52,"fy":2265.3017905988554,"u0":1096.98,"v0":513.137}}
      """;

  private final Path root;
  private final boolean wrapped;
  private final Map<Map<String, String>, RawContents> listed = new HashMap<>();

  /**
   * @param wrapped whether the trees lie in directories named like the archives
   */
  TinyCity(Path root, boolean wrapped) {
    this.root = root;
    this.wrapped = wrapped;
  }

  /** Writes all files of a good sample. */
  TinyCity sample(String split, String core) throws IOException {
    write(RawFile.IMAGE, split, core, Png.encode(image(HEIGHT, WIDTH)));
    write(RawFile.LABEL_IDS, split, core, Png.encode(labels(), 8));
    write(RawFile.INSTANCE_IDS, split, core, Png.encode(instances(), 16));
    write(RawFile.PARTS, split, core, Tiff.encode(parts()));
    write(RawFile.DISPARITY, split, core, Png.encode(disparities(), 16));
    write(RawFile.CAMERA, split, core, CAMERA.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  void write(RawFile kind, String split, String core, byte[] content) throws IOException {
    Path file = path(kind, split, core);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  Path path(RawFile kind, String split, String core) {
    return root.resolve(kind.places().get(wrapped ? 1 : 0))
        .resolve(split)
        .resolve(core.substring(0, core.indexOf('_')))
        .resolve(core + "_" + kind.suffix());
  }

  static Image image(int height, int width) {
    byte[] samples = new byte[3 * height * width];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) (i * 37);
    }
    return new Image(3, height, width, samples);
  }

  static IntegerMap labels() {
    return map(i -> Math.min(33, i / 15));
  }

  /** 24000 and 24001 share the persons, the cars are a group, the bicycles are 33005. */
  static IntegerMap instances() {
    return map(
        i -> {
          int id = Math.min(33, i / 15);
          return switch (id) {
            case 24 -> i % 15 < 6 ? 24000 : 24001;
            case 33 -> 33005;
            case 25, 27, 28, 29, 30, 31, 32 -> id * 1000;
            default -> id;
          };
        });
  }

  static IntegerMap parts() {
    int[] ofPersons = {24, 24001, 2400104, 2400101, 2400205};
    int[] ofCars = {2600105, 2600101, 2600100, 26, 26001};
    return map(
        i -> {
          int id = Math.min(33, i / 15);
          return id == 24 ? ofPersons[i % 5] : id == 26 ? ofCars[i % 5] : id;
        });
  }

  static IntegerMap disparities() {
    return map(i -> DISPARITIES[i % DISPARITIES.length]);
  }

  static IntegerMap map(IntUnaryOperator value) {
    return map(HEIGHT, WIDTH, value);
  }

  static IntegerMap map(int height, int width, IntUnaryOperator value) {
    int[] values = new int[height * width];
    Arrays.setAll(values, value);
    return new IntegerMap(height, width, values);
  }

  RawContents list(Map<String, String> chosen) throws IOException {
    RawFiles files = new RawFiles(HadoopDefaults.copy());
    org.apache.hadoop.fs.Path path = files.directory(root.toString());
    return ChosenDataset.of(Cityscapes.ENTRY, ConfigFactory.parseMap(chosen))
        .dataset()
        .list(path, files.within(path));
  }

  /** The columns of a sample, whose files must lie where they lay at the first reading. */
  List<byte[]> read(Map<String, String> chosen, String core)
      throws IOException, UnreadableSampleException {
    if (!listed.containsKey(chosen)) {
      listed.put(chosen, list(chosen));
    }
    RawContents contents = listed.get(chosen);
    RawSample sample =
        contents.samples().stream()
            .filter(s -> s.id().equals(core))
            .findFirst()
            .orElseThrow(() -> new AssertionError(contents.refused()));
    RawFiles files =
        new RawFiles(HadoopDefaults.copy()).within(new org.apache.hadoop.fs.Path(root.toUri()));
    try (SampleReader reader = contents.opener().open(files)) {
      return reader.read(sample);
    }
  }

  /** Options by name and value. */
  static Map<String, String> options(String... namesAndValues) {
    Map<String, String> options = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      options.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return options;
  }

  /** A task set at the size of the raw images. */
  static Map<String, String> fullSize(String tasks, String... more) {
    Map<String, String> options = options("tasks", tasks, "size", "16x32", "target-size", "16x32");
    options.putAll(options(more));
    return options;
  }

  static ByteBuffer numbers(byte[] column) {
    return ByteBuffer.wrap(column).order(ByteOrder.LITTLE_ENDIAN);
  }

  static Set<String> ids(RawContents contents, String split) {
    return new TreeSet<>(
        contents.samples().stream()
            .filter(sample -> sample.split().equals(split))
            .map(RawSample::id)
            .toList());
  }
}
