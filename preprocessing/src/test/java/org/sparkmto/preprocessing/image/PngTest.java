package org.sparkmto.preprocessing.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.random.Draws;

class PngTest {
  private static final Draws DRAWS = Draws.of(5);

  /** Pitfall 1: the JDK's {@code getRGB} corrects gray for gamma. */
  @Test
  void labelsAreNotCorrectedForGamma() throws Exception {
    IntegerMap labels = new IntegerMap(1, 4, new int[] {0, 2, 33, 255});
    byte[] file = Png.encode(labels, 8);
    assertThat(ImageIO.read(new ByteArrayInputStream(file)).getRGB(1, 0) & 0xff)
        .as("what the mistake gives")
        .isEqualTo(0x16);
    assertThat(Png.decodeNumbers(file).values()).containsExactly(0, 2, 33, 255);
    assertThat(Png.decodeColour(file).at(1, 0, 1)).isEqualTo(2);
  }

  /** Pitfall 2: samples of 16 bits are unsigned. */
  @Test
  void sixteenBitsAreUnsigned() throws Exception {
    int[] values = {0, 1, 2, 257, 32767, 32768, 33005, 65535};
    byte[] file = Png.encode(new IntegerMap(2, 4, values), 16);
    assertThat(Png.decodeNumbers(file).values()).containsExactly(values);
  }

  /** Pitfall 3: the number of a palette's pixel is its index, not its colour. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void numbersOfAPaletteAreItsIndices(int bits) throws Exception {
    int entries = 1 << bits;
    byte[] reds = new byte[entries];
    byte[] greens = new byte[entries];
    byte[] blues = new byte[entries];
    for (int i = 0; i < entries; i++) {
      reds[i] = (byte) (200 - i);
      greens[i] = (byte) (3 * i);
      blues[i] = (byte) (7 * i);
    }
    IndexColorModel model = new IndexColorModel(bits, entries, reds, greens, blues);
    BufferedImage image =
        new BufferedImage(
            13,
            5,
            bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY,
            model);
    int[] indices = numbers(65, entries);
    image.getRaster().setSamples(0, 0, 13, 5, 0, indices);
    for (boolean interlaced : List.of(false, true)) {
      byte[] file = written(image, interlaced);
      assertThat(file[24]).isEqualTo((byte) bits);
      assertThat(file[25]).as("palette").isEqualTo((byte) 3);
      assertThat(Png.decodeNumbers(file).values()).isEqualTo(indices);
      Image colours = Png.decodeColour(file);
      for (int i = 0; i < indices.length; i++) {
        assertThat(colours.at(0, i / 13, i % 13)).isEqualTo((200 - indices[i]) & 0xff);
        assertThat(colours.at(1, i / 13, i % 13)).isEqualTo((3 * indices[i]) & 0xff);
        assertThat(colours.at(2, i / 13, i % 13)).isEqualTo((7 * indices[i]) & 0xff);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16})
  void grayOfEveryDepthAgreesWithTheSamplesWritten(int bits) throws Exception {
    for (int width = 1; width <= 19; width += 3) {
      int[] values = numbers(width * 11, 1 << bits);
      for (int filter = 0; filter <= 4; filter++) {
        byte[] rows = grayRows(values, width, bits, filter);
        byte[] file = file(header(width, 11, bits, 0, 0), data(rows));
        assertThat(Png.decodeNumbers(file).values())
            .as("%d bits, width %d, filter %d", bits, width, filter)
            .isEqualTo(values);
        Raster jdk = ImageIO.read(new ByteArrayInputStream(file)).getRaster();
        assertThat(jdk.getSamples(0, 0, width, 11, 0, (int[]) null)).isEqualTo(values);
      }
    }
  }

  @Test
  void coloursAgreeWithTheDecoderOfTheJdk() throws Exception {
    int[] types = {
      BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_4BYTE_ABGR, BufferedImage.TYPE_BYTE_GRAY
    };
    for (int type : types) {
      for (int side : new int[] {1, 2, 3, 5, 8, 9, 31}) {
        BufferedImage image = new BufferedImage(side, side + 3, type);
        int bands = image.getRaster().getNumBands();
        int[] smooth = new int[side * (side + 3) * bands];
        for (int i = 0; i < smooth.length; i++) {
          smooth[i] = (i * 3 + DRAWS.below(9, i)) & 0xff;
        }
        image.getRaster().setPixels(0, 0, side, side + 3, smooth);
        for (boolean interlaced : List.of(false, true)) {
          Image decoded = Png.decodeColour(written(image, interlaced));
          for (int y = 0; y < side + 3; y++) {
            for (int x = 0; x < side; x++) {
              for (int c = 0; c < 3; c++) {
                assertThat(decoded.at(c, y, x))
                    .isEqualTo(smooth[(y * side + x) * bands + Math.min(c, bands - 1)]);
              }
            }
          }
        }
      }
    }
  }

  @Test
  void grayOfFewBitsSpreadsOverTheWholeRangeAsAColour() throws Exception {
    byte[] file = file(header(4, 1, 2, 0, 0), data(new byte[] {0, 0b00_01_10_11}));
    Image image = Png.decodeColour(file);
    assertThat(image.samples()).containsExactly(repeated(0, 85, 170, 255));
  }

  @Test
  void ancillaryChunksChangeNothing() throws Exception {
    byte[] pixels = data(new byte[] {0, 1, 2, 3});
    byte[] plain = file(header(3, 1, 8, 0, 0), pixels);
    byte[] dressed =
        file(
            header(3, 1, 8, 0, 0),
            chunk("gAMA", 0, 0, 0x27, 0x10),
            chunk("iCCP", 'x', 0, 0, 1, 2, 3),
            chunk("tRNS", 0, 2),
            chunk("zTXt", 'x', 0, 0, 99, 98),
            pixels,
            chunk("tEXt", 'a', 0, 'b'));
    assertThat(Png.decodeNumbers(dressed).values()).containsExactly(1, 2, 3);
    assertThat(Png.decodeColour(dressed).samples()).isEqualTo(Png.decodeColour(plain).samples());
  }

  @Test
  void imagesAndMapsComeBackAsTheyWere() throws Exception {
    byte[] samples = new byte[4 * 7 * 9];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) DRAWS.below(256, i);
    }
    byte[] colours = Arrays.copyOf(samples, 3 * 63);
    assertThat(Png.decodeColour(Png.encode(new Image(3, 7, 9, colours))).samples())
        .isEqualTo(colours);
    byte[] withAlpha = Png.encode(new Image(4, 7, 9, samples));
    assertThat(withAlpha[25]).as("RGB and alpha").isEqualTo((byte) 6);
    assertThat(Png.decodeColour(withAlpha).samples()).isEqualTo(colours);
    assertThatThrownBy(() -> Png.encode(new IntegerMap(1, 1, new int[] {256}), 8))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Png.encode(new IntegerMap(1, 1, new int[] {-1}), 16))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void coloursAreNoNumbersAndSixteenBitsNoImage() throws Exception {
    assertThat(refusal(Png.encode(new Image(3, 1, 1, new byte[3])))).isEqualTo(Reason.WRONG_FORMAT);
    byte[] grayAlpha = file(header(1, 1, 8, 4, 0), data(new byte[] {0, 7, 9}));
    assertThat(refusal(grayAlpha)).isEqualTo(Reason.WRONG_FORMAT);
    byte[] deep = Png.encode(new IntegerMap(1, 1, new int[] {300}), 16);
    assertThat(
            catchThrowableOfType(UnreadableSampleException.class, () -> Png.decodeColour(deep))
                .reason())
        .isEqualTo(Reason.WRONG_FORMAT);
  }

  @Test
  void everyCutAndEveryFlippedByteIsSeen() throws Exception {
    byte[] whole = Png.encode(new IntegerMap(6, 5, numbers(30, 65536)), 16);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThat(refusal(cut))
          .as("the first %d of %d bytes", length, whole.length)
          .isEqualTo(length < 8 ? Reason.WRONG_FORMAT : Reason.TRUNCATED);
    }
    for (int position = 0; position < whole.length; position++) {
      for (int mask : new int[] {1, 0x80, 0xff}) {
        byte[] flipped = whole.clone();
        flipped[position] ^= (byte) mask;
        refusal(flipped);
      }
    }
  }

  @Test
  void damageBehindRightCheckSumsIsSeen() throws Exception {
    byte[] rows = grayRows(numbers(20 * 20, 256), 20, 8, 4);
    byte[] compressed = deflated(rows);
    int refused = 0;
    for (int round = 0; round < 2_000; round++) {
      byte[] broken = compressed.clone();
      broken[DRAWS.at(round).below(broken.length, 0)] ^= (byte) (1 + DRAWS.at(round).below(255, 1));
      refusal(file(header(20, 20, 8, 0, 0), chunk("IDAT", broken)));
      refused++;
    }
    assertThat(refused).isEqualTo(2_000);
    for (int length = 0; length < compressed.length; length++) {
      byte[] cut = Arrays.copyOf(compressed, length);
      assertThat(refusal(file(header(20, 20, 8, 0, 0), chunk("IDAT", cut))))
          .isEqualTo(Reason.DAMAGED);
    }
  }

  @Test
  void garbageInTheHeaderIsARefusalOrAnImageOfThatHeader() throws Exception {
    byte[] rows = data(grayRows(numbers(20 * 20, 256), 20, 8, 2));
    for (int round = 0; round < 2_000; round++) {
      byte[] header = header(20, 20, 8, 0, 0).clone();
      for (int i = 0; i < 2; i++) {
        header[8 + DRAWS.at(round).below(13, i)] = (byte) DRAWS.at(round).below(256, 2 + i);
      }
      sum(header);
      try {
        IntegerMap map = Png.decodeNumbers(file(header, rows));
        assertThat(map.values()).hasSize(400);
      } catch (UnreadableSampleException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void bombsAreRefusedBeforeAnythingIsAllocated() throws Exception {
    byte[] tiny = data(new byte[] {0, 1});
    assertThat(refusal(file(header(60_000, 60_000, 8, 0, 0), tiny))).isEqualTo(Reason.TOO_LARGE);
    assertThat(refusal(file(header(Integer.MAX_VALUE, 1, 8, 0, 0), tiny)))
        .isEqualTo(Reason.TOO_LARGE);
    assertThat(refusal(file(header(-1, -1, 8, 0, 0), tiny))).isEqualTo(Reason.TOO_LARGE);
    assertThat(refusal(file(header(0, 5, 8, 0, 0), tiny))).isEqualTo(Reason.DAMAGED);
    byte[] bomb = data(new byte[100 << 20]); // 100 KB in the file
    assertThat(refusal(file(header(2, 2, 8, 0, 0), bomb))).isEqualTo(Reason.DAMAGED);
    assertThat(refusal(file(header(5_000, 5_000, 16, 0, 0), tiny)))
        .as("a large image of which nothing is there")
        .isEqualTo(Reason.DAMAGED);
    byte[] text = Arrays.copyOf("k\0\0".getBytes(StandardCharsets.ISO_8859_1), 1_000);
    assertThat(Png.decodeNumbers(file(header(1, 1, 8, 0, 0), chunk("zTXt", text), tiny)).values())
        .containsExactly(1);
  }

  @Test
  void chunksThatAreNotInOrderAreSeen() throws Exception {
    byte[] header = header(2, 1, 8, 0, 0);
    byte[] data = data(new byte[] {0, 1, 2});
    byte[] compressed = deflated(new byte[] {0, 1, 2});
    byte[] first = chunk("IDAT", Arrays.copyOf(compressed, 3));
    byte[] rest = chunk("IDAT", Arrays.copyOfRange(compressed, 3, compressed.length));
    byte[] none = chunk("IDAT");
    byte[] text = chunk("tEXt", 'a', 0, 'b');
    assertThat(Png.decodeNumbers(file(header, none, first, none, rest, none)).values())
        .containsExactly(1, 2);
    assertThat(refusal(file(header, first, text, rest))).isEqualTo(Reason.DAMAGED);
    assertThat(refusal(file(text, header, data))).isEqualTo(Reason.DAMAGED);
    assertThat(refusal(file(header, header, data))).isEqualTo(Reason.DAMAGED);
    assertThat(refusal(file(data))).isEqualTo(Reason.DAMAGED);
    assertThat(refusal(file(header))).isEqualTo(Reason.DAMAGED);
    assertThat(refusal(file(header, chunk("ABCD", 1), data))).isEqualTo(Reason.DAMAGED);
    assertThat(refusal(file(header(2, 1, 8, 3, 0), data)))
        .as("no palette")
        .isEqualTo(Reason.DAMAGED);
    byte[] padded = Arrays.copyOf(file(header, data), 500);
    assertThat(Png.decodeNumbers(padded).values()).as("bytes behind the end").containsExactly(1, 2);
  }

  @Test
  void aColourThatThePaletteDoesNotHaveIsSeen() throws Exception {
    byte[] file =
        file(header(2, 1, 8, 3, 0), chunk("PLTE", 1, 2, 3, 4, 5, 6), data(new byte[] {0, 1, 2}));
    assertThat(Png.decodeNumbers(file).values()).containsExactly(1, 2);
    assertThat(
            catchThrowableOfType(UnreadableSampleException.class, () -> Png.decodeColour(file))
                .reason())
        .isEqualTo(Reason.DAMAGED);
  }

  @Test
  void otherFormatsAreSeenByTheirFirstBytes() throws Exception {
    assertThat(refusal(JpegTest.resource("gray.jpg"))).isEqualTo(Reason.WRONG_FORMAT);
    assertThat(refusal("<html>".getBytes(StandardCharsets.UTF_8))).isEqualTo(Reason.WRONG_FORMAT);
  }

  private static Reason refusal(byte[] file) {
    UnreadableSampleException refusal =
        catchThrowableOfType(UnreadableSampleException.class, () -> Png.decodeNumbers(file));
    assertThat(refusal).as("refusal").isNotNull();
    return refusal.reason();
  }

  private static int[] numbers(int count, int bound) {
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = DRAWS.of("numbers").below(bound, i);
    }
    return numbers;
  }

  private static byte[] repeated(int... values) {
    byte[] three = new byte[3 * values.length];
    for (int i = 0; i < three.length; i++) {
      three[i] = (byte) values[i % values.length];
    }
    return three;
  }

  /** Rows of a gray image, filtered as clause 9 of the standard says, from the definition. */
  private static byte[] grayRows(int[] values, int width, int bits, int filter) {
    int height = values.length / width;
    int rowBytes = (width * bits + 7) / 8;
    int back = Math.max(1, bits / 8);
    int[][] raw = new int[height][rowBytes];
    for (int i = 0; i < values.length; i++) {
      for (int bit = 0; bit < bits; bit++) {
        int place = i % width * bits + bit;
        raw[i / width][place / 8] |= ((values[i] >> (bits - 1 - bit)) & 1) << (7 - place % 8);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int y = 0; y < height; y++) {
      out.write(filter);
      for (int x = 0; x < rowBytes; x++) {
        int a = x >= back ? raw[y][x - back] : 0;
        int b = y > 0 ? raw[y - 1][x] : 0;
        int c = x >= back && y > 0 ? raw[y - 1][x - back] : 0;
        int p = a + b - c;
        int paeth =
            Math.abs(p - a) <= Math.abs(p - b) && Math.abs(p - a) <= Math.abs(p - c)
                ? a
                : Math.abs(p - b) <= Math.abs(p - c) ? b : c;
        int predicted = new int[] {0, a, b, (a + b) / 2, paeth}[filter];
        out.write(raw[y][x] - predicted);
      }
    }
    return out.toByteArray();
  }

  static byte[] file(byte[]... chunks) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
    for (byte[] chunk : chunks) {
      out.write(chunk);
    }
    out.write(chunk("IEND"));
    return out.toByteArray();
  }

  static byte[] header(int width, int height, int bits, int colours, int interlace) {
    byte[] body =
        ByteBuffer.allocate(13)
            .putInt(width)
            .putInt(height)
            .put((byte) bits)
            .put((byte) colours)
            .put((byte) 0)
            .put((byte) 0)
            .put((byte) interlace)
            .array();
    return chunk("IHDR", body);
  }

  static byte[] data(byte[] rows) throws IOException {
    return chunk("IDAT", deflated(rows));
  }

  private static byte[] deflated(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] chunk(String type, int... body) {
    byte[] bytes = new byte[body.length];
    for (int i = 0; i < body.length; i++) {
      bytes[i] = (byte) body[i];
    }
    return chunk(type, bytes);
  }

  private static byte[] chunk(String type, byte[] body) {
    byte[] chunk =
        ByteBuffer.allocate(12 + body.length)
            .putInt(body.length)
            .put(type.getBytes(StandardCharsets.US_ASCII))
            .put(body)
            .array();
    sum(chunk);
    return chunk;
  }

  private static void sum(byte[] chunk) {
    CRC32 sum = new CRC32();
    sum.update(chunk, 4, chunk.length - 8);
    ByteBuffer.wrap(chunk).putInt(chunk.length - 4, (int) sum.getValue());
  }

  private static byte[] written(BufferedImage image, boolean interlaced) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setProgressiveMode(
          interlaced ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } finally {
      writer.dispose();
    }
    byte[] file = bytes.toByteArray();
    assertThat(file[28]).as("interlace").isEqualTo((byte) (interlaced ? 1 : 0));
    return file;
  }
}
