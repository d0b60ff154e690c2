package org.sparkmto.preprocessing.matlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sinks;

/**
 * {@code v5-plain.mat} and {@code v5-compressed.mat} were written by SciPy 1.17.1 ({@code savemat},
 * without and with {@code do_compression}); {@code v4.mat} with {@code format='4'}. Files of the
 * other byte order come from MFL, an independent writer.
 */
final class MatFileTest {

  @ParameterizedTest
  @ValueSource(strings = {"v5-plain.mat", "v5-compressed.mat"})
  void everyKindOfValue(String name) throws Exception {
    MatFile mat = MatFile.parse(file(name));
    assertThat(mat.names()).contains("people", "ids", "title", "cells", "cube").hasSize(15);

    MatValue ids = mat.variable("ids");
    assertThat(ids.kind()).isEqualTo(MatValue.Kind.NUMBERS);
    assertThat(ids.rows()).isEqualTo(2);
    assertThat(ids.columns()).isEqualTo(3);
    assertThat(ids.integers()).containsExactly(1, 4, 2, 5, 3, 6); // column by column
    assertThat(ids.numbers()).containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(mat.variable("reals").numbers()).containsExactly(1.5, 3, -2, Double.NaN);
    assertThat(mat.variable("narrow").integers()).containsExactly(-128, 127);
    assertThat(mat.variable("wide").integers())
        .containsExactly(Integer.MIN_VALUE, Integer.MAX_VALUE);
    assertThat(mat.variable("single").numbers()).containsExactly(0.25);
    assertThat(mat.variable("huge").numbers()).containsExactly(0x1p63);
    assertThat(mat.variable("flag").integers()).containsExactly(1, 0);
    assertThat(mat.variable("nothing").integers()).isEmpty();
    assertThat(mat.variable("nothing").count()).isZero();
    assertThat(mat.variable("title").text()).isEqualTo("grüße");
    MatValue cube = mat.variable("cube");
    assertThat(cube.rows()).isEqualTo(2);
    assertThat(cube.columns()).isEqualTo(12);
    // MATLAB's cube(2, 1, 1) is second; in C order of (2, 3, 4) it is element 12.
    assertThat(cube.integers()).startsWith(0, 12, 4, 16);

    MatValue cells = mat.variable("cells");
    assertThat(cells.cells()).hasSize(2);
    assertThat(cells.cells().get(0).text()).isEqualTo("a");
    assertThat(cells.cells().get(1).numbers()).containsExactly(1, 2);
    MatValue deep = mat.variable("deep");
    assertThat(
            deep.field(0, "a")
                .orElseThrow()
                .field(0, "b")
                .orElseThrow()
                .field(0, "c")
                .orElseThrow()
                .integers())
        .containsExactly(7);

    MatValue people = mat.variable("people");
    assertThat(people.kind()).isEqualTo(MatValue.Kind.STRUCTS);
    assertThat(people.count()).isEqualTo(2);
    assertThat(people.fields()).containsExactly("body_bbox", "categories", "gender");
    assertThat(people.field(0, "body_bbox").orElseThrow().integers()).containsExactly(1, 2, 30, 40);
    assertThat(people.field(1, "body_bbox").orElseThrow().numbers())
        .containsExactly(-1.5, 2, 3, 4.25);
    assertThat(people.field(0, "categories").orElseThrow().cells().get(1).text())
        .isEqualTo("Esteem");
    assertThat(people.field(1, "gender").orElseThrow().text()).isEqualTo("Ängstlich");
    assertThat(people.field(1, "age")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bothByteOrders(boolean little) throws Exception {
    MatFile mat = MatFile.parse(fromMfl(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN));
    assertThat(mat.variable("trainNdxs").integers()).containsExactly(3, 70_000, -5);
    assertThat(mat.variable("names").cells().get(1).text()).isEqualTo("büch");
    assertThat(mat.variable("map").field(0, "labels13").orElseThrow().numbers())
        .containsExactly(12, 5.5);
  }

  @Test
  void gettersRefuseOtherKinds() throws Exception {
    MatFile mat = MatFile.parse(file("v5-plain.mat"));
    refused(Reason.DAMAGED, "no variable 'nowhere'", () -> mat.variable("nowhere"));
    refused(Reason.DAMAGED, "text instead of numbers", () -> mat.variable("title").numbers());
    refused(Reason.DAMAGED, "numbers instead of text", () -> mat.variable("ids").text());
    refused(Reason.DAMAGED, "instead of cells", () -> mat.variable("ids").cells());
    refused(Reason.DAMAGED, "instead of structs", () -> mat.variable("ids").field(0, "x"));
    refused(Reason.DAMAGED, "no element 2", () -> mat.variable("people").field(2, "gender"));
    refused(Reason.DAMAGED, "not a whole number", () -> mat.variable("reals").integers());
    refused(Reason.DAMAGED, "32 bits", () -> mat.variable("huge").integers());
    refused(Reason.DAMAGED, "complex", () -> mat.variable("complex").numbers());
  }

  @Test
  void otherFormatsAreNamed() throws Exception {
    refused(Reason.WRONG_FORMAT, "7.3", () -> MatFile.parse(file("v73.mat")));
    refused(Reason.WRONG_FORMAT, "7.3", () -> MatFile.parse(file("v73-links.mat")));
    refused(Reason.WRONG_FORMAT, "not a MATLAB file", () -> MatFile.parse(file("v4.mat")));
    refused(Reason.WRONG_FORMAT, "not a MATLAB file", () -> MatFile.parse(new byte[500]));
    refused(
        Reason.WRONG_FORMAT,
        "not a MATLAB file",
        () -> MatFile.parse("{}".getBytes(StandardCharsets.US_ASCII)));
    refused(Reason.TRUNCATED, "", () -> MatFile.parse(new byte[0]));
  }

  /** A cut between two variables cannot be seen; then the variables that follow are not there. */
  @ParameterizedTest
  @ValueSource(strings = {"v5-plain.mat", "v5-compressed.mat"})
  void everyCutIsNoticed(String name) throws Exception {
    byte[] file = file(name);
    int whole = 0;
    for (int length = 0; length < file.length; length++) {
      try {
        MatFile mat = MatFile.parse(Arrays.copyOf(file, length));
        whole++;
        assertThat(mat.names().size()).isLessThan(15);
      } catch (UnreadableSampleException e) {
        assertThat(e.reason()).isEqualTo(Reason.TRUNCATED);
      }
    }
    assertThat(whole).isEqualTo(15);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v5-plain.mat", "v5-compressed.mat"})
  void damageEndsInOneKindOfException(String name) throws Exception {
    byte[] file = file(name);
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = file.clone();
      if (i % 2 == 0) {
        damaged[random.nextInt(file.length)] = (byte) random.nextInt(256);
      } else {
        ByteBuffer.wrap(damaged).putInt(random.nextInt(file.length / 4) * 4, random.nextInt());
      }
      use(damaged);
    }
  }

  /** Nesting costs nothing: values are looked up where they are. */
  @Test
  void deepNestingIsHarmless() throws Exception {
    byte[] inner = new byte[0];
    int depth = 3000;
    for (int i = 0; i < depth; i++) {
      inner = element(14, matrix(1, "", new int[] {1, 1}, element(14, inner)));
      inner = Arrays.copyOfRange(inner, 8, inner.length);
    }
    byte[] nested = inner;
    for (byte[] file :
        new byte[][] {mat(element(14, nested)), mat(compressed(element(14, nested)))}) {
      MatFile parsed = MatFile.parse(file);
      assertThat(parsed.names()).isEmpty();
    }
    byte[] named = matrix(1, "x", new int[] {1, 1}, element(14, nested));
    MatValue value = MatFile.parse(mat(element(14, named))).variable("x");
    int seen = 0;
    while (value.kind() == MatValue.Kind.CELLS) {
      value = value.cells().get(0);
      seen++;
    }
    assertThat(seen).isEqualTo(depth + 1);
  }

  @Test
  void bombsAreSmall() throws Exception {
    byte[] zeros = bomb(0, 600 << 20);
    assertThat(zeros.length).isLessThan(4 << 20);
    refused(Reason.TOO_LARGE, "expand", () -> MatFile.parse(mat(zeros)));
    byte[] ones = bomb(1, 200 << 20);
    refused(Reason.TOO_LARGE, "expand", () -> MatFile.parse(mat(ones)));
  }

  /** A hundred masks of nothing but zeros are a few pages. */
  @Test
  void emptyMasksTakeNoMemory() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] data = new byte[100 << 20];
    data[99 << 20] = 7;
    byte[] matrix = matrix(9, "x", new int[] {1 << 20, 100}, element(2, data));
    byte[] file = mat(compressed(element(14, matrix)));
    long before = threads.getCurrentThreadAllocatedBytes();
    MatValue value = MatFile.parse(file).variable("x");
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(8 << 20);
    assertThat(value.rows()).isEqualTo(1 << 20);
    refused(Reason.TOO_LARGE, "at most", value::integers);
  }

  @Test
  void lyingSizesAllocateNothing() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    byte[] eight = element(9, new byte[8]);
    refusedNumbers("said to have", matrix(6, "x", new int[] {4000, 4000}, eight));
    refusedNumbers("dimensions", matrix(6, "x", new int[] {1 << 30, 1 << 30}, eight));
    refusedNumbers("negative", matrix(6, "x", new int[] {-1, -1}, eight));
    refusedNumbers("arrays", matrix(1, "x", new int[] {1 << 30, 1}, eight));
    refusedNumbers("arrays", matrix(1, "x", new int[] {1 << 18, 1}, eight));
    refusedNumbers("unknown class", matrix(99, "x", new int[] {1, 1}, eight));
    refusedNumbers("type 14", matrix(6, "x", new int[] {1, 1}, element(14, new byte[8])));
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16 << 20);
  }

  @Test
  void twoVariablesOfOneNameAreRefused() {
    byte[] one = element(14, matrix(6, "x", new int[] {1, 1}, element(9, new byte[8])));
    refused(Reason.DAMAGED, "twice", () -> MatFile.parse(mat(one, one)));
  }

  private interface Action {
    void run() throws Exception;
  }

  private static void refused(Reason reason, String detail, Action action) {
    assertThatExceptionOfType(UnreadableSampleException.class)
        .isThrownBy(action::run)
        .withMessageContaining(detail)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static void refusedNumbers(String detail, byte[] matrix) {
    for (byte[] file :
        new byte[][] {mat(element(14, matrix)), mat(compressed(element(14, matrix)))}) {
      assertThatExceptionOfType(UnreadableSampleException.class)
          .isThrownBy(
              () -> {
                MatValue value = MatFile.parse(file).variable("x");
                if (value.kind() == MatValue.Kind.CELLS) {
                  value.cells();
                } else {
                  value.numbers();
                }
              })
          .withMessageContaining(detail);
    }
  }

  /** Visits everything; only the documented exception may end it. */
  private static void use(byte[] file) {
    try {
      MatFile mat = MatFile.parse(file);
      for (String name : mat.names()) {
        visit(mat.variable(name), 0);
      }
    } catch (UnreadableSampleException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }

  private static void visit(MatValue value, int depth) {
    try {
      switch (value.kind()) {
        case NUMBERS -> {
          assertThat(value.numbers()).hasSize(value.count());
          value.integers();
        }
        case TEXT -> value.text();
        case CELLS -> {
          for (MatValue cell : value.cells()) {
            visit(cell, depth + 1);
          }
        }
        case STRUCTS -> {
          for (int i = 0; i < Math.min(3, value.count()); i++) {
            for (String field : value.fields()) {
              visit(value.field(i, field).orElseThrow(), depth + 1);
            }
          }
        }
        case OTHER -> assertThat(value.rows()).isNotNegative();
      }
    } catch (UnreadableSampleException e) {
      assertThat(depth).isLessThan(10);
    }
  }

  private static byte[] fromMfl(ByteOrder order) throws IOException {
    Matrix ids = Mat5.newMatrix(3, 1);
    ids.setDouble(0, 3);
    ids.setDouble(1, 70_000);
    ids.setDouble(2, -5);
    Matrix labels = Mat5.newMatrix(1, 2);
    labels.setDouble(0, 12);
    labels.setDouble(1, 5.5);
    ByteBuffer buffer = ByteBuffer.allocate(10_000).order(order);
    Mat5.newMatFile()
        .addArray("trainNdxs", ids)
        .addArray(
            "names",
            Mat5.newCell(1, 2).set(0, Mat5.newString("bett")).set(1, Mat5.newString("büch")))
        .addArray("map", Mat5.newStruct().set("labels13", labels))
        .writeTo(Sinks.wrap(buffer));
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private static byte[] mat(byte[]... elements) {
    ByteBuffer file =
        ByteBuffer.allocate(128 + Arrays.stream(elements).mapToInt(e -> e.length).sum())
            .order(ByteOrder.LITTLE_ENDIAN);
    file.put("MATLAB 5.0 MAT-file".getBytes(StandardCharsets.US_ASCII));
    file.putShort(124, (short) 0x0100).put(126, (byte) 'I').put(127, (byte) 'M').position(128);
    for (byte[] element : elements) {
      file.put(element);
    }
    return file.array();
  }

  private static byte[] matrix(int type, String name, int[] dimensions, byte[] data) {
    ByteBuffer flags = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(type).putInt(0);
    ByteBuffer sizes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    for (int dimension : dimensions) {
      sizes.putInt(dimension);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(data.length + 100);
    out.writeBytes(element(6, flags.array()));
    out.writeBytes(element(5, sizes.array()));
    out.writeBytes(element(1, name.getBytes(StandardCharsets.US_ASCII)));
    out.writeBytes(data);
    return out.toByteArray();
  }

  private static byte[] element(int type, byte[] data) {
    return ByteBuffer.allocate(8 + (data.length + 7) / 8 * 8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(type)
        .putInt(data.length)
        .put(data)
        .array();
  }

  private static byte[] compressed(byte[] element) {
    return packed(out -> out.write(element));
  }

  /** A variable of so many equal bytes. */
  private static byte[] bomb(int value, int size) {
    byte[] block = new byte[1 << 20];
    Arrays.fill(block, (byte) value);
    byte[] start = element(14, matrix(9, "x", new int[] {1, size}, element(2, new byte[0])));
    ByteBuffer.wrap(start)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(4, start.length - 8 + size)
        .putInt(start.length - 4, size);
    return packed(
        out -> {
          out.write(start);
          for (int i = 0; i < size; i += block.length) {
            out.write(block);
          }
        });
  }

  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private static byte[] packed(Content content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream packed =
        new DeflaterOutputStream(out, new Deflater(Deflater.BEST_SPEED), 1 << 16)) {
      content.writeTo(packed);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return element15(out.toByteArray());
  }

  /** A compressed element has no padding. */
  private static byte[] element15(byte[] data) {
    return ByteBuffer.allocate(8 + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(15)
        .putInt(data.length)
        .put(data)
        .array();
  }

  private static byte[] file(String name) throws IOException {
    try (InputStream in = MatFileTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
