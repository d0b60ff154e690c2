package org.sparkmto.preprocessing.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.random.Draws;

class TiffTest {
  private static final Draws DRAWS = Draws.of(8);

  @Test
  void mapsComeBackAsTheyWere() throws Exception {
    int[] values = {0, 7, 24, 24001, 2400104, 2600105, 9_999_999, Integer.MAX_VALUE, -1, -77};
    IntegerMap back = Tiff.decodeNumbers(Tiff.encode(new IntegerMap(2, 5, values)));
    assertThat(back.height()).isEqualTo(2);
    assertThat(back.values()).isEqualTo(values);
    byte[] file = Tiff.encode(new IntegerMap(2, 5, values));
    Raster jdk = ImageIO.read(new ByteArrayInputStream(file)).getRaster();
    assertThat(jdk.getSamples(0, 0, 5, 2, 0, (int[]) null)).isEqualTo(values);
  }

  @Test
  void everyCompressionAndLayoutOfTheJdkIsRead() throws Exception {
    // Large enough for codes of all lengths and for a full table of LZW.
    int width = 173;
    int height = 141;
    for (int bits : new int[] {8, 16, 32}) {
      for (int noise : new int[] {1, 3, 1 << 20}) {
        int[] values = new int[width * height];
        for (int i = 0; i < values.length; i++) {
          int value = i % width / 20 * 2_400_104 + DRAWS.below(noise, i);
          values[i] = bits == 32 ? value : value & ((1 << bits) - 1);
        }
        for (String compression : Arrays.asList(null, "LZW", "Deflate", "ZLib")) {
          for (int tile : new int[] {0, 32}) {
            byte[] file = written(values, width, height, bits, compression, tile);
            assertThat(Tiff.decodeNumbers(file).values())
                .as("%d bits, %s, noise %d, tile %d", bits, compression, noise, tile)
                .isEqualTo(values);
          }
        }
      }
    }
  }

  @Test
  void differencesOfNeighboursAreSummed() throws Exception {
    byte[] file = tiff(ByteOrder.BIG_ENDIAN, 4, 1, 32, 5, 7, -2, 100);
    byte[] other = tiff(ByteOrder.BIG_ENDIAN, 4, 1, 32, 5, 7, -2, 100);
    put(other, 317, 2);
    assertThat(Tiff.decodeNumbers(file).values()).containsExactly(5, 7, -2, 100);
    assertThat(Tiff.decodeNumbers(other).values()).containsExactly(5, 12, 10, 110);
  }

  @Test
  void unsignedNumbersOfThirtyTwoBitsMustFit() throws Exception {
    byte[] file = tiff(ByteOrder.LITTLE_ENDIAN, 2, 1, 32, 5, -1);
    assertThat(Tiff.decodeNumbers(file).values()).containsExactly(5, -1);
    put(file, 339, 1);
    assertThat(refusal(file)).isEqualTo(Reason.DAMAGED);
    put(file, 339, 3);
    assertThat(refusal(file)).as("real numbers").isEqualTo(Reason.WRONG_FORMAT);
  }

  @Test
  void everyCutIsSeen() throws Exception {
    for (String compression : Arrays.asList(null, "LZW", "Deflate")) {
      int[] values = new int[12 * 10];
      for (int i = 0; i < values.length; i++) {
        values[i] = DRAWS.below(1 << 30, i);
      }
      byte[] whole = written(values, 12, 10, 32, compression, 0);
      for (int length = 0; length < whole.length; length++) {
        byte[] cut = Arrays.copyOf(whole, length);
        UnreadableSampleException refusal = null;
        try {
          // What the JDK writes last may be a text or a resolution, which nobody needs.
          assertThat(Tiff.decodeNumbers(cut).values()).isEqualTo(values);
        } catch (UnreadableSampleException e) {
          refusal = e;
        }
        if (length < whole.length - 100) {
          assertThat(refusal).as("%d of %d bytes", length, whole.length).isNotNull();
        }
      }
    }
  }

  @Test
  void garbageIsARefusalOrAnImage() throws Exception {
    for (String compression : Arrays.asList(null, "LZW", "Deflate")) {
      byte[] whole = written(new int[20 * 30], 20, 30, 32, compression, 0);
      int refused = 0;
      for (int round = 0; round < 5_000; round++) {
        byte[] broken = whole.clone();
        for (int i = 0; i < 3; i++) {
          broken[DRAWS.at(round).below(broken.length, i)] =
              (byte) DRAWS.at(round).below(256, 9 + i);
        }
        try {
          assertThat(Tiff.decodeNumbers(broken)).isNotNull();
        } catch (UnreadableSampleException e) {
          refused++;
        }
      }
      assertThat(refused).isPositive();
    }
  }

  @Test
  void lyingHeadersAreSeen() throws Exception {
    assertThat(refusal(changed(256, 60_000, 257, 60_000))).isEqualTo(Reason.TOO_LARGE);
    assertThat(refusal(changed(256, -1, 257, -1))).isEqualTo(Reason.TOO_LARGE);
    assertThat(refusal(changed(256, 0))).isEqualTo(Reason.DAMAGED);
    assertThat(refusal(changed(257, 3))).as("a row more than there is").isEqualTo(Reason.DAMAGED);
    assertThat(refusal(changed(278, 0))).isEqualTo(Reason.DAMAGED);
    assertThat(refusal(changed(278, 1))).as("two strips, one listed").isEqualTo(Reason.DAMAGED);
    assertThat(refusal(changed(273, 1 << 30))).isEqualTo(Reason.TRUNCATED);
    assertThat(refusal(changed(273, -8))).isEqualTo(Reason.TRUNCATED);
    assertThat(refusal(changed(279, 1 << 30))).isEqualTo(Reason.TRUNCATED);
    assertThat(refusal(changed(279, 3))).isEqualTo(Reason.DAMAGED);
    assertThat(refusal(changed(277, 3))).isEqualTo(Reason.WRONG_FORMAT);
    assertThat(refusal(changed(258, 64))).isEqualTo(Reason.WRONG_FORMAT);
    assertThat(refusal(changed(259, 7))).as("JPEG inside").isEqualTo(Reason.WRONG_FORMAT);
    assertThat(refusal(changed(262, 0))).as("white is zero").isEqualTo(Reason.WRONG_FORMAT);
    assertThat(refusal(changed(259, 5))).as("no LZW in there").isEqualTo(Reason.DAMAGED);
    assertThat(refusal(changed(259, 8))).as("no Deflate in there").isEqualTo(Reason.DAMAGED);
    byte[] loop = tiff(ByteOrder.LITTLE_ENDIAN, 2, 2, 32, 1, 2, 3, 4);
    ByteBuffer.wrap(loop).order(ByteOrder.LITTLE_ENDIAN).putInt(loop.length - 4, 24);
    assertThat(Tiff.decodeNumbers(loop).values())
        .as("a directory that follows itself")
        .containsExactly(1, 2, 3, 4);
    byte[] headless = loop.clone();
    ByteBuffer.wrap(headless).order(ByteOrder.LITTLE_ENDIAN).putInt(4, headless.length - 1);
    assertThat(refusal(headless)).isEqualTo(Reason.TRUNCATED);
  }

  @Test
  void otherFormatsAreSeenByTheirFirstBytes() throws Exception {
    assertThat(refusal(new byte[0])).isEqualTo(Reason.WRONG_FORMAT);
    assertThat(refusal(JpegTest.resource("gray.jpg"))).isEqualTo(Reason.WRONG_FORMAT);
    assertThat(refusal("II+\0".getBytes(StandardCharsets.US_ASCII)))
        .as("BigTIFF")
        .isEqualTo(Reason.WRONG_FORMAT);
  }

  /** A sound file of 2x2 numbers with other values of some fields. */
  private static byte[] changed(int... tagsAndValues) {
    byte[] file = tiff(ByteOrder.LITTLE_ENDIAN, 2, 2, 32, 1, 2, 3, 4);
    for (int i = 0; i < tagsAndValues.length; i += 2) {
      put(file, tagsAndValues[i], tagsAndValues[i + 1]);
    }
    return file;
  }

  private static void put(byte[] file, int tag, int value) {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    bytes.order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int at = bytes.getInt(4);
    for (int i = 0; i < bytes.getShort(at); i++) {
      if (bytes.getShort(at + 2 + 12 * i) == tag) {
        bytes.putInt(at + 2 + 12 * i + 8, value);
        return;
      }
    }
    throw new AssertionError("no field " + tag);
  }

  /** An uncompressed file of one strip, written from the specification. */
  private static byte[] tiff(ByteOrder order, int width, int height, int bits, int... values) {
    List<int[]> fields = new ArrayList<>();
    int data = 8;
    fields.add(new int[] {256, width});
    fields.add(new int[] {257, height});
    fields.add(new int[] {258, bits});
    fields.add(new int[] {259, 1});
    fields.add(new int[] {262, 1});
    fields.add(new int[] {273, data});
    fields.add(new int[] {277, 1});
    fields.add(new int[] {278, height});
    fields.add(new int[] {279, 4 * values.length});
    fields.add(new int[] {317, 1});
    fields.add(new int[] {339, 2});
    ByteBuffer out =
        ByteBuffer.allocate(8 + 4 * values.length + 2 + 12 * fields.size() + 4).order(order);
    out.put((byte) (order == ByteOrder.LITTLE_ENDIAN ? 'I' : 'M'));
    out.put((byte) (order == ByteOrder.LITTLE_ENDIAN ? 'I' : 'M'));
    out.putShort((short) 42).putInt(8 + 4 * values.length);
    for (int value : values) {
      out.putInt(value);
    }
    out.putShort((short) fields.size());
    for (int[] field : fields) {
      out.putShort((short) field[0]).putShort((short) 4).putInt(1).putInt(field[1]);
    }
    return out.putInt(0).array();
  }

  private static byte[] written(
      int[] values, int width, int height, int bits, String compression, int tile)
      throws Exception {
    int type =
        bits == 8
            ? DataBuffer.TYPE_BYTE
            : bits == 16 ? DataBuffer.TYPE_USHORT : DataBuffer.TYPE_INT;
    WritableRaster raster =
        Raster.createWritableRaster(
            new PixelInterleavedSampleModel(type, width, height, 1, width, new int[] {0}),
            new Point());
    raster.setSamples(0, 0, width, height, 0, values);
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_GRAY), false, false, Transparency.OPAQUE, type);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      if (compression != null) {
        parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        parameters.setCompressionType(compression);
      }
      if (tile > 0) {
        parameters.setTilingMode(ImageWriteParam.MODE_EXPLICIT);
        parameters.setTiling(tile, tile, 0, 0);
      }
      writer.setOutput(out);
      BufferedImage image = new BufferedImage(model, raster, false, null);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static Reason refusal(byte[] file) {
    UnreadableSampleException refusal =
        catchThrowableOfType(UnreadableSampleException.class, () -> Tiff.decodeNumbers(file));
    assertThat(refusal).as("refusal").isNotNull();
    return refusal.reason();
  }
}
