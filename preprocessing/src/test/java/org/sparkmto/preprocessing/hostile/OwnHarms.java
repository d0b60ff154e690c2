package org.sparkmto.preprocessing.hostile;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.sparkmto.preprocessing.hostile.HostileCase.Harm;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.image.Tiff;
import org.sparkmto.preprocessing.numpy.Npy;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.Matrix;

/** Attacks that only make sense for one layout: on its tables, its numbers, its structures. */
final class OwnHarms {
  private OwnHarms() {}

  static List<HostileCase> cases() {
    List<HostileCase> cases = new ArrayList<>();
    tables(cases);
    numbers(cases);
    arrays(cases);
    containers(cases);
    splits(cases);
    trees(cases);
    return cases;
  }

  private static HostileCase attack(String ground, String kind, String name, Harm harm) {
    return new HostileCase(ground, kind, kind + ": " + name, harm);
  }

  private static void tables(List<HostileCase> cases) {
    String attributes = "Anno/list_attr_celeba.txt";
    String partition = "Eval/list_eval_partition.txt";
    cases.add(
        attack(
            "celeba", "row of the wrong width", "a value less", line(attributes, 3, " +-?1$", "")));
    cases.add(
        attack("celeba", "row of the wrong width", "a value more", line(attributes, 3, "$", " 1")));
    cases.add(attack("celeba", "value out of range", "a 7", line(attributes, 3, " +-?1$", " 7")));
    cases.add(
        attack("celeba", "value out of range", "a word", line(attributes, 3, " +-?1$", " yes")));
    cases.add(attack("celeba", "out of range split", "3", line(partition, 1, "\\d$", "3")));
    cases.add(attack("celeba", "out of range split", "-1", line(partition, 1, "\\d$", "-1")));
    cases.add(
        attack(
            "celeba",
            "name that leaves the root",
            "..",
            line(attributes, 3, "^\\S+", "../../secret.jpg")));
    cases.add(
        attack(
            "celeba",
            "name that leaves the root",
            "absolute",
            line(attributes, 3, "^\\S+", "/etc/passwd")));
    cases.add(
        attack("celeba", "named twice", "attributes", root -> repeat(root.resolve(attributes), 3)));
    cases.add(
        attack("celeba", "named twice", "partition", root -> repeat(root.resolve(partition), 1)));
    cases.add(attack("celeba", "lying header", "count", line(attributes, 0, ".*", "2000000000")));
    cases.add(attack("celeba", "lying header", "no names", line(attributes, 1, ".*", "")));
    cases.add(
        attack(
            "celeba",
            "a line without end",
            "of 200 MB",
            root -> longLine(root.resolve(attributes))));
    cases.add(
        attack("celeba", "not text", "a zero in a name", line(attributes, 3, "^.", "\u0000")));
    cases.add(
        attack(
            "nyud-mt",
            "name that leaves the root",
            "..",
            line("gt_sets/train.txt", 0, ".*", "../../../etc/passwd")));
    cases.add(
        attack(
            "nyud-mt",
            "named twice",
            "in both lists",
            root ->
                append(
                    root.resolve("gt_sets/train.txt"),
                    Files.readString(root.resolve("gt_sets/val.txt")))));
    cases.add(
        attack(
            "pascal-context",
            "named twice",
            "in both lists",
            root ->
                append(
                    root.resolve("ImageSets/Context/train.txt"),
                    Files.readString(root.resolve("ImageSets/Context/val.txt")))));
    cases.add(
        attack(
            "pascal-context",
            "name that leaves the root",
            "..",
            line("ImageSets/Context/train.txt", 0, ".*", "../../../etc/passwd")));
    // The first of a kind is in the brief corpus, the larger one in the whole.
    for (int names : new int[] {60_000, 800_000}) {
      cases.add(
          attack(
              "pascal-context",
              "a table too long",
              names + " names",
              root -> append(root.resolve("ImageSets/Context/train.txt"), names(names))));
    }
    cases.add(
        attack(
            "own-csv",
            "row of the wrong width",
            "a field more",
            line("table.csv", 1, "$", ",more")));
    cases.add(
        attack(
            "own-csv",
            "row of the wrong width",
            "a field less",
            line("table.csv", 1, ",[^,]*$", "")));
    cases.add(
        attack("own-csv", "value out of range", "label", line("table.csv", 1, "cat|dog", "whale")));
    cases.add(
        attack(
            "own-csv",
            "out of range split",
            "holdout",
            line("table.csv", 1, ",train,", ",holdout,")));
    cases.add(
        attack(
            "own-csv",
            "name that leaves the root",
            "..",
            line("table.csv", 1, "^photos/\\d", "../../etc/x")));
    cases.add(
        attack("own-csv", "named twice", "a row", root -> repeat(root.resolve("table.csv"), 1)));
    cases.add(
        attack("own-csv", "quote without end", "in the middle", line("table.csv", 2, "^", "\"")));
    cases.add(
        attack(
            "own-csv",
            "a line without end",
            "of 200 MB",
            root -> longLine(root.resolve("table.csv"))));
  }

  private static void numbers(List<HostileCase> cases) {
    String labels = "gtFine/train/aachen/FIRST_gtFine_labelIds.png";
    String parts = "gtFinePanopticParts/train/aachen/FIRST_gtFinePanopticParts.tif";
    String instances = "gtFine/train/aachen/FIRST_gtFine_instanceIds.png";
    cases.add(attack("cityscapes", "out of range id", "label 34", map(labels, 34, 8)));
    cases.add(attack("cityscapes", "out of range id", "label 254", map(labels, 254, 8)));
    cases.add(attack("cityscapes", "out of range id", "uid of 3 digits", tiff(parts, 777)));
    cases.add(attack("cityscapes", "out of range id", "uid below 0", tiff(parts, -5)));
    cases.add(attack("cityscapes", "out of range id", "uid of 9 digits", tiff(parts, 999_999_999)));
    cases.add(
        attack(
            "cityscapes-instances",
            "out of range id",
            "instance of no class",
            map(instances, 64_999, 16)));
    cases.add(
        attack(
            "cityscapes",
            "wrong size",
            "labels",
            root ->
                Files.write(
                    HostileCorpus.found(root, labels),
                    Png.encode(new IntegerMap(3, 5, new int[15]), 8))));
    cases.add(
        attack(
            "cityscapes",
            "wrong size",
            "parts",
            root ->
                Files.write(
                    HostileCorpus.found(root, parts),
                    Tiff.encode(new IntegerMap(3, 5, new int[15])))));
    String camera = "camera/train/aachen/FIRST_camera.json";
    cases.add(
        attack(
            "cityscapes-instances",
            "value out of range",
            "baseline 0",
            text(camera, "\"baseline\"\\s*:\\s*[0-9.]+", "\"baseline\":0")));
    cases.add(
        attack(
            "cityscapes-instances",
            "value out of range",
            "fx of 1e999",
            text(camera, "\"fx\"\\s*:\\s*[0-9.]+", "\"fx\":1e999")));
    cases.add(
        attack(
            "cityscapes-instances",
            "deep nesting",
            "100,000 brackets",
            root -> Files.writeString(HostileCorpus.found(root, camera), "[".repeat(100_000))));
    cases.add(
        attack("nyud-mt", "out of range id", "class 41", map("segmentation/0001.png", 41, 8)));
    cases.add(
        attack(
            "pascal-context",
            "out of range id",
            "class 21",
            map("semseg/VOC12/2008_000002.png", 21, 8)));
    cases.add(attack("own-csv", "out of range id", "class 9", map("parts/1.png", 9, 8)));
  }

  private static void arrays(List<HostileCase> cases) {
    for (String dataset : List.of("nyuv2-npy", "nyud-mt")) {
      String depth = dataset.equals("nyuv2-npy") ? "train/depth/1.npy" : "depth/0001.npy";
      cases.add(
          attack(
              dataset,
              "pickled array",
              "object dtype",
              npy(depth, "{'descr': '|O', 'fortran_order': False, 'shape': (24, 32), }", 3000)));
      cases.add(
          attack(
              dataset,
              "pickled array",
              "a bare pickle",
              root ->
                  Files.write(
                      root.resolve(depth),
                      "\u0080\u0004\u0095cos\nsystem\n(S'touch owned'\ntR."
                          .getBytes(StandardCharsets.ISO_8859_1))));
      cases.add(
          attack(
              dataset,
              "lying header",
              "2^62 elements",
              npy(
                  depth,
                  "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647), }",
                  3000)));
      cases.add(
          attack(
              dataset,
              "lying header",
              "product that overflows",
              npy(
                  depth,
                  "{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536, 65536, 65536),"
                      + " }",
                  3000)));
      cases.add(
          attack(
              dataset,
              "lying header",
              "below 0",
              npy(depth, "{'descr': '<f4', 'fortran_order': False, 'shape': (-24, -32), }", 3072)));
      cases.add(
          attack(
              dataset,
              "lying header",
              "code instead",
              npy(depth, "__import__('os').system('touch owned')", 3072)));
      cases.add(
          attack(
              dataset,
              "wrong size",
              "3x4",
              npy(depth, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }", 48)));
      cases.add(
          attack(
              dataset,
              "wrong type",
              "complex",
              npy(
                  depth,
                  "{'descr': '<c16', 'fortran_order': False, 'shape': (24, 32), }",
                  24 * 32 * 16)));
      cases.add(
          attack(
              dataset,
              "deep nesting",
              "of the shape",
              npy(
                  depth,
                  "{'descr': '<f4', 'fortran_order': False, 'shape': " + "(".repeat(20_000) + "}",
                  10)));
    }
  }

  private static void containers(List<HostileCase> cases) {
    cases.add(
        attack(
            "multi-cifar100",
            "out of range id",
            "fine 200",
            root -> set(root.resolve("train.bin"), 3074 + 1, 200)));
    cases.add(
        attack(
            "multi-cifar100",
            "out of range id",
            "coarse 20",
            root -> set(root.resolve("train.bin"), 3074, 20)));
    cases.add(
        attack(
            "multi-cifar100",
            "out of range id",
            "coarse of another fine",
            root ->
                set(
                    root.resolve("train.bin"),
                    3074,
                    (Files.readAllBytes(root.resolve("train.bin"))[3074] + 1) % 20)));
    cases.add(
        attack(
            "multi-cifar100",
            "row of the wrong width",
            "one byte more",
            root -> append(root.resolve("train.bin"), "x")));
    cases.add(
        attack(
            "multi-cifar100",
            "row of the wrong width",
            "one byte less in the middle",
            root -> {
              byte[] bytes = Files.readAllBytes(root.resolve("train.bin"));
              int at = 3074 + 1000;
              System.arraycopy(bytes, at + 1, bytes, at, bytes.length - at - 1);
              Files.write(
                  root.resolve("train.bin"), java.util.Arrays.copyOf(bytes, bytes.length - 1));
            }));
    cases.add(
        attack(
            "nyuv2",
            "lying header",
            "superblock",
            root -> FileHarms.flip(root.resolve("nyu_depth_v2_labeled.mat"), 9, 8)));
    for (int at : new int[] {40, 100, 400, 800, 1200, 2000}) {
      cases.add(
          attack(
              "nyuv2",
              "damaged structure",
              "at byte " + at,
              root -> FileHarms.flip(root.resolve("nyu_depth_v2_labeled.mat"), at, 8)));
      cases.add(
          attack(
              "nyuv2",
              "damaged structure",
              "of the splits, at byte " + at / 4,
              root -> FileHarms.flip(root.resolve("splits.mat"), 120 + at / 4, 4)));
      cases.add(
          attack(
              "emotic",
              "damaged structure",
              "at byte " + at,
              root -> FileHarms.flip(root.resolve("Annotations/Annotations.mat"), 120 + at, 4)));
    }
    cases.add(
        attack(
            "nyuv2",
            "wrong version",
            "splits of version 7.3",
            root ->
                Files.copy(
                    root.resolve("nyu_depth_v2_labeled.mat"),
                    root.resolve("splits.mat"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING)));
    cases.add(
        attack(
            "nyuv2",
            "wrong version",
            "labelled file of version 5",
            root ->
                Files.copy(
                    root.resolve("splits.mat"),
                    root.resolve("nyu_depth_v2_labeled.mat"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING)));
    cases.add(
        attack(
            "emotic",
            "bomb",
            "600 MB of zeros in a compressed element",
            root -> Files.write(root.resolve("Annotations/Annotations.mat"), matBomb(600))));
    cases.add(
        attack(
            "nyuv2",
            "bomb",
            "600 MB of zeros in the splits",
            root -> Files.write(root.resolve("splits.mat"), matBomb(600))));
    cases.add(
        attack(
            "own-parquet",
            "damaged structure",
            "footer",
            root ->
                FileHarms.flip(
                    root.resolve("table.parquet"),
                    Files.size(root.resolve("table.parquet")) - 60,
                    8)));
    cases.add(
        attack(
            "own-parquet",
            "lying header",
            "length of the footer",
            root ->
                FileHarms.flip(
                    root.resolve("table.parquet"),
                    Files.size(root.resolve("table.parquet")) - 8,
                    4)));
  }

  private static void splits(List<HostileCase> cases) {
    Map<String, Double> more = new LinkedHashMap<>();
    more.put("0", 0.0);
    more.put("below 0", -1.0);
    more.put("above the last", 7.0);
    more.put("2^31", 0x1p31);
    more.put("a half", 1.5);
    more.put("not a number", Double.NaN);
    more.forEach(
        (name, number) ->
            cases.add(
                attack(
                    "nyuv2",
                    "out of range split",
                    name,
                    root -> splits(root, (train, test) -> train.add(number)))));
    cases.add(
        attack(
            "nyuv2",
            "named twice",
            "in a split",
            root -> splits(root, (train, test) -> train.add(train.get(0)))));
    cases.add(
        attack(
            "nyuv2",
            "named twice",
            "in both splits",
            root -> splits(root, (train, test) -> train.add(test.get(0)))));
    cases.add(
        attack(
            "nyuv2",
            "empty list",
            "of training",
            root -> splits(root, (train, test) -> train.clear())));
    cases.add(
        attack(
            "nyuv2",
            "wrong type",
            "splits of text",
            root -> {
              MatFile file = Mat5.newMatFile();
              file.addArray("trainNdxs", Mat5.newString("1234"));
              file.addArray("testNdxs", Mat5.newScalar(5));
              Mat5.writeToFile(file, root.resolve("splits.mat").toFile());
            }));
    for (float label : new float[] {-2, 13, 255, 1.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] labels = new float[24 * 32];
      labels[100] = label;
      cases.add(
          attack(
              "nyuv2-npy",
              "out of range id",
              "label " + label,
              root ->
                  Files.write(
                      root.resolve("train/label/1.npy"), Npy.encode(new int[] {24, 32}, labels))));
    }
  }

  /** Changes the lists of both splits of NYUv2. */
  private static void splits(Path root, BiConsumer<List<Double>, List<Double>> change)
      throws IOException {
    File path = root.resolve("splits.mat").toFile();
    MatFile before = Mat5.readFromFile(path);
    List<Double> train = numbers(before.getMatrix("trainNdxs"));
    List<Double> test = numbers(before.getMatrix("testNdxs"));
    change.accept(train, test);
    MatFile after = Mat5.newMatFile();
    after.addArray("trainNdxs", column(train));
    after.addArray("testNdxs", column(test));
    Mat5.writeToFile(after, path);
  }

  private static List<Double> numbers(Matrix matrix) {
    List<Double> numbers = new ArrayList<>();
    for (int i = 0; i < matrix.getNumElements(); i++) {
      numbers.add(matrix.getDouble(i));
    }
    return numbers;
  }

  private static Matrix column(List<Double> numbers) {
    Matrix column = Mat5.newMatrix(numbers.size(), 1);
    for (int i = 0; i < numbers.size(); i++) {
      column.setDouble(i, numbers.get(i));
    }
    return column;
  }

  private static void trees(List<HostileCase> cases) {
    String image = "leftImg8bit/train/aachen/FIRST_leftImg8bit.png";
    cases.add(
        attack(
            "cityscapes",
            "named twice",
            "in two cities",
            root -> {
              Path file = HostileCorpus.found(root, image);
              Files.copy(
                  file, root.resolve("leftImg8bit/train/bochum").resolve(file.getFileName()));
            }));
    cases.add(
        attack(
            "cityscapes",
            "named twice",
            "in two splits",
            root -> {
              Path file = HostileCorpus.found(root, image);
              Path other = Files.createDirectories(root.resolve("leftImg8bit/val/aachen"));
              Files.copy(file, other.resolve(file.getFileName()));
            }));
    cases.add(
        attack(
            "cityscapes",
            "two trees",
            "half of the images in each",
            root -> {
              Path other = root.resolve("leftImg8bit_trainvaltest/leftImg8bit/train");
              Files.createDirectories(other);
              Files.move(root.resolve("leftImg8bit/train/bochum"), other.resolve("bochum"));
            }));
    cases.add(
        attack(
            "cityscapes",
            "other case",
            "of a name",
            root -> {
              Path file = HostileCorpus.found(root, image);
              String name = file.getFileName().toString();
              Files.move(file, file.resolveSibling(name.toUpperCase(Locale.ROOT)));
            }));
    cases.add(
        attack(
            "cityscapes",
            "link loop",
            "the labels are the root",
            root -> {
              Files.move(root.resolve("gtFine"), root.resolve("elsewhere"));
              Files.createSymbolicLink(root.resolve("gtFine"), Path.of(".."));
            }));
    cases.add(
        attack(
            "cityscapes",
            "link loop",
            "a city that holds its split",
            root ->
                Files.createSymbolicLink(
                    root.resolve("leftImg8bit/train/aachen/loop"), Path.of(".."))));
    cases.add(
        attack(
            "cityscapes",
            "strange names",
            "blanks, brackets, a line end",
            root -> {
              Path file = HostileCorpus.found(root, image);
              for (String name :
                  List.of("a b_0_0_", "{a}*[b]?_0_0_", "a\nb_0_0_", "a:b_0_0_", "%2e%2e_0_0_")) {
                Files.copy(file, file.resolveSibling(name + "leftImg8bit.png"));
              }
            }));
    cases.add(
        attack(
            "cityscapes",
            "a crowd",
            "3,000 empty cities",
            root -> {
              for (int i = 0; i < 3000; i++) {
                Files.createDirectory(root.resolve("gtFine/train/city" + i));
              }
            }));
    cases.add(
        attack(
            "nyuv2-npy",
            "other case",
            "of an extension",
            root ->
                Files.move(root.resolve("train/image/1.npy"), root.resolve("train/image/1.NPY"))));
    cases.add(
        attack(
            "nyud-mt",
            "two trees",
            "one in the other",
            root -> {
              Files.createDirectories(root.resolve("NYUD_MT/gt_sets"));
              Files.copy(
                  root.resolve("gt_sets/val.txt"), root.resolve("NYUD_MT/gt_sets/train.txt"));
            }));
  }

  /** A MATLAB file of one compressed element that inflates to so many MiB. */
  private static byte[] matBomb(int mebibytes) {
    byte[] zeros = FileHarms.zeros(mebibytes);
    byte[] header = new byte[128];
    byte[] text = "MATLAB 5.0 MAT-file".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, header, 0, text.length);
    header[124] = 0;
    header[125] = 1;
    header[126] = 'I';
    header[127] = 'M';
    java.nio.ByteBuffer file =
        java.nio.ByteBuffer.allocate(136 + zeros.length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    return file.put(header).putInt(15).putInt(zeros.length).put(zeros).array();
  }

  private static Harm line(String file, int index, String pattern, String replacement) {
    return root -> {
      List<String> lines = new ArrayList<>(Files.readAllLines(root.resolve(file)));
      String changed = lines.get(index).stripTrailing().replaceFirst(pattern, replacement);
      if (changed.equals(lines.get(index))) {
        throw new IllegalStateException("the corpus does no harm to " + lines.get(index));
      }
      lines.set(index, changed);
      Files.write(root.resolve(file), lines);
    };
  }

  private static Harm text(String file, String pattern, String replacement) {
    return root -> {
      Path path = HostileCorpus.found(root, file);
      String before = Files.readString(path);
      String changed = before.replaceFirst(pattern, replacement);
      if (changed.equals(before)) {
        throw new IllegalStateException("the corpus does no harm to " + path);
      }
      Files.writeString(path, changed);
    };
  }

  private static String names(int count) {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < count; i++) {
      names.append("1999_").append(i).append('\n');
    }
    return names.toString();
  }

  private static void repeat(Path file, int index) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.add(lines.get(index));
    Files.write(file, lines);
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, java.nio.file.StandardOpenOption.APPEND);
  }

  private static void longLine(Path file) throws IOException {
    byte[] block = "1 ".repeat(1 << 19).getBytes(StandardCharsets.US_ASCII);
    try (var out = Files.newOutputStream(file, java.nio.file.StandardOpenOption.APPEND)) {
      for (int i = 0; i < 200; i++) {
        out.write(block);
      }
    }
  }

  private static void set(Path file, int at, int value) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] = (byte) value;
    Files.write(file, bytes);
  }

  /** The same size, with one number in the middle. */
  private static Harm map(String file, int value, int bits) {
    return root -> {
      Path path = HostileCorpus.found(root, file);
      try {
        IntegerMap map = Png.decodeNumbers(Files.readAllBytes(path));
        map.values()[map.values().length / 2 + map.width() / 2] = value;
        Files.write(path, Png.encode(map, bits));
      } catch (org.sparkmto.preprocessing.UnreadableSampleException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private static Harm tiff(String file, int value) {
    return root -> {
      Path path = HostileCorpus.found(root, file);
      try {
        IntegerMap map = Tiff.decodeNumbers(Files.readAllBytes(path));
        map.values()[map.values().length / 2 + map.width() / 2] = value;
        Files.write(path, Tiff.encode(map));
      } catch (org.sparkmto.preprocessing.UnreadableSampleException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private static Harm npy(String file, String header, int bytes) {
    return root -> {
      byte[] text = (header + "\n").getBytes(StandardCharsets.US_ASCII);
      java.nio.ByteBuffer out =
          java.nio.ByteBuffer.allocate(10 + text.length + bytes)
              .order(java.nio.ByteOrder.LITTLE_ENDIAN);
      out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
      out.putShort((short) text.length).put(text);
      Files.write(root.resolve(file), out.array());
    };
  }
}
