package org.sparkmto.preprocessing.nyuv2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.numpy.Npy;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;

class Nyuv2Test {
  private static final int N = 5;
  private static final int H = 6;
  private static final int W = 8;
  private static final String SAME = "size=6x8, validation-share=0";

  @TempDir private Path root;

  // In the order of HDF5: image, (channel,) column, row.
  private final byte[][][][] images = new byte[N][3][W][H];
  private final float[][][] depths = new float[N][W][H];
  private final float[][][] rawDepths = new float[N][W][H];
  private final short[][][] labels = new short[N][W][H];

  Nyuv2Test() {
    for (int n = 0; n < N; n++) {
      for (int x = 0; x < W; x++) {
        for (int y = 0; y < H; y++) {
          for (int c = 0; c < 3; c++) {
            images[n][c][x][y] = (byte) (100 + 40 * c + 10 * n + 6 * y + x);
          }
          depths[n][x][y] = 1 + n + 0.1f * y + 0.01f * x;
          rawDepths[n][x][y] = x == 3 ? 0 : depths[n][x][y];
          labels[n][x][y] = (short) (y == 0 && x == 7 ? 0 : 880 + x);
        }
      }
    }
  }

  private void write() throws IOException {
    write(new int[] {2, 5, 1}, new int[] {3, 4});
  }

  private void write(int[] train, int[] test) throws IOException {
    writeSplits(train, test);
    try (WritableHdfFile hdf = HdfFile.write(root.resolve(Nyuv2.LABELLED))) {
      hdf.putDataset("images", images).putAttribute("MATLAB_class", "uint8");
      hdf.putDataset("depths", depths).putAttribute("MATLAB_class", "single");
      hdf.putDataset("rawDepths", rawDepths).putAttribute("MATLAB_class", "single");
      hdf.putDataset("labels", labels).putAttribute("MATLAB_class", "uint16");
    }
  }

  private void writeSplits(int[] train, int[] test) throws IOException {
    Mat5File splits = Mat5.newMatFile();
    splits.addArray("trainNdxs", matrix(train));
    splits.addArray("testNdxs", matrix(test));
    Mat5.writeToFile(splits, root.resolve("splits.mat").toFile());
  }

  private static Matrix matrix(int... numbers) {
    Matrix matrix = Mat5.newMatrix(numbers.length, 1, MatlabType.UInt16);
    for (int i = 0; i < numbers.length; i++) {
      matrix.setInt(i, numbers[i]);
    }
    return matrix;
  }

  private RawScenes scenes(String options) throws IOException {
    return RawScenes.of(Nyuv2.ENTRY, root, options);
  }

  /** Pitfall 4: columns come first in MATLAB, and numbers in splits count from 1. */
  @Test
  void transposesAndCountsFromOne() throws Exception {
    write();
    RawScenes scenes = scenes(SAME + ", classes=40");
    assertThat(scenes.bad()).isEmpty();
    assertThat(scenes.ids("train")).containsExactly("0001", "0002", "0005");
    assertThat(scenes.ids("test")).containsExactly("0003", "0004");
    List<byte[]> content = scenes.read("0002"); // slice 1 of the file
    for (int y = 0; y < H; y++) {
      for (int x = 0; x < W; x++) {
        for (int c = 0; c < 3; c++) {
          assertThat(content.get(0)[(c * H + y) * W + x] & 0xff)
              .isEqualTo(100 + 40 * c + 10 + 6 * y + x);
        }
        assertThat(RawScenes.floats(content.get(2))[y * W + x]).isEqualTo(2 + 0.1f * y + 0.01f * x);
        int forty = NyuClasses.fortyOf(880 + x);
        assertThat(content.get(1)[y * W + x] & 0xff).isEqualTo(y == 0 && x == 7 ? 255 : forty - 1);
      }
    }
  }

  @Test
  void thirteenClassesGroupTheForty() throws Exception {
    labels[0][2][4] = 85;
    labels[0][3][4] = 11;
    write();
    RawScenes scenes = scenes(SAME);
    byte[] stored = scenes.read("0001").get(1);
    assertThat(stored[4 * W + 2]).as("books").isEqualTo((byte) 1);
    assertThat(stored[4 * W + 3]).as("floor").isEqualTo((byte) 4);
    assertThat(scenes.contents().tasks().get(0).classNames()).hasSize(13).startsWith("bed");
  }

  /** Pitfall 8. */
  @Test
  void rawAndFilledDepthsAreTwoVariables() throws Exception {
    write();
    float[] filled = RawScenes.floats(scenes(SAME).read("0001").get(2));
    float[] raw = RawScenes.floats(scenes(SAME + ", depth=raw").read("0001").get(2));
    for (int i = 0; i < filled.length; i++) {
      assertThat(filled[i]).isNotNaN();
      assertThat(Float.isNaN(raw[i])).isEqualTo(i % W == 3);
    }
  }

  @Test
  void missingDepthsHaveNoValueAndImpossibleOnesAreRefused() throws Exception {
    depths[0][0][0] = 0;
    depths[0][1][0] = Float.NaN;
    depths[0][2][0] = Float.POSITIVE_INFINITY;
    depths[0][3][0] = Float.NEGATIVE_INFINITY;
    depths[0][4][0] = -0f;
    depths[1][4][4] = -1e-3f;
    depths[2][4][4] = 100.5f;
    labels[3][0][0] = 895;
    for (int x = 0; x < W; x++) {
      Arrays.fill(depths[4][x], 0);
      Arrays.fill(labels[4][x], (short) 0);
    }
    write();
    RawScenes scenes = scenes(SAME);
    float[] stored = RawScenes.floats(scenes.read("0001").get(2));
    for (int i = 0; i < stored.length; i++) {
      assertThat(Float.isNaN(stored[i])).isEqualTo(i < 5);
    }
    assertThat(scenes.bad())
        .isEqualTo(
            Map.of(
                "0002", Reason.BAD_TARGET,
                "0003", Reason.BAD_TARGET,
                "0004", Reason.BAD_LABEL,
                "0005", Reason.NO_LABELS));
  }

  /** Pitfall 13: labels, depths and normals take the same source pixel, by either rule. */
  @Test
  void allTargetsFollowOneNearestRule() throws Exception {
    for (int x = 0; x < W; x++) {
      for (int y = 0; y < H; y++) {
        depths[0][x][y] = 1 + y * W + x;
        labels[0][x][y] = (short) (1 + y * W + x);
      }
    }
    write();
    for (String rule : List.of("centre", "floor")) {
      List<byte[]> content =
          scenes("size=3x4, classes=40, validation-share=0, nearest=" + rule).read("0001");
      float[] stored = RawScenes.floats(content.get(2));
      for (int i = 0; i < stored.length; i++) {
        int shift = rule.equals("centre") ? 1 : 0; // floor((i + 0.5) 2) = 2 i + 1
        int source = (2 * (i / 4) + shift) * W + 2 * (i % 4) + shift;
        assertThat(stored[i]).isEqualTo(1 + source);
        assertThat(content.get(1)[i] & 0xff).isEqualTo(NyuClasses.fortyOf(1 + source) - 1);
      }
    }
  }

  @Test
  void theValidRegionIsThatOfTheToolbox() {
    assertThat(ValidRegion.PROJECTED.in(480, 640))
        .as("rows 45..471 and columns 41..601, from 1: 427x561")
        .isEqualTo(new ValidRegion.Bounds(44, 471, 40, 601));
    assertThat(ValidRegion.NONE.in(480, 640)).isEqualTo(new ValidRegion.Bounds(0, 480, 0, 640));
    assertThat(ValidRegion.PROJECTED.in(1, 1)).isEqualTo(new ValidRegion.Bounds(0, 1, 0, 1));
  }

  @Test
  void cropsImageAndTargetsAlike() throws Exception {
    write();
    // Of 6 rows 44/480..471/480 are 1..5, of 8 columns 40/640..601/640 are 1..7 (rounded half up).
    List<byte[]> content = scenes("size=5x7, crop=projected, validation-share=0").read("0001");
    assertThat(ValidRegion.PROJECTED.in(H, W)).isEqualTo(new ValidRegion.Bounds(1, 6, 1, 8));
    for (int y = 0; y < 5; y++) {
      for (int x = 0; x < 7; x++) {
        assertThat(content.get(0)[y * 7 + x] & 0xff).isEqualTo(100 + 6 * (y + 1) + x + 1);
        assertThat(RawScenes.floats(content.get(2))[y * 7 + x])
            .isEqualTo(1 + 0.1f * (y + 1) + 0.01f * (x + 1));
      }
    }
  }

  @Test
  void everyNumberIsInOneSplitOrRefused() throws Exception {
    write(new int[] {0, 1, 2, 2, 6}, new int[] {1, 4, 900});
    RawScenes scenes = scenes(SAME);
    assertThat(scenes.ids("train")).isEmpty();
    assertThat(scenes.ids("test")).containsExactly("0004");
    assertThat(scenes.bad())
        .isEqualTo(
            Map.of(
                "image 0", Reason.BAD_SPLIT,
                "0001", Reason.BAD_SPLIT,
                "0002", Reason.DUPLICATE,
                "0003", Reason.NO_PARTITION,
                "0005", Reason.NO_PARTITION,
                "image 6", Reason.BAD_SPLIT,
                "image 900", Reason.BAD_SPLIT));
  }

  @Test
  void validationIsHeldOutOfTrainingAlone() throws Exception {
    write(new int[] {1, 2, 3, 4}, new int[] {5});
    RawScenes scenes = scenes("size=6x8, validation-share=0.5");
    assertThat(scenes.ids("val")).hasSize(2).doesNotContain("0005");
    assertThat(scenes.ids("train")).hasSize(2);
    assertThat(scenes.ids("test")).containsExactly("0005");
    assertThat(scenes("size=6x8, validation-share=0.5").ids("val")).isEqualTo(scenes.ids("val"));
  }

  @Test
  void readsNormalsFromAFolderByNumber() throws Exception {
    write();
    for (int n : new int[] {1, 2, 3, 4}) {
      float[] normals = new float[3 * H * W];
      for (int i = 0; i < H * W; i++) {
        normals[3 * i + 2] = i == 0 ? 0 : -1;
      }
      normals[3 * (2 * W + 5)] = n == 2 ? 0.6f : 0;
      normals[3 * (2 * W + 5) + 2] = n == 2 ? -0.8f : -1;
      String name = (n == 3 ? "0003" : n) + ".npy";
      RawScenes.write(root.resolve("gt").resolve(name), Npy.encode(new int[] {H, W, 3}, normals));
    }
    RawScenes.write(root.resolve("gt/4.npy"), Npy.encode(new int[] {W, H, 3}, new float[144]));
    RawScenes scenes = scenes(SAME + ", normals=files, normals-folder=gt");
    assertThat(scenes.bad()).isEqualTo(Map.of("0005", Reason.NO_TARGET, "0004", Reason.WRONG_SIZE));
    short[] stored = RawScenes.shorts(scenes.read("0002").get(3));
    assertThat(stored[0]).isEqualTo(Short.MIN_VALUE);
    assertThat(stored[2 * W + 5]).isEqualTo((short) Math.round(0.6 * 32767));
    assertThat(stored[2 * H * W + 2 * W + 5]).isEqualTo((short) Math.round(-0.8 * 32767));
    for (String folder : List.of("..", "../x", "/etc", "none")) {
      assertFails(SAME + ", normals=files, normals-folder=\"" + folder + "\"", "normals-folder");
    }
  }

  @Test
  void saysWhichFileIsWrong() throws Exception {
    assertFails(SAME, "does not hold 'nyuv2': there is no nyu_depth_v2_labeled.mat");
    Files.createDirectories(root.resolve("train/image"));
    assertFails(SAME, "it looks like the data set 'nyuv2-npy'");
    write();
    assertFails("classes=14", "must be one of 13, 40, not '14'");
    assertFails("axes=\"x,y\"", "option 'axes' must be the three channels x, y, z");
    byte[] labelled = Files.readAllBytes(root.resolve(Nyuv2.LABELLED));
    Files.write(root.resolve("splits.mat"), new byte[500]);
    assertFails(SAME, "splits.mat cannot be read");
    Files.write(root.resolve("splits.mat"), labelled);
    assertFails(SAME, "splits.mat cannot be read");
    writeSplits(IntStream.range(0, 3000).toArray(), new int[0]);
    assertFails(SAME, "names 3000 images");
    writeSplits(new int[] {1}, new int[] {2});
    Files.write(
        root.resolve(Nyuv2.LABELLED), "no HDF5".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertFails(SAME, Nyuv2.LABELLED);
    for (int length : new int[] {0, 7, 100, labelled.length / 2, labelled.length - 1}) {
      Files.write(root.resolve(Nyuv2.LABELLED), Arrays.copyOf(labelled, length));
      assertFails(SAME, Nyuv2.LABELLED);
    }
  }

  @Test
  void dimensionsMustAgree() throws Exception {
    writeSplits(new int[] {1}, new int[] {2});
    Object[][] cases = {
      {images, depths, new short[N][H][W], "labels"},
      {images, new float[N - 1][W][H], labels, "depths"},
      {new byte[N][4][W][H], depths, labels, "images"},
      {new byte[N][W][H], depths, labels, "images"},
    };
    for (Object[] each : cases) {
      Files.deleteIfExists(root.resolve(Nyuv2.LABELLED));
      try (WritableHdfFile hdf = HdfFile.write(root.resolve(Nyuv2.LABELLED))) {
        hdf.putDataset("images", each[0]).putAttribute("MATLAB_class", "uint8");
        hdf.putDataset("depths", each[1]).putAttribute("MATLAB_class", "single");
        hdf.putDataset("labels", each[2]).putAttribute("MATLAB_class", "uint16");
      }
      assertFails(SAME, "'" + each[3] + "'");
    }
  }

  @Test
  void aLinkOutOfTheRootIsNotFollowed() throws Exception {
    write();
    Path outside = Files.createTempFile("outside", ".mat");
    Files.copy(
        root.resolve(Nyuv2.LABELLED), outside, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.delete(root.resolve(Nyuv2.LABELLED));
    Files.createSymbolicLink(root.resolve(Nyuv2.LABELLED), outside);
    try {
      assertFails(SAME, "outside of");
    } finally {
      Files.delete(outside);
    }
  }

  private void assertFails(String options, String part) {
    assertThatThrownBy(() -> scenes(options))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining(part);
  }
}
