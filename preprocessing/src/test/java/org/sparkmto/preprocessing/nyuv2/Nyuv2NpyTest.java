package org.sparkmto.preprocessing.nyuv2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.numpy.Npy;

class Nyuv2NpyTest {
  private static final int H = 4;
  private static final int W = 6;
  private static final int AREA = H * W;
  private static final String SAME = "size=4x6, validation-share=0";

  @TempDir private Path root;

  private void sample(String folder, int i) throws IOException {
    float[] image = new float[3 * AREA];
    float[] depth = new float[AREA];
    float[] normal = new float[3 * AREA];
    int[] label = new int[AREA];
    for (int p = 0; p < AREA; p++) {
      for (int c = 0; c < 3; c++) {
        image[3 * p + c] = (50 * c + i + p) / 255f;
      }
      depth[p] = 1 + i + 0.01f * p;
      normal[3 * p + 2] = -1;
      label[p] = p % 14 - 1;
    }
    put(folder + "/image/" + i, Npy.encode(new int[] {H, W, 3}, image));
    put(folder + "/depth/" + i, Npy.encode(new int[] {H, W, 1}, depth));
    put(folder + "/normal/" + i, Npy.encode(new int[] {H, W, 3}, normal));
    put(folder + "/label/" + i, Npy.encode(new int[] {H, W}, label));
  }

  private void put(String name, byte[] content) throws IOException {
    RawScenes.write(root.resolve(name + ".npy"), content);
  }

  private RawScenes scenes(String options) throws IOException {
    return RawScenes.of(Nyuv2Npy.ENTRY, root, options);
  }

  /** Pitfalls 5 and 16: numbers in order, 10 after 9; "val" is the test split. */
  @Test
  void countsNumbersAndKeepsTheTestSplitApart() throws Exception {
    for (int i = 0; i < 12; i++) {
      sample("train", i);
    }
    sample("val", 10);
    sample("val", 9);
    RawScenes scenes = scenes(SAME);
    assertThat(scenes.bad()).isEmpty();
    assertThat(scenes.ids("train"))
        .startsWith("train/0", "train/1", "train/2")
        .endsWith("train/9", "train/10", "train/11");
    assertThat(scenes.ids("val")).isEmpty();
    assertThat(scenes.ids("test")).containsExactly("val/9", "val/10");
    List<String> heldOut = scenes("size=4x6, validation-share=0.25").ids("val");
    assertThat(heldOut).hasSize(3).allMatch(id -> id.startsWith("train/"));
  }

  /** Pitfall 6: void is -1 in the files and 255 in the shards. */
  @Test
  void everyNumberComesBack() throws Exception {
    sample("train", 7);
    List<byte[]> content = scenes(SAME).read("train/7");
    for (int p = 0; p < AREA; p++) {
      for (int c = 0; c < 3; c++) {
        assertThat(content.get(0)[c * AREA + p] & 0xff).isEqualTo(50 * c + 7 + p);
      }
      assertThat(content.get(1)[p] & 0xff).isEqualTo(p % 14 == 0 ? 255 : p % 14 - 1);
      assertThat(RawScenes.floats(content.get(2))[p]).isEqualTo(8 + 0.01f * p);
      assertThat(RawScenes.shorts(content.get(3))[2 * AREA + p]).isEqualTo((short) -32767);
    }
  }

  /** Pitfall 9: a normal whose components sum to 0 is a normal; only (0, 0, 0) is none. */
  @Test
  void validNormalsAreThoseWithALength() throws Exception {
    sample("train", 0);
    float r = (float) Math.sqrt(0.5);
    float[] normals = new float[3 * AREA];
    float[][] each = {
      {r, -r, 0}, {r, 0, -r}, {0, 0, 0}, {Float.NaN, 0, 0}, {0.3f, 0, -0.4f}, {0, 0, -1.02f}
    };
    for (int p = 0; p < AREA; p++) {
      System.arraycopy(each[p % 6], 0, normals, 3 * p, 3);
    }
    put("train/normal/0", Npy.encode(new int[] {H, W, 3}, normals));
    short[] stored = RawScenes.shorts(scenes(SAME).read("train/0").get(3));
    short missing = Short.MIN_VALUE;
    short[][] expected = {
      {23170, -23170, 0},
      {23170, 0, -23170},
      {missing, missing, missing},
      {missing, missing, missing},
      {19660, 0, -26214}, // interpolated ones are made longer
      {0, 0, -32767}
    };
    for (int p = 0; p < AREA; p++) {
      for (int c = 0; c < 3; c++) {
        assertThat((int) stored[c * AREA + p])
            .as("pixel %s, component %s", p, c)
            .isCloseTo(expected[p % 6][c], within(1));
      }
    }
  }

  @Test
  void axesAreRemapped() throws Exception {
    sample("train", 0);
    float[] normals = new float[3 * AREA];
    for (int p = 0; p < AREA; p++) {
      normals[3 * p] = 0.8f;
      normals[3 * p + 1] = 0.6f;
    }
    put("train/normal/0", Npy.encode(new int[] {H, W, 3}, normals));
    short[] stored = RawScenes.shorts(scenes(SAME + ", axes=\"z,-x,-y\"").read("train/0").get(3));
    assertThat(stored[0]).isZero();
    assertThat((int) stored[AREA]).isCloseTo(-26214, within(1));
    assertThat((int) stored[2 * AREA]).isCloseTo(-19660, within(1));
  }

  /** Nobody pins the type of these files: every one that NumPy writes by itself is read. */
  @Test
  void typesAndOrdersDoNotMatter() throws Exception {
    sample("train", 0);
    List<byte[]> expected = scenes(SAME).read("train/0");
    double[] image = new double[3 * AREA];
    double[] label = new double[AREA];
    byte[] bytes = new byte[3 * AREA];
    for (int p = 0; p < AREA; p++) {
      label[p] = p % 14 - 1;
      for (int c = 0; c < 3; c++) {
        bytes[3 * p + c] = (byte) (50 * c + p);
        // Fortran order: the first axis is the fastest.
        image[(c * W + p % W) * H + p / W] = (50 * c + p) / 255.0;
      }
    }
    put("train/image/0", raw("<f8", true, "(4, 6, 3)", image));
    put("train/label/0", raw("<f8", false, "(4, 6, 1)", label));
    put("train/depth/0", Npy.encode(new int[] {H, W}, RawScenes.floats(expected.get(2))));
    List<byte[]> content = scenes(SAME).read("train/0");
    for (int i = 0; i < 4; i++) {
      assertThat(content.get(i)).isEqualTo(expected.get(i));
    }
    put("train/image/0", Npy.encode(new int[] {H, W, 3}, bytes));
    assertThat(scenes(SAME).read("train/0").get(0)).isEqualTo(expected.get(0));
    Arrays.fill(bytes, (byte) 1); // an almost black image of bytes is not a white one of reals
    put("train/image/0", Npy.encode(new int[] {H, W, 3}, bytes));
    assertThat(scenes(SAME).read("train/0").get(0)).containsOnly(1);
  }

  @Test
  void everyBadSampleHasItsReason() throws Exception {
    for (int i = 0; i < 24; i++) {
      sample("train", i);
    }
    byte[] sound = Files.readAllBytes(root.resolve("train/image/0.npy"));
    Files.delete(root.resolve("train/image/1.npy"));
    Files.delete(root.resolve("train/label/2.npy"));
    Files.delete(root.resolve("train/depth/3.npy"));
    Files.delete(root.resolve("train/normal/4.npy"));
    put("train/image/5", Arrays.copyOf(sound, sound.length - 1));
    put("train/label/6", new byte[0]);
    put("train/depth/7", "P6 4 6 255".getBytes(StandardCharsets.US_ASCII));
    put("train/label/8", raw("|O", false, "(4, 6)", new double[30]));
    put("train/image/9", Npy.encode(new int[] {3, H, W}, new float[3 * AREA]));
    put("train/normal/10", Npy.encode(new int[] {H, W}, new float[AREA]));
    put("train/depth/11", Npy.encode(new int[] {W, H, 1}, new float[AREA]));
    put("train/label/12", labels(13));
    put("train/label/13", labels(-2));
    put("train/label/14", labels(255));
    put("train/depth/15", depths(-0.5f));
    put("train/depth/16", depths(4000));
    put("train/normal/17", normals(128));
    put("train/normal/18", normals(Float.POSITIVE_INFINITY));
    put("train/image/19", image(2));
    put("train/image/20", image(Float.NaN));
    put("train/image/21", raw("<f4", false, "(100000, 100000, 3)", new double[4]));
    put(
        "train/label/22",
        Npy.encode(
            new int[] {H, W},
            new float[] {
              0.5f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
            }));
    Path secret = Files.createTempFile("secret", ".npy");
    Files.write(secret, sound);
    Files.delete(root.resolve("train/image/23.npy"));
    Files.createSymbolicLink(root.resolve("train/image/23.npy"), secret);
    RawScenes.write(root.resolve("train/depth/readme.txt"), new byte[1]);
    RawScenes.write(root.resolve("train/label/7.npy.bak"), new byte[1]);
    Map<String, Reason> bad = scenes(SAME).bad();
    Files.delete(secret);
    Map<String, Reason> expected =
        Map.ofEntries(
            Map.entry("train/1", Reason.NO_IMAGE),
            Map.entry("train/2", Reason.NO_TARGET),
            Map.entry("train/3", Reason.NO_TARGET),
            Map.entry("train/4", Reason.NO_TARGET),
            Map.entry("train/5", Reason.TRUNCATED),
            Map.entry("train/6", Reason.TRUNCATED),
            Map.entry("train/7", Reason.WRONG_FORMAT),
            Map.entry("train/8", Reason.WRONG_FORMAT),
            Map.entry("train/9", Reason.WRONG_SIZE),
            Map.entry("train/10", Reason.WRONG_SIZE),
            Map.entry("train/11", Reason.WRONG_SIZE),
            Map.entry("train/12", Reason.BAD_LABEL),
            Map.entry("train/13", Reason.BAD_LABEL),
            Map.entry("train/14", Reason.BAD_LABEL),
            Map.entry("train/15", Reason.BAD_TARGET),
            Map.entry("train/16", Reason.BAD_TARGET),
            Map.entry("train/17", Reason.BAD_TARGET),
            Map.entry("train/18", Reason.BAD_TARGET),
            Map.entry("train/19", Reason.DAMAGED),
            Map.entry("train/20", Reason.DAMAGED),
            Map.entry("train/21", Reason.TOO_LARGE),
            Map.entry("train/22", Reason.BAD_LABEL),
            Map.entry("train/23", Reason.UNSAFE_NAME),
            Map.entry("train/readme.txt", Reason.WRONG_FORMAT),
            Map.entry("train/7.npy.bak", Reason.WRONG_FORMAT));
    assertThat(bad).containsExactlyInAnyOrderEntriesOf(expected);
  }

  @Test
  void normalsMayBeFittedInstead() throws Exception {
    sample("train", 0);
    Files.delete(root.resolve("train/normal/0.npy"));
    put("train/depth/0", depths(2));
    short[] stored = RawScenes.shorts(scenes(SAME + ", normals=fitted").read("train/0").get(3));
    for (int p = 0; p < AREA; p++) {
      assertThat((int) stored[2 * AREA + p]).as("a wall in front").isCloseTo(-32767, within(2));
    }
    assertThat(scenes(SAME).bad()).isEqualTo(Map.of("train/0", Reason.NO_TARGET));
  }

  @Test
  void saysWhatIsNotThere() {
    assertThatThrownBy(() -> scenes(SAME))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("there is no train/image/0.npy");
  }

  private static byte[] labels(int label) {
    int[] labels = new int[AREA];
    labels[AREA - 1] = label;
    return Npy.encode(new int[] {H, W}, labels);
  }

  private static byte[] depths(float metres) {
    float[] depths = new float[AREA];
    Arrays.fill(depths, metres);
    return Npy.encode(new int[] {H, W, 1}, depths);
  }

  private static byte[] normals(float z) {
    float[] normals = new float[3 * AREA];
    normals[2] = z;
    return Npy.encode(new int[] {H, W, 3}, normals);
  }

  private static byte[] image(float value) {
    float[] image = new float[3 * AREA];
    image[5] = value;
    return Npy.encode(new int[] {H, W, 3}, image);
  }

  /** A file with a header of any kind, and 64-bit reals behind it. */
  private static byte[] raw(String type, boolean fortran, String shape, double[] values) {
    String header =
        "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }"
            .formatted(type, fortran ? "True" : "False", shape);
    int start = 10 + header.length() + 1;
    ByteBuffer file =
        ByteBuffer.wrap(new byte[start + 8 * values.length]).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 0x93)
        .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
        .put((byte) 1)
        .put((byte) 0);
    file.putShort((short) (header.length() + 1));
    file.put(header.getBytes(StandardCharsets.US_ASCII)).put((byte) '\n');
    for (double value : values) {
      file.putDouble(value);
    }
    byte[] bytes = new byte[file.position()];
    file.rewind().get(bytes);
    return bytes;
  }
}
