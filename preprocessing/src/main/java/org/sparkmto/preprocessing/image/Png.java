package org.sparkmto.preprocessing.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferInt;
import java.awt.image.DataBufferUShort;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * PNG files (ISO/IEC 15948) to and from images and maps.
 *
 * <p>Files are decoded here and not by the JDK, whose reader passes over check sums, corrects gray
 * levels for gamma (label 2 becomes 22) and takes three times as long for 16 bits (2048x1024
 * disparities, measured). What a sample holds comes out as it is: text, gamma, colour profiles and
 * transparency change nothing. Rows are inflated one by one, so that a file costs the memory of its
 * decoded image, whatever it would inflate to.
 */
public final class Png {
  /** Longest file that is decoded, in bytes. */
  public static final int MAX_FILE = 64 << 20;

  private static final byte[] NO_LEVELS = {};

  private final PngFile file;
  private final int width;
  private final int area;

  /** What each number of 16 bits becomes in 8; empty where nobody says. */
  private final byte[] levels;

  private Png(byte[] bytes, ImageReading reading) throws UnreadableSampleException {
    int most = reading.mostBytes(MAX_FILE);
    if (bytes.length > most) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE, "the file is longer than " + most + " bytes");
    }
    file = PngFile.parse(bytes, reading.mostPixels());
    levels = file.bits() == 16 && reading.hasLevels() ? levels(reading) : NO_LEVELS;
    width = file.width();
    area = width * file.height();
  }

  private static byte[] levels(ImageReading reading) {
    byte[] levels = new byte[1 << 16];
    for (int number = 0; number < levels.length; number++) {
      levels[number] = reading.level(number);
    }
    return levels;
  }

  /**
   * Decodes red, green and blue. A gray file gives three equal channels, spread over 0 to 255 if it
   * has less than 8 bits; a palette gives its colours; an alpha channel is dropped.
   *
   * @throws UnreadableSampleException if the file is no PNG, is cut or damaged, has 16 bits a
   *     channel (to drop eight of them is the user's choice, not ours), or announces more than
   *     {@link Jpeg#MAX_PIXELS}
   */
  public static Image decodeColour(byte[] file) throws UnreadableSampleException {
    return decodeColour(file, ImageReading.USUAL);
  }

  static Image decodeColour(byte[] file, ImageReading reading) throws UnreadableSampleException {
    return new Png(file, reading).colour();
  }

  /**
   * Decodes red, green and blue and turns the image upright, as the file's EXIF data say.
   *
   * @throws UnreadableSampleException as {@link #decodeColour}
   */
  public static Image decodeColourUpright(byte[] file) throws UnreadableSampleException {
    return decodeColourUpright(file, ImageReading.USUAL);
  }

  static Image decodeColourUpright(byte[] file, ImageReading reading)
      throws UnreadableSampleException {
    Png png = new Png(file, reading);
    return png.file.orientation().upright(png.colour());
  }

  private Image colour() throws UnreadableSampleException {
    if (file.bits() == 16 && levels.length == 0) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT,
          "16 bits a channel; an image has 8, convert it first (own data: see the option"
              + " 'levels')");
    }
    try (DecodingMemory.Held memory = DecodingMemory.SHARED.image(area)) {
      byte[] samples = new byte[3 * area];
      PngRows.read(file, (line, y, from, step) -> colours(line, samples, y * width + from, step));
      return new Image(3, file.height(), width, samples);
    }
  }

  /**
   * Decodes the one number that each pixel holds: the sample of a gray file of 1, 2, 4, 8 or 16
   * bits, 0 to 65535, or the index of a palette, whatever colour it stands for.
   *
   * @throws UnreadableSampleException if the file is no PNG, is cut or damaged, has more than one
   *     channel, or announces more than {@link Jpeg#MAX_PIXELS}
   */
  public static IntegerMap decodeNumbers(byte[] file) throws UnreadableSampleException {
    return decodeNumbers(file, ImageReading.USUAL);
  }

  /**
   * Decodes the one number that each pixel holds, of files of another size than usual.
   *
   * @throws UnreadableSampleException as {@link #decodeNumbers(byte[])}
   */
  public static IntegerMap decodeNumbers(byte[] file, ImageReading reading)
      throws UnreadableSampleException {
    Png png = new Png(file, reading);
    if (png.file.channels() != 1) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT,
          "a file of " + png.file.channels() + " channels, not of one number each");
    }
    try (DecodingMemory.Held memory = DecodingMemory.SHARED.image(png.area)) {
      int[] values = new int[png.area];
      PngRows.read(
          png.file, (line, y, from, step) -> png.numbers(line, values, y * png.width + from, step));
      return new IntegerMap(png.file.height(), png.width, values);
    }
  }

  /** Encodes an image of three channels (RGB) or four (RGB and alpha), 8 bits each. */
  public static byte[] encode(Image image) {
    int area = image.height() * image.width();
    byte[] samples = image.samples();
    boolean alpha = image.channels() == 4;
    BufferedImage pixels =
        new BufferedImage(
            image.width(),
            image.height(),
            alpha ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
    int[] packed = ((DataBufferInt) pixels.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < area; i++) {
      packed[i] =
          (alpha ? samples[3 * area + i] << 24 : 0)
              | (samples[i] & 0xff) << 16
              | (samples[area + i] & 0xff) << 8
              | (samples[2 * area + i] & 0xff);
    }
    return encode(pixels);
  }

  /**
   * Encodes a map as a gray file.
   *
   * @param bits 8 or 16
   * @throws IllegalArgumentException if a number does not fit into that
   */
  public static byte[] encode(IntegerMap map, int bits) {
    int[] values = map.values();
    for (int value : values) {
      if (value < 0 || value >> bits != 0) {
        throw new IllegalArgumentException(value + " does not fit into " + bits + " bits");
      }
    }
    BufferedImage pixels =
        new BufferedImage(
            map.width(),
            map.height(),
            bits == 8 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_USHORT_GRAY);
    if (bits == 8) {
      byte[] to = ((DataBufferByte) pixels.getRaster().getDataBuffer()).getData();
      for (int i = 0; i < values.length; i++) {
        to[i] = (byte) values[i];
      }
    } else {
      short[] to = ((DataBufferUShort) pixels.getRaster().getDataBuffer()).getData();
      for (int i = 0; i < values.length; i++) {
        to[i] = (short) values[i];
      }
    }
    return encode(pixels);
  }

  /**
   * Encodes a map as a file of 8 bits whose numbers stand for colours.
   *
   * @param palette the colour of each number, 0xRRGGBB
   * @throws IllegalArgumentException if a number has no colour
   */
  public static byte[] encode(IntegerMap map, int[] palette) {
    byte[][] channels = new byte[3][palette.length];
    for (int i = 0; i < palette.length; i++) {
      for (int c = 0; c < 3; c++) {
        channels[c][i] = (byte) (palette[i] >> (16 - 8 * c));
      }
    }
    BufferedImage pixels =
        new BufferedImage(
            map.width(),
            map.height(),
            BufferedImage.TYPE_BYTE_INDEXED,
            new IndexColorModel(8, palette.length, channels[0], channels[1], channels[2]));
    byte[] to = ((DataBufferByte) pixels.getRaster().getDataBuffer()).getData();
    int[] values = map.values();
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0 || values[i] >= palette.length) {
        throw new IllegalArgumentException(values[i] + " has no colour");
      }
      to[i] = (byte) values[i];
    }
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

  private void colours(byte[] line, byte[] samples, int start, int step)
      throws UnreadableSampleException {
    int end = start - start % width + width;
    int channels = file.channels();
    int bits = file.bits();
    boolean indexed = file.isIndexed();
    if (bits == 16) {
      int second = channels >= 3 ? 1 : 0;
      for (int i = start, k = 1; i < end; i += step, k += 2 * channels) {
        samples[i] = level(line, k);
        samples[area + i] = level(line, k + 2 * second);
        samples[2 * area + i] = level(line, k + 4 * second);
      }
      return;
    }
    if (channels >= 3) {
      for (int i = start, k = 1; i < end; i += step, k += channels) {
        samples[i] = line[k];
        samples[area + i] = line[k + 1];
        samples[2 * area + i] = line[k + 2];
      }
      return;
    }
    int scale = indexed ? 1 : 255 / ((1 << bits) - 1);
    for (int i = start, k = 0; i < end; i += step, k++) {
      int value = channels == 2 ? line[1 + 2 * k] & 0xff : packed(line, k);
      if (indexed) {
        int colour = file.colour(value);
        samples[i] = (byte) (colour >> 16);
        samples[area + i] = (byte) (colour >> 8);
        samples[2 * area + i] = (byte) colour;
      } else {
        byte gray = (byte) (value * scale);
        samples[i] = gray;
        samples[area + i] = gray;
        samples[2 * area + i] = gray;
      }
    }
  }

  private byte level(byte[] line, int at) {
    return levels[(line[at] & 0xff) << 8 | (line[at + 1] & 0xff)];
  }

  private void numbers(byte[] line, int[] values, int start, int step) {
    int end = start - start % width + width;
    if (file.bits() == 16) {
      for (int i = start, k = 1; i < end; i += step, k += 2) {
        values[i] = ((line[k] & 0xff) << 8) | (line[k + 1] & 0xff);
      }
      return;
    }
    for (int i = start, k = 0; i < end; i += step, k++) {
      values[i] = packed(line, k);
    }
  }

  /** Sample {@code k} of a row of one channel of up to 8 bits; the first lies in the high bits. */
  private int packed(byte[] line, int k) {
    int bits = file.bits();
    if (bits == 8) {
      return line[1 + k] & 0xff;
    }
    int bit = k * bits;
    return (line[1 + bit / 8] >> (8 - bits - bit % 8)) & ((1 << bits) - 1);
  }
}
