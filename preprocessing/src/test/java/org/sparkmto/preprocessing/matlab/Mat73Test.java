package org.sparkmto.preprocessing.matlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawFiles;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.storage.HadoopDefaults;

/**
 * The files were written by h5py 3.16.0 as MATLAB lays them out. {@code v73.mat} and {@code
 * v73-small.mat} have a user block of 512 bytes with MATLAB's text ({@code userblock_size=512}),
 * {@code MATLAB_class} attributes, gzip, shuffle, fletcher32, contiguous data, and cells of object
 * references; {@code v73-latest.mat} is {@code libver='latest'}; {@code v73-links.mat} has soft,
 * external and looping links; {@code v73-external.mat} keeps a data set in {@code /etc/passwd}. The
 * values are the formulas below.
 */
final class Mat73Test {
  @TempDir private Path directory;

  @Test
  void slicesOfEveryLayout() throws Exception {
    try (Mat73 mat = Mat73.open(resource("v73.mat"))) {
      assertThat(mat.dimensions("images")).hasValue(new int[] {2, 3, 16, 12});
      assertThat(mat.dimensions("labels")).hasValue(new int[] {2, 16, 12});
      assertThat(mat.dimensions("nowhere")).isEmpty();
      assertThat(mat.dimensions("#refs#")).isEmpty();
      for (int s = 1; s >= 0; s--) {
        int[] images = mat.integers("images", s);
        assertThat(images).hasSize(3 * 16 * 12);
        for (int i = 0; i < images.length; i++) {
          assertThat(images[i]).isEqualTo((s * images.length + i) * 7 % 256);
        }
        int[] labels = mat.integers("labels", s);
        int[] checked = mat.integers("checked", s);
        int[] signed = mat.integers("signed", s);
        float[] depths = mat.reals("depths", s);
        float[] raw = mat.reals("rawDepths", s);
        for (int i = 0; i < 16 * 12; i++) {
          int n = s * 16 * 12 + i;
          assertThat(labels[i]).isEqualTo(n * 331 % 65536);
          assertThat(checked[i]).isEqualTo(n);
          assertThat(signed[i]).isEqualTo(n % 256 - 128);
          assertThat(depths[i]).isEqualTo(n / 8f);
          assertThat(raw[i]).isEqualTo(n / 8f - 3);
        }
      }
    }
  }

  @Test
  void agreesWithAnotherReader() throws Exception {
    try (Mat73 mat = Mat73.open(resource("v73.mat"));
        HdfFile other = new HdfFile(resource("v73.mat"))) {
      int[][][][] images = (int[][][][]) other.getDatasetByPath("/images").getData();
      int[] own = mat.integers("images", 1);
      for (int i = 0; i < own.length; i++) {
        assertThat(own[i]).isEqualTo(images[1][i / 192][i / 12 % 16][i % 12]);
      }
    }
  }

  /** Java has no unsigned numbers; the generator's files say {@code uint8} in an attribute. */
  @Test
  void filesOfAWriterInJava() throws Exception {
    Path file = directory.resolve("java.mat");
    try (WritableHdfFile out = HdfFile.write(file)) {
      out.putDataset("images", new byte[][][] {{{1, -1}, {2, -128}}})
          .putAttribute("MATLAB_class", "uint8");
      out.putDataset("labels", new short[][] {{1, -1}});
      out.putDataset("depths", new float[][] {{1.5f, Float.NaN}});
      out.putDataset("below", new byte[][] {{-3}}).putAttribute("MATLAB_class", "int8");
    }
    try (Mat73 mat = Mat73.open(file)) {
      assertThat(mat.integers("images", 0)).containsExactly(1, 255, 2, 128);
      assertThat(mat.integers("labels", 0)).containsExactly(1, 65535);
      assertThat(mat.reals("depths", 0)).containsExactly(1.5f, Float.NaN);
      assertThat(mat.integers("below", 0)).containsExactly(-3);
    }
  }

  @Test
  void readsThroughHadoopToo() throws Exception {
    RawFiles files = new RawFiles(HadoopDefaults.copy());
    var path = new org.apache.hadoop.fs.Path(resource("v73.mat").toUri());
    try (Mat73 mat = Mat73.open(path, files.within(path.getParent()))) {
      assertThat(mat.reals("depths", 1)[0]).isEqualTo(24f);
    }
    var missing = new org.apache.hadoop.fs.Path(directory.toUri().toString(), "none.mat");
    assertThatExceptionOfType(PreprocessingException.class)
        .isThrownBy(() -> Mat73.open(missing, files))
        .withMessageContaining("none.mat cannot be opened");
    Path link = Files.createSymbolicLink(directory.resolve("link.mat"), resource("v73.mat"));
    assertThatExceptionOfType(PreprocessingException.class)
        .isThrownBy(
            () ->
                Mat73.open(
                    new org.apache.hadoop.fs.Path(link.toUri()),
                    files.within(new org.apache.hadoop.fs.Path(directory.toUri()))))
        .withMessageContaining("outside");
  }

  @Test
  void linksAreNotFollowed() throws Exception {
    try (Mat73 mat = Mat73.open(resource("v73-links.mat"))) {
      for (String name : new String[] {"images", "a", "b", "depths", "soft"}) {
        refused("not followed", () -> mat.dimensions(name));
      }
      assertThat(mat.dimensions("data")).hasValue(new int[] {2, 3});
      assertThat(mat.dimensions("loop")).isEmpty();
    }
    try (Mat73 mat = Mat73.open(resource("v73-external.mat"))) {
      refused("other files", () -> mat.dimensions("depths"));
    }
  }

  @Test
  void whatIsMissingOrOfAnotherType() throws Exception {
    try (Mat73 mat = Mat73.open(resource("v73.mat"))) {
      refused("no variable", () -> mat.integers("nowhere", 0));
      refused("plain numbers", () -> mat.dimensions("names"));
      unreadable("real numbers", () -> mat.integers("depths", 0));
      unreadable("whole numbers", () -> mat.reals("labels", 0));
      unreadable("none of index 2", () -> mat.integers("labels", 2));
      unreadable("none of index -1", () -> mat.integers("labels", -1));
      // Chunks that were never written are no data, whatever HDF5 would fill in.
      unreadable("0 of 2 chunks", () -> mat.integers("holes", 0));
      unreadable("1 of 2 chunks", () -> mat.integers("holes", 1));
    }
    refused("not there", () -> Mat73.open(directory.resolve("none.mat")));
    refused("not HDF5", () -> Mat73.open(resource("v5-plain.mat")));
    refused(
        "as MATLAB does not",
        () -> {
          try (Mat73 mat = Mat73.open(resource("v73-latest.mat"))) {
            assertThat(mat.reals("depths", 1)[3]).isEqualTo(5.75f);
            mat.dimensions("images");
          }
        });
  }

  @Test
  void everyCutIsNoticedOnOpening() throws Exception {
    byte[] file = Files.readAllBytes(resource("v73-small.mat"));
    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      refused("", () -> memory(cut));
    }
  }

  @Test
  void userBlocksOfAnySizeAndAddedLater() throws Exception {
    byte[] file = Files.readAllBytes(resource("v73-links.mat"));
    for (int block : new int[] {512, 4096}) {
      byte[] moved = new byte[block + file.length];
      System.arraycopy(file, 0, moved, block, file.length);
      try (Mat73 mat = memory(moved)) {
        assertThat(mat.integers("data", 1)).containsExactly(0, 0, 0);
      }
    }
  }

  @Test
  void loopsOfTreesAndBlocksEnd() throws Exception {
    byte[] file = Files.readAllBytes(resource("v73.mat"));
    int trees = 0;
    for (int at = 0; at + 24 < file.length; at++) {
      if (file[at] == 'T' && file[at + 1] == 'R' && file[at + 2] == 'E' && file[at + 3] == 'E') {
        trees++;
        boolean names = file[at + 4] == 0;
        byte[] loop = file.clone();
        ByteBuffer bytes = ByteBuffer.wrap(loop).order(ByteOrder.LITTLE_ENDIAN);
        // Every child of the node is the node itself, and it claims to be high up.
        loop[at + 5] = 20;
        int key = names ? 8 : 8 + 8 * 4;
        for (int child = at + 24 + key; child + 8 < loop.length && child < at + 2000; child += 8) {
          bytes.putLong(child, at - 512);
        }
        use(loop);
        loop[at + 5] = (byte) 255;
        use(loop);
      }
    }
    assertThat(trees).isGreaterThan(4);
  }

  /** A block of empty messages that goes on with itself: 4 bytes each there, 50 in memory. */
  @Test
  void emptyMessagesWithoutEnd() {
    int size = 1 << 20;
    ByteBuffer file = ByteBuffer.allocate(44 + 10 + size + 4).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(0x0a1a0a0d46444889L).put(new byte[] {2, 8, 8, 0});
    file.putLong(0).putLong(-1).putLong(file.capacity()).putLong(44);
    file.put(new byte[] {'O', 'H', 'D', 'R', 2, 2}).putInt(size);
    file.put((byte) 0x10).putShort((short) 16).put((byte) 0).putLong(50).putLong(size + 8L);
    refused("messages", () -> memory(file.array()));
  }

  /** Names that overlap in their heap: 40 bytes each in the file, 1,000 in memory. */
  @Test
  void namesWithoutEnd() {
    int names = 100_000;
    int each = 50_000;
    byte[] heap = new byte[names + 1024];
    new Random(1).nextBytes(heap);
    for (int i = 0; i < heap.length; i++) {
      heap[i] = (byte) (1 + (heap[i] & 63));
    }
    int tree = 136;
    int heapAt = tree + 24 + 2 * 16 + 8;
    int symbols = heapAt + 32 + heap.length;
    int length = symbols + names / each * (8 + 40 * each);
    ByteBuffer file = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(0x0a1a0a0d46444889L).put(new byte[] {0, 0, 0, 0, 0, 8, 8, 0});
    file.putInt(0x00100004).putInt(0).putLong(0).putLong(-1).putLong(length).putLong(-1);
    file.putLong(0).putLong(96).position(96);
    file.putShort((short) 1).putShort((short) 1).putInt(1).putLong(24);
    file.putShort((short) 0x11).putShort((short) 16).putInt(0).putLong(tree).putLong(heapAt);
    file.put("TREE".getBytes(StandardCharsets.US_ASCII)).putShort((short) 0).putShort((short) 2);
    file.putLong(-1).putLong(-1);
    file.putLong(0).putLong(symbols).putLong(0).putLong(symbols + 8 + 40L * each).putLong(0);
    file.put("HEAP".getBytes(StandardCharsets.US_ASCII)).putInt(0);
    file.putLong(heap.length).putLong(1).putLong(heapAt + 32L).put(heap);
    for (int i = 0; i < names; i++) {
      if (i % each == 0) {
        file.put("SNOD".getBytes(StandardCharsets.US_ASCII)).putShort((short) 1);
        file.putShort((short) each);
      }
      file.putLong(i).putLong(96).put(new byte[24]);
    }
    refused("more than", () -> memory(file.array()));
  }

  @Test
  void damageEndsInTheTwoKindsOfException() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] file = Files.readAllBytes(resource("v73-small.mat"));
    Random random = new Random(5);
    long most = 0;
    for (int i = 0; i < 3 * file.length; i++) {
      byte[] damaged = file.clone();
      damaged[i % file.length] = (byte) (i < file.length ? 0xff : random.nextInt(256));
      if (i >= 2 * file.length) {
        ByteBuffer.wrap(damaged).putInt(random.nextInt(file.length / 4) * 4, random.nextInt());
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      use(damaged);
      most = Math.max(most, threads.getCurrentThreadAllocatedBytes() - before);
    }
    // A slice may have 2^24 numbers; nothing here comes near.
    assertThat(most).isLessThan(200L << 20);
  }

  @Test
  void headersThatLie() throws Exception {
    byte[] file = Files.readAllBytes(resource("v73-small.mat"));
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int found = 0;
    for (int at = 0; at + 32 < file.length; at++) {
      // The dataspace of images, 2 x 3 x 4 x 5; its maximum, which follows, is not read.
      if (found == 0
          && bytes.getLong(at) == 2
          && bytes.getLong(at + 8) == 3
          && bytes.getLong(at + 16) == 4) {
        for (long lie : new long[] {1L << 20, 1L << 31, 1L << 40, -1}) {
          byte[] lying = file.clone();
          ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putLong(at + 8, lie);
          refused(
              "",
              () -> {
                try (Mat73 mat = memory(lying)) {
                  mat.dimensions("images");
                  mat.integers("images", 0);
                } catch (UnreadableSampleException e) {
                  throw PreprocessingException.failed(e.getMessage());
                }
              });
        }
        found++;
      }
    }
    assertThat(found).isEqualTo(1);
  }

  private interface Action {
    void run() throws Exception;
  }

  private static void refused(String detail, Action action) {
    assertThatExceptionOfType(PreprocessingException.class)
        .isThrownBy(action::run)
        .withMessageContaining(detail)
        .withMessageNotContaining("\n");
  }

  private static void unreadable(String detail, Action action) {
    assertThatExceptionOfType(UnreadableSampleException.class)
        .isThrownBy(action::run)
        .withMessageContaining(detail)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.DAMAGED));
  }

  /** Reads everything there is; only the documented exceptions may end it. */
  private static void use(byte[] file) throws IOException {
    try (Mat73 mat = memory(file)) {
      for (String name : new String[] {"images", "depths", "labels", "checked"}) {
        try {
          int slices = mat.dimensions(name).map(dimensions -> dimensions[0]).orElse(0);
          for (int i = 0; i < Math.min(slices, 3); i++) {
            if (name.equals("depths")) {
              mat.reals(name, i);
            } else {
              mat.integers(name, i);
            }
          }
        } catch (UnreadableSampleException e) {
          assertThat(e).hasMessageNotContaining("\n");
        } catch (PreprocessingException e) {
          assertThat(e).hasMessageContaining("memory");
        }
      }
    } catch (PreprocessingException e) {
      assertThat(e).hasMessageContaining("memory");
    }
  }

  private static Mat73 memory(byte[] file) throws IOException {
    return Mat73.open(
        "memory",
        new HdfSource.Storage() {
          @Override
          public void read(long position, byte[] target) throws IOException {
            if (position + target.length > file.length) {
              throw new EOFException("read past the end"); // must have been checked before
            }
            System.arraycopy(file, (int) position, target, 0, target.length);
          }

          @Override
          public void close() {}
        },
        file.length);
  }

  private static Path resource(String name) throws URISyntaxException, IOException {
    try (InputStream there = Mat73Test.class.getResourceAsStream(name)) {
      assertThat(there).as(name).isNotNull();
    }
    return Path.of(Mat73Test.class.getResource(name).toURI());
  }
}
