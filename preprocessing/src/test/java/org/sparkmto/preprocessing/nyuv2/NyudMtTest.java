package org.sparkmto.preprocessing.nyuv2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.preprocessing.image.Png;
import org.sparkmto.preprocessing.numpy.Npy;

class NyudMtTest {
  private static final int H = 8;
  private static final int W = 16;
  private static final int AREA = H * W;
  private static final String SAME = "size=8x16, validation-share=0";

  @TempDir private Path root;

  private void sample(String name) throws IOException {
    byte[] gray = new byte[3 * AREA];
    Arrays.fill(gray, (byte) 90);
    write("images/" + name + ".jpg", Jpeg.encode(new Image(3, H, W, gray), 0.9f));
    int[] labels = new int[AREA];
    float[] depths = new float[AREA];
    float[] normals = new float[3 * AREA];
    int[] edges = new int[AREA];
    for (int i = 0; i < AREA; i++) {
      labels[i] = i % 41;
      depths[i] = 1 + i / 100f;
      normals[3 * i + 1] = -1;
      edges[i] = i % 2;
    }
    write("segmentation/" + name + ".png", Png.encode(new IntegerMap(H, W, labels), 8));
    write("depth/" + name + ".npy", Npy.encode(new int[] {H, W}, depths));
    write("normals/" + name + ".npy", Npy.encode(new int[] {H, W, 3}, normals));
    write("edge/" + name + ".npy", Npy.encode(new int[] {H, W}, edges));
  }

  private void write(String name, byte[] content) throws IOException {
    RawScenes.write(root.resolve(name), content);
  }

  private void lists(String train, String val) throws IOException {
    Files.createDirectories(root.resolve("gt_sets"));
    Files.writeString(root.resolve("gt_sets/train.txt"), train);
    Files.writeString(root.resolve("gt_sets/val.txt"), val);
  }

  private RawScenes scenes(String options) throws IOException {
    return RawScenes.of(NyudMt.ENTRY, root, options);
  }

  @Test
  void everyNumberComesBack() throws Exception {
    sample("0001");
    sample("0002");
    lists("0001\r\n\n", "0002\n");
    RawScenes scenes = scenes(SAME + ", edges=true");
    assertThat(scenes.bad()).isEmpty();
    assertThat(scenes.ids("train")).containsExactly("0001");
    assertThat(scenes.ids("test")).as("the list val").containsExactly("0002");
    List<byte[]> content = scenes.read("0001");
    assertThat(content).hasSize(5);
    for (int i = 0; i < AREA; i++) {
      assertThat((double) (content.get(0)[i] & 0xff)).isBetween(88.0, 92.0);
      assertThat(content.get(1)[i] & 0xff).isEqualTo(i % 41 == 0 ? 255 : i % 41 - 1);
      assertThat(RawScenes.floats(content.get(2))[i]).isEqualTo(1 + i / 100f);
      assertThat(RawScenes.shorts(content.get(3))[AREA + i]).isEqualTo((short) -32767);
      assertThat(content.get(4)[i]).isEqualTo((byte) (i % 2));
    }
    byte[] thirteen = scenes(SAME + ", classes=13").read("0001").get(1);
    assertThat(thirteen[1]).as("wall, 12 of 13").isEqualTo((byte) 11);
    assertThat(scenes(SAME).contents().tasks()).hasSize(3);
  }

  @Test
  void readsTheTreeInTheDirectoryAbove() throws Exception {
    Path above = root;
    root = above.resolve("NYUD_MT");
    sample("a");
    lists("a\n", "");
    root = above;
    assertThat(scenes(SAME).ids("train")).containsExactly("a");
  }

  @Test
  void everyBadSampleHasItsReason() throws Exception {
    for (String name :
        List.of(
            "good",
            "noimage",
            "nolabel",
            "nodepth",
            "nonormal",
            "twice",
            "both",
            "png",
            "gray",
            "stray",
            "label41",
            "cut",
            "odd")) {
      sample(name);
    }
    Files.delete(root.resolve("images/noimage.jpg"));
    Files.delete(root.resolve("segmentation/nolabel.png"));
    Files.delete(root.resolve("depth/nodepth.npy"));
    Files.delete(root.resolve("normals/nonormal.npy"));
    byte[] jpeg = Files.readAllBytes(root.resolve("images/good.jpg"));
    write("segmentation/gray.png", jpeg); // a picture is no map of labels, whatever its name
    int[] labels = new int[AREA];
    labels[3] = 41;
    write("segmentation/label41.png", Png.encode(new IntegerMap(H, W, labels), 8));
    write("images/cut.jpg", Arrays.copyOf(jpeg, jpeg.length - 20));
    write("depth/odd.npy", Npy.encode(new int[] {H, W - 1}, new float[H * (W - 1)]));
    byte[] colours = new byte[3 * AREA];
    write("images/png.jpg", Png.encode(new Image(3, H, W, colours))); // read for what it is
    lists(
        """
        good
        noimage
        nolabel
        nodepth
        nonormal
        twice
        twice
        both
        png
        gray
        label41
        cut
        odd
        ../secret
        /etc/passwd
        file:x
        .hidden
        ghost
        """,
        "both\n");
    assertThat(scenes(SAME).bad())
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("noimage", Reason.NO_IMAGE),
                Map.entry("nolabel", Reason.NO_TARGET),
                Map.entry("nodepth", Reason.NO_TARGET),
                Map.entry("nonormal", Reason.NO_TARGET),
                Map.entry("twice", Reason.DUPLICATE),
                Map.entry("both", Reason.DUPLICATE),
                Map.entry("gray", Reason.WRONG_FORMAT),
                Map.entry("stray", Reason.NO_PARTITION),
                Map.entry("label41", Reason.BAD_LABEL),
                Map.entry("cut", Reason.TRUNCATED),
                Map.entry("odd", Reason.WRONG_SIZE),
                Map.entry("../secret", Reason.UNSAFE_NAME),
                Map.entry("/etc/passwd", Reason.UNSAFE_NAME),
                Map.entry("file:x", Reason.UNSAFE_NAME),
                Map.entry(".hidden", Reason.UNSAFE_NAME),
                Map.entry("ghost", Reason.NO_IMAGE)));
  }

  @Test
  void saysWhatIsNotThere() throws Exception {
    assertThatThrownBy(() -> scenes(SAME))
        .isInstanceOf(PreprocessingException.class)
        .hasMessageContaining("there is no gt_sets/train.txt");
    Files.createDirectories(root.resolve("train/image"));
    assertThatThrownBy(() -> scenes(SAME)).hasMessageContaining("'nyuv2-npy'");
  }
}
