package org.sparkmto.preprocessing.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * The files were written by NumPy 2.4.6: {@code np.save} of {@code np.arange(24).reshape(2, 3, 4)}
 * with the linear map below, as C and as Fortran array; {@code np.lib.format.write_array(...,
 * version=)} for versions 2 and 3.
 */
final class NpyTest {

  @ParameterizedTest
  @CsvSource({
    "le-f4,1,-5,4",
    "be-f4,1,-5,4",
    "le-f8,1,-5,4",
    "be-f8,1,-5,4",
    "u1,1,230,1",
    "i1,1,-5,1",
    "le-i2,1,-5,1",
    "be-i2,1,-5,1",
    "le-u2,1,65000,1",
    "be-u2,1,65000,1",
    "le-i4,1,-5,1",
    "be-i4,1,-5,1",
    "le-u4,1,4000000000,1",
    "le-i8,1,-5,1",
    "be-i8,1,-5,1"
  })
  void everyTypeInBothOrders(String name, double slope, double start, double divisor)
      throws Exception {
    for (String order : new String[] {"c", "fortran"}) {
      NpyArray array = Npy.parse(file(name + "-" + order), 24);
      assertThat(array.shape()).containsExactly(2, 3, 4);
      assertThat(array.count()).isEqualTo(24);
      float[] reals = array.reals();
      for (int i = 0; i < 24; i++) {
        assertThat(array.at(i)).isEqualTo((slope * i + start) / divisor);
        assertThat(reals[i]).isEqualTo((float) ((slope * i + start) / divisor));
      }
    }
  }

  @Test
  void booleansAreZeroAndOne() throws Exception {
    for (String order : new String[] {"b1-c", "b1-fortran"}) {
      int[] values = Npy.parse(file(order), 24).integers();
      for (int i = 0; i < 24; i++) {
        assertThat(values[i]).isEqualTo(i % 3 == 0 ? 1 : 0);
      }
    }
  }

  @Test
  void laterVersionsAndUnusualShapes() throws Exception {
    assertThat(Npy.parse(file("version-2"), 24).integers()[23]).isEqualTo(23);
    assertThat(Npy.parse(file("version-3"), 24).integers()[23]).isEqualTo(23);
    assertThat(Npy.parse(file("number"), 1).shape()).isEmpty();
    assertThat(Npy.parse(file("number"), 1).at(0)).isEqualTo(2.5);
    assertThat(Npy.parse(file("vector"), 5).reals()).containsExactly(0, 1, 2, 3, 4);
    assertThat(Npy.parse(file("empty"), 5).shape()).containsExactly(0, 3);
    assertThat(Npy.parse(file("empty"), 5).reals()).isEmpty();
  }

  @Test
  void onlyWholeNumbersAreIntegers() throws Exception {
    NpyArray quarters = Npy.parse(file("le-f4-c"), 24);
    refused(Reason.DAMAGED, "not a whole number", quarters::integers);
    NpyArray large = Npy.parse(file("le-u4-c"), 24);
    refused(Reason.DAMAGED, "4.0E9", large::integers);
    NpyArray nan = Npy.parse(Npy.encode(new int[] {1}, new float[] {Float.NaN}), 1);
    refused(Reason.DAMAGED, "NaN", nan::integers);
    NpyArray whole = Npy.parse(Npy.encode(new int[] {2}, new float[] {-1, 12}), 2);
    assertThat(whole.integers()).containsExactly(-1, 12);
  }

  @Test
  void numbersOfHalfPrecisionAreExact() throws Exception {
    assertThat(Npy.parse(file("half"), 24).count()).isPositive();
    String header = "{'descr': '<f2', 'fortran_order': False, 'shape': (7,), }";
    int[] bits = {0x0001, 0x03ff, 0x0400, 0x3c00, 0x7bff, 0xfc00, 0xc500};
    ByteBuffer file = ByteBuffer.allocate(10 + header.length() + 14);
    file.order(ByteOrder.LITTLE_ENDIAN);
    file.put(bytes("\u0093NUMPY\1\0")).putShort((short) header.length()).put(bytes(header));
    for (int number : bits) {
      file.putShort((short) number);
    }
    assertThat(Npy.parse(file.array(), 7).reals())
        .containsExactly(
            0x1p-24f, 1023 * 0x1p-24f, 0x1p-14f, 1, 65504, Float.NEGATIVE_INFINITY, -5);
  }

  @Test
  void picklesAreRefused() {
    refused(Reason.WRONG_FORMAT, "Python objects", () -> Npy.parse(file("objects"), 24));
    refused(Reason.WRONG_FORMAT, "named fields", () -> Npy.parse(file("fields"), 24));
    refused(Reason.WRONG_FORMAT, "does not start", () -> Npy.parse(bytes("PK\3\4..."), 24));
    refused(Reason.WRONG_FORMAT, "does not start", () -> Npy.parse(bytes("\u0080\4\u0095"), 24));
  }

  /** What NumPy itself reads back is in the tests above; this is our own file, byte by byte. */
  @Test
  void writesWhatNumpyWrites() throws Exception {
    float[] reals = new float[24];
    for (int i = 0; i < 24; i++) {
      reals[i] = (i - 5) / 4f;
    }
    assertThat(Npy.encode(new int[] {2, 3, 4}, reals)).isEqualTo(file("le-f4-c"));
    int[] whole = new int[24];
    Arrays.setAll(whole, i -> i - 5);
    assertThat(Npy.encode(new int[] {2, 3, 4}, whole)).isEqualTo(file("le-i8-c"));
    byte[] small = new byte[24];
    for (int i = 0; i < 24; i++) {
      small[i] = (byte) (i + 230);
    }
    assertThat(Npy.encode(new int[] {2, 3, 4}, small)).isEqualTo(file("u1-c"));
    assertThat(Npy.encode(new int[] {5}, new float[] {0, 1, 2, 3, 4})).isEqualTo(file("vector"));
  }

  @Property(tries = 50)
  void readsWhatItWrites(
      @ForAll @Size(max = 40) float[] values, @ForAll @IntRange(min = 1, max = 3) int rank)
      throws Exception {
    int[] shape = new int[rank];
    Arrays.fill(shape, 1);
    shape[rank - 1] = values.length;
    NpyArray array = Npy.parse(Npy.encode(shape, values), 40);
    assertThat(array.shape()).isEqualTo(shape);
    assertThat(array.reals()).isEqualTo(values);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999, 99999), }; TOO_LARGE",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }; TOO_LARGE",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 99999999999), }; TOO_LARGE",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }; TRUNCATED",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }; DAMAGED",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }; DAMAGED",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2.0,), }; DAMAGED",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 2, }; DAMAGED",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (exit(),), }; DAMAGED",
        "{'descr': '<f4', 'fortran_order': 1, 'shape': (2,), }; DAMAGED",
        "{'descr': 'f4', 'fortran_order': False, 'shape': (2,), }; WRONG_FORMAT",
        "{'descr': '|f4', 'fortran_order': False, 'shape': (2,), }; WRONG_FORMAT",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }; WRONG_FORMAT",
        "{'descr': '<U2', 'fortran_order': False, 'shape': (1,), }; WRONG_FORMAT",
        "{'descr': '|V8', 'fortran_order': False, 'shape': (1,), }; WRONG_FORMAT",
        "{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,), }; DAMAGED",
        "{'descr': '<f4', 'fortran_order': False, }; DAMAGED",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,), }; DAMAGED",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': True}; DAMAGED",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} + exit(); DAMAGED",
        "[]; DAMAGED",
      })
  void headersThatLie(String header, Reason reason) {
    byte[] text = bytes(header);
    byte[] file = Arrays.copyOf(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1}, 128 + 8);
    file[8] = 118;
    Arrays.fill(file, 10, 128, (byte) ' ');
    System.arraycopy(text, 0, file, 10, text.length);
    refused(reason, "", () -> Npy.parse(file, 1000));
  }

  @Test
  void longHeadersAreNotRead() {
    byte[] file = Arrays.copyOf(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2}, 70_000);
    Arrays.fill(file, 12, file.length, (byte) '(');
    file[8] = (byte) 0xff;
    file[9] = (byte) 0xff;
    refused(Reason.TOO_LARGE, "65535", () -> Npy.parse(file, 1000));
    file[8] = 0x10;
    file[9] = 0x27;
    refused(Reason.DAMAGED, "no dictionary", () -> Npy.parse(file, 1000));
  }

  @Test
  void everyCutIsNoticed() throws Exception {
    byte[] file = file("be-f8-fortran");
    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      refused(Reason.TRUNCATED, "", () -> Npy.parse(cut, 24));
    }
    byte[] longer = Arrays.copyOf(file, file.length + 1);
    refused(Reason.DAMAGED, "after the end", () -> Npy.parse(longer, 24));
  }

  @Test
  void damageEndsInOneKindOfException() throws Exception {
    byte[] file = file("le-i2-fortran");
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = file.clone();
      for (int flips = random.nextInt(3); flips >= 0; flips--) {
        damaged[random.nextInt(140)] = (byte) random.nextInt(256);
      }
      try {
        NpyArray array = Npy.parse(damaged, 1000);
        array.reals();
        array.integers();
      } catch (UnreadableSampleException e) {
        assertThat(e).hasMessageNotContaining("\n");
      }
    }
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

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] file(String name) throws IOException {
    try (InputStream in = NpyTest.class.getResourceAsStream(name + ".npy")) {
      return in.readAllBytes();
    }
  }
}
