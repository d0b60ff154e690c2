package org.sparkmto.preprocessing.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * PNG files to and from images and maps.
 *
 * <p>Numbers are read from the raster, never through colours: the JDK would correct gray levels for
 * gamma and turn label 2 into 22.
 */
public final class Png {
  /** Longest file that is decoded, in bytes. */
  public static final int MAX_FILE = 64 << 20;

  private Png() {}

  /**
   * Decodes red, green and blue. A gray file gives three equal channels, a palette its colours; an
   * alpha channel is dropped.
   *
   * @throws UnreadableSampleException if the file is no PNG, is cut or damaged, has more than 8
   *     bits a channel, or announces more than {@link Jpeg#MAX_PIXELS}
   */
  public static Image decodeColour(byte[] file) throws UnreadableSampleException {
    Raster raster = raster(file);
    int area = raster.getHeight() * raster.getWidth();
    byte[] samples = new byte[3 * area];
    int[] line = new int[raster.getWidth()];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < raster.getHeight(); y++) {
        raster.getSamples(0, y, line.length, 1, Math.min(c, raster.getNumBands() - 1), line);
        for (int x = 0; x < line.length; x++) {
          samples[c * area + y * line.length + x] = (byte) line[x];
        }
      }
    }
    return new Image(3, raster.getHeight(), raster.getWidth(), samples);
  }

  /**
   * Decodes the one number that each pixel holds: the sample of a gray file of up to 16 bits, 0 to
   * 65535, or the index of a palette.
   *
   * @throws UnreadableSampleException if the file is no PNG, is cut or damaged, has more than one
   *     channel, or announces more than {@link Jpeg#MAX_PIXELS}
   */
  public static IntegerMap decodeNumbers(byte[] file) throws UnreadableSampleException {
    Raster raster = raster(file);
    int[] values = new int[raster.getHeight() * raster.getWidth()];
    raster.getSamples(0, 0, raster.getWidth(), raster.getHeight(), 0, values);
    return new IntegerMap(raster.getHeight(), raster.getWidth(), values);
  }

  /** Encodes an image of three channels, 8 bits each. */
  public static byte[] encode(Image image) {
    BufferedImage pixels =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < image.height(); y++) {
        for (int x = 0; x < image.width(); x++) {
          pixels.getRaster().setSample(x, y, c, image.at(c, y, x));
        }
      }
    }
    return encode(pixels);
  }

  /**
   * Encodes a map as a gray file.
   *
   * @param bits 8 or 16
   */
  public static byte[] encode(IntegerMap map, int bits) {
    BufferedImage pixels =
        new BufferedImage(
            map.width(),
            map.height(),
            bits == 8 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_USHORT_GRAY);
    assert pixels.getRaster().getDataBuffer().getDataType()
        == (bits == 8 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT);
    pixels.getRaster().setSamples(0, 0, map.width(), map.height(), 0, map.values());
    return encode(pixels);
  }

  private static byte[] encode(BufferedImage pixels) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(pixels, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException("a PNG could not be written to memory", e);
    }
    return bytes.toByteArray();
  }

  private static Raster raster(byte[] file) throws UnreadableSampleException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      return reader.read(0).getRaster();
    } catch (IOException | RuntimeException e) {
      throw new UnreadableSampleException(Reason.DAMAGED, "the decoder failed: " + e.getMessage());
    } finally {
      reader.dispose();
    }
  }
}
