package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.network.Safetensors.Declared;
import org.sparkmto.network.Safetensors.Dtype;
import org.sparkmto.random.Draws;

class SafetensorsTest {
  private static final String WHERE = "run/model.safetensors";

  @Test
  void equalContentGivesEqualBytesInWhateverOrderTheMetadataCome() throws IOException {
    Map<String, String> metadata = new java.util.LinkedHashMap<>();
    metadata.put("z", "1");
    metadata.put("a", "2");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.writeFloats(out, Map.of("x", FlatVector.zeros(1)), metadata);
    assertThat(out.toString(java.nio.charset.StandardCharsets.ISO_8859_1))
        .contains("{\"a\":\"2\",\"z\":\"1\"}");
  }

  @Test
  void bytesAreThoseOfTheFormat() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.writeFloats(out, Map.of("a", FlatVector.of(1, -2)), Map.of("k", "v"));
    String json =
        "{\"__metadata__\":{\"k\":\"v\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    assertThat(json).hasSizeBetween(73, 79);
    ByteBuffer expected = ByteBuffer.allocate(8 + 80 + 8).order(ByteOrder.LITTLE_ENDIAN);
    expected.putLong(80).put(String.format("%-80s", json).getBytes(StandardCharsets.UTF_8));
    expected.putFloat(1).putFloat(-2);
    assertThat(out.toByteArray()).isEqualTo(expected.array());
  }

  @Test
  void doublesComeBackBitForBit() throws IOException {
    double payload = Double.longBitsToDouble(0x7ff8_0000_dead_beefL);
    Map<String, double[]> state = new LinkedHashMap<>();
    state.put(
        "logits",
        new double[] {
          Double.NaN, payload, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 0.1
        });
    state.put("empty", new double[0]);
    state.put("ä \"quoted\"\n", new double[] {Double.MIN_VALUE, Double.MAX_VALUE});
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.writeDoubles(out, state, Map.of());
    Map<String, double[]> back =
        Safetensors.readDoubles(new ByteArrayInputStream(out.toByteArray()), WHERE);
    assertThat(back.keySet()).containsExactlyElementsOf(state.keySet());
    state.forEach((name, values) -> assertThat(bits(back.get(name))).isEqualTo(bits(values)));
  }

  @Property(tries = 60)
  void piecesOfAnySizeComeBack(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 40_000) int floats,
      @ForAll @IntRange(min = 0, max = 20_000) int doubles,
      @ForAll @IntRange(min = 1, max = 30_000) int written,
      @ForAll @IntRange(min = 1, max = 30_000) int read)
      throws IOException {
    Draws draws = Draws.of(seed);
    float[] f = new float[floats];
    for (int i = 0; i < floats; i++) {
      f[i] = Float.intBitsToFloat((int) draws.of("f").bits(i));
    }
    double[] d = new double[doubles];
    for (int i = 0; i < doubles; i++) {
      d[i] = Double.longBitsToDouble(draws.of("d").bits(i));
    }
    List<Declared> tensors =
        List.of(
            new Declared("d", Dtype.F64, List.of(1L, (long) doubles)),
            Declared.vector("nothing", Dtype.F32, 0),
            Declared.vector("f", Dtype.F32, floats));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter writer = new SafetensorsWriter(out, tensors, Map.of());
    for (int at = 0; at < doubles; at += written) {
      writer.doubles(d, at, Math.min(written, doubles - at));
    }
    for (int at = 0; at < floats; at += written) {
      writer.floats(f, at, Math.min(written, floats - at));
    }
    writer.finish();

    SafetensorsReader reader = new SafetensorsReader(slowly(out.toByteArray()), WHERE);
    assertThat(reader.tensors()).containsExactlyInAnyOrderElementsOf(tensors);
    double[] dBack = new double[doubles];
    float[] fBack = new float[floats];
    for (int at = 0; at < doubles; at += read) {
      reader.doubles(dBack, at, Math.min(read, doubles - at));
    }
    for (int at = 0; at < floats; at += read) {
      reader.floats(fBack, at, Math.min(read, floats - at));
    }
    reader.finish();
    assertThat(bits(dBack)).isEqualTo(bits(d));
    assertThat(bits(fBack)).isEqualTo(bits(f));
  }

  @Test
  void floatsAreReadIntoGivenVectorsInAnyOrder() throws IOException {
    Map<String, FlatVector> state = new LinkedHashMap<>();
    state.put("m", FlatVector.of(1, 2, 3));
    state.put("v", FlatVector.of(4, 5, 6));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.writeFloats(out, state, Map.of("step", "7"));
    Map<String, FlatVector> back = new LinkedHashMap<>();
    back.put("v", FlatVector.zeros(3));
    back.put("m", FlatVector.zeros(3));
    assertThat(Safetensors.readFloats(new ByteArrayInputStream(out.toByteArray()), WHERE, back))
        .isEqualTo(Map.of("step", "7"));
    assertThat(back.get("m").toArray()).containsExactly(1, 2, 3);
    assertThat(back.get("v").toArray()).containsExactly(4, 5, 6);
  }

  @Test
  void otherNamesAndLengthsAreListedAndNothingIsTouched() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Map<String, FlatVector> written = new LinkedHashMap<>();
    written.put("m", FlatVector.of(1, 2));
    written.put("old", FlatVector.of(1));
    Safetensors.writeFloats(out, written, Map.of());
    Map<String, FlatVector> into = new LinkedHashMap<>();
    into.put("m", FlatVector.zeros(3));
    for (int i = 0; i < 7; i++) {
      into.put("v" + i, FlatVector.zeros(1));
    }
    assertThatThrownBy(
            () -> Safetensors.readFloats(new ByteArrayInputStream(out.toByteArray()), WHERE, into))
        .isInstanceOf(SafetensorsException.class)
        .hasMessage(
            WHERE
                + ": not the expected tensors; missing: v0, v1, v2, v3, v4 and 2 more; "
                + "unexpected: old; different: m F32[2] instead of F32[3]");
    assertThat(into.get("m").toArray()).containsOnly(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":{\"dtype\":\"C64\",\"shape\":[2],\"data_offsets\":[0,4]}} | a has dtype \"C64\";"
            + " known are [F32, F64,",
        "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}} | tensor a has dtype",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}} | needs 12 bytes, its"
            + " data_offsets are [0, 8]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,8]}} | shape [-1]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,8]}} | shape [1.5]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}} | shape 2",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}} | data_offsets are [8,"
            + " 0]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}} | data_offsets are [0]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}} | begins at byte 8 of"
            + " the data, but the one before it ends at 0",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}"
            + " | begins at byte 4",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}"
            + " | Duplicate field 'a'",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}} |"
            + " huge shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}} | not"
            + " a list of sizes",
        "{\"__metadata__\":{\"n\":1}} | metadata 'n' is not text",
        "{\"__metadata__\":[]} | metadata are not text",
        "[1,2] | not a JSON object",
        "{\"a\":7} | dtype",
        "{\"a\": | header is damaged",
        "{} {} | header is damaged",
        "{} | bytes follow the last tensor",
      })
  void damagedHeadersAreRefused(String json, String reason) {
    byte[] file = file(json, new byte[16]);
    assertThatThrownBy(() -> Safetensors.readDoubles(new ByteArrayInputStream(file), WHERE))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageStartingWith(WHERE + ": ")
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 100_000_001, Long.MAX_VALUE, -1})
  void impossibleHeaderLengthsAreRefused(long length) {
    byte[] file = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
    assertThatThrownBy(() -> new SafetensorsReader(new ByteArrayInputStream(file), WHERE))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining(
            "its header would be " + Long.toUnsignedString(length) + " bytes long");
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Map<String, double[]> state = new LinkedHashMap<>();
    state.put("a", new double[] {1, 2});
    state.put("b", new double[] {3});
    Safetensors.writeDoubles(out, state, Map.of("k", "v"));
    byte[] whole = out.toByteArray();
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> Safetensors.readDoubles(new ByteArrayInputStream(part), WHERE))
          .as("%d bytes", length)
          .isInstanceOf(SafetensorsException.class);
    }
  }

  @Test
  void falseLengthsDoNotExhaustTheHeap() {
    // 2 GB each, in a file of a few bytes; surefire's heap would not hold them.
    byte[] doubles =
        file("{\"a\":{\"dtype\":\"F64\",\"shape\":[268435000],\"data_offsets\":[0,2147480000]}}");
    assertThatThrownBy(() -> Safetensors.readDoubles(new ByteArrayInputStream(doubles), WHERE))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("the file ends within tensor a F64[268435000]");
    byte[] header =
        ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN).putLong(99_000_000).array();
    assertThatThrownBy(() -> new SafetensorsReader(new ByteArrayInputStream(header), WHERE))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("the file ends within its header, after 1 of 99000000");
  }

  @Test
  void theWriterHoldsItsUserToTheDeclaration() throws IOException {
    List<Declared> tensors =
        List.of(Declared.vector("a", Dtype.F32, 2), Declared.vector("b", Dtype.F64, 1));
    SafetensorsWriter writer =
        new SafetensorsWriter(new ByteArrayOutputStream(), tensors, Map.of());
    assertThatThrownBy(() -> writer.floats(new float[3], 0, 3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("3 values F32 where 2 of a F32[2] are next");
    assertThatThrownBy(() -> writer.doubles(new double[1], 0, 1))
        .isInstanceOf(IllegalStateException.class);
    writer.floats(new float[2], 0, 2);
    assertThatThrownBy(writer::finish)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("values of b F64[1] are missing");
    assertThatThrownBy(
            () ->
                new SafetensorsWriter(
                    new ByteArrayOutputStream(), List.of(tensors.get(0), tensors.get(0)), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two tensors are called a");
    assertThatThrownBy(() -> Declared.vector("__metadata__", Dtype.F32, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** A stream that gives few bytes at a time, as one from a network does. */
  private static InputStream slowly(byte[] bytes) {
    return new FilterInputStream(new ByteArrayInputStream(bytes)) {
      @Override
      public int read(byte[] into, int at, int count) throws IOException {
        return super.read(into, at, Math.min(count, 1009));
      }
    };
  }

  private static byte[] file(String json, byte... data) {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + header.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .put(data)
        .array();
  }

  private static long[] bits(double[] values) {
    return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
