package org.sparkmto.preprocessing.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferInt;
import java.awt.image.DataBufferUShort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
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

  private static final long SIGNATURE = 0x89504E470D0A1A0AL;
  private static final int IHDR = 0x49484452;
  private static final int PLTE = 0x504C5445;
  private static final int IDAT = 0x49444154;
  private static final int IEND = 0x49454E44;
  private static final int GRAY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GRAY_ALPHA = 4;
  private static final int RGB_ALPHA = 6;

  /** First row, first column, row step and column step of the seven passes of Adam7. */
  private static final int[][] ADAM7 = {
    {0, 0, 8, 8}, {0, 4, 8, 8}, {4, 0, 8, 4}, {0, 2, 4, 4}, {2, 0, 4, 2}, {0, 1, 2, 2}, {1, 0, 2, 1}
  };

  private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

  private final byte[] file;
  private int width;
  private int height;
  private int bits;
  private int colours;
  private boolean interlaced;
  private int palette;
  private int paletteEntries;

  /** Where the first chunk of image data begins. */
  private int data;

  private Png(byte[] file) throws UnreadableSampleException {
    this.file = file;
    if (file.length > MAX_FILE) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE, "the file is longer than " + MAX_FILE + " bytes");
    }
    if (file.length < 8 || (((long) number(0) << 32) | (number(4) & 0xFFFFFFFFL)) != SIGNATURE) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "the file does not start like a PNG");
    }
    walk();
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
    Png png = new Png(file);
    if (png.bits == 16) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "16 bits a channel; an image has 8, convert it first");
    }
    int area = png.width * png.height;
    try (DecodingMemory.Held memory = DecodingMemory.SHARED.image(area)) {
      byte[] samples = new byte[3 * area];
      png.rows((line, y, from, step) -> png.colours(line, samples, y * png.width + from, step));
      return new Image(3, png.height, png.width, samples);
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
    Png png = new Png(file);
    if (png.channels() != 1) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "a file of " + png.channels() + " channels, not of one number each");
    }
    int area = png.width * png.height;
    try (DecodingMemory.Held memory = DecodingMemory.SHARED.image(area)) {
      int[] values = new int[area];
      png.rows((line, y, from, step) -> png.numbers(line, values, y * png.width + from, step));
      return new IntegerMap(png.height, png.width, values);
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

  private static byte[] encode(BufferedImage pixels) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(pixels, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException("a PNG could not be written to memory", e);
    }
    return bytes.toByteArray();
  }

  /** Looks at every chunk up to the end of the image; nothing is inflated before that. */
  private void walk() throws UnreadableSampleException {
    int position = 8;
    int previous = 0;
    while (previous != IEND) {
      if (file.length - position < 12) {
        throw truncated();
      }
      int length = number(position);
      int type = number(position + 4);
      if (length < 0) {
        throw damaged("a chunk of " + (length & 0xFFFFFFFFL) + " bytes at byte " + position);
      }
      if (length > file.length - position - 12) {
        throw truncated();
      }
      checkSum(position, length);
      if ((previous == 0) != (type == IHDR)) {
        throw damaged("the header is not the first chunk, and the only one of its kind");
      }
      accept(type, previous, position, length);
      previous = type;
      position += 12 + length;
    }
    if (data == 0) {
      throw damaged("the file holds no image");
    }
    if (colours == PALETTE && palette == 0) {
      throw damaged("there is no palette");
    }
  }

  private void accept(int type, int previous, int position, int length)
      throws UnreadableSampleException {
    switch (type) {
      case IHDR -> header(position + 8, length);
      case PLTE -> {
        if (palette != 0 || data != 0 || length == 0 || length % 3 != 0 || length > 768) {
          throw damaged("a palette of " + length + " bytes at byte " + position);
        }
        palette = position + 8;
        paletteEntries = length / 3;
      }
      case IDAT -> {
        if (data == 0) {
          data = position;
        } else if (previous != IDAT) {
          throw damaged("the image data are not in one piece; they go on at byte " + position);
        }
      }
      case IEND -> {}
      default -> {
        boolean ancillary = (type >>> 24 & 0x20) != 0;
        if (!ancillary) {
          throw damaged("a critical chunk of an unknown kind at byte " + position);
        }
      }
    }
  }

  private void header(int at, int length) throws UnreadableSampleException {
    if (length != 13) {
      throw damaged("a header of " + length + " bytes");
    }
    width = number(at);
    height = number(at + 4);
    Pixels.of(width & 0xFFFFFFFFL, height & 0xFFFFFFFFL);
    bits = file[at + 8] & 0xff;
    colours = file[at + 9] & 0xff;
    boolean legal =
        switch (colours) {
          case GRAY -> bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16;
          case PALETTE -> bits == 1 || bits == 2 || bits == 4 || bits == 8;
          case RGB, GRAY_ALPHA, RGB_ALPHA -> bits == 8 || bits == 16;
          default -> false;
        };
    if (!legal || file[at + 10] != 0 || file[at + 11] != 0 || (file[at + 12] & 0xfe) != 0) {
      throw damaged(
          "a header that the format does not know: colours " + colours + ", bits " + bits);
    }
    interlaced = file[at + 12] == 1;
  }

  private int channels() {
    return switch (colours) {
      case RGB -> 3;
      case GRAY_ALPHA -> 2;
      case RGB_ALPHA -> 4;
      default -> 1;
    };
  }

  /** Takes one unfiltered row: the bytes behind index 0, for pixels {@code from, from + step..}. */
  private interface RowSink {
    void row(byte[] line, int y, int from, int step) throws UnreadableSampleException;
  }

  private void rows(RowSink sink) throws UnreadableSampleException {
    int pixelBits = channels() * bits;
    int back = Math.max(1, pixelBits / 8);
    try (Inflation inflation = new Inflation()) {
      for (int[] pass : interlaced ? ADAM7 : ONE_PASS) {
        int columns = (width - pass[1] + pass[3] - 1) / pass[3];
        if (columns == 0) {
          continue; // a pass without columns has no rows either
        }
        byte[] line = new byte[1 + (int) (((long) columns * pixelBits + 7) / 8)];
        byte[] above = new byte[line.length];
        for (int y = pass[0]; y < height; y += pass[2]) {
          inflation.fill(line);
          unfilter(line, above, back);
          sink.row(line, y, pass[1], pass[3]);
          byte[] spare = above;
          above = line;
          line = spare;
        }
      }
      inflation.end();
    }
  }

  private static void unfilter(byte[] line, byte[] above, int back)
      throws UnreadableSampleException {
    int n = line.length;
    switch (line[0]) {
      case 0 -> {}
      case 1 -> {
        for (int i = 1 + back; i < n; i++) {
          line[i] += line[i - back];
        }
      }
      case 2 -> {
        for (int i = 1; i < n; i++) {
          line[i] += above[i];
        }
      }
      case 3 -> {
        for (int i = 1; i < n; i++) {
          int left = i > back ? line[i - back] & 0xff : 0;
          line[i] += (byte) ((left + (above[i] & 0xff)) / 2);
        }
      }
      case 4 -> {
        for (int i = 1; i < Math.min(n, 1 + back); i++) {
          line[i] += above[i]; // with nothing on the left, what is above is always the nearest
        }
        for (int i = 1 + back; i < n; i++) {
          line[i] += paeth(line[i - back] & 0xff, above[i] & 0xff, above[i - back] & 0xff);
        }
      }
      default -> throw damaged("a row of filter " + (line[0] & 0xff));
    }
  }

  /** Whichever of left, up and upper left is nearest to {@code left + up - upperLeft}. */
  private static byte paeth(int left, int up, int upperLeft) {
    int toLeft = Math.abs(up - upperLeft);
    int toUp = Math.abs(left - upperLeft);
    int toUpperLeft = Math.abs(left + up - 2 * upperLeft);
    if (toLeft <= toUp && toLeft <= toUpperLeft) {
      return (byte) left;
    }
    return (byte) (toUp <= toUpperLeft ? up : upperLeft);
  }

  private void colours(byte[] line, byte[] samples, int start, int step)
      throws UnreadableSampleException {
    int area = width * height;
    int end = start - start % width + width;
    int channels = channels();
    if (channels >= 3) {
      for (int i = start, k = 1; i < end; i += step, k += channels) {
        samples[i] = line[k];
        samples[area + i] = line[k + 1];
        samples[2 * area + i] = line[k + 2];
      }
      return;
    }
    int scale = colours == PALETTE ? 1 : 255 / ((1 << bits) - 1);
    for (int i = start, k = 0; i < end; i += step, k++) {
      int value = colours == GRAY_ALPHA ? line[1 + 2 * k] & 0xff : packed(line, k);
      if (colours == PALETTE) {
        if (value >= paletteEntries) {
          throw damaged("colour " + value + " of a palette of " + paletteEntries);
        }
        int colour = palette + 3 * value;
        samples[i] = file[colour];
        samples[area + i] = file[colour + 1];
        samples[2 * area + i] = file[colour + 2];
      } else {
        byte gray = (byte) (value * scale);
        samples[i] = gray;
        samples[area + i] = gray;
        samples[2 * area + i] = gray;
      }
    }
  }

  private void numbers(byte[] line, int[] values, int start, int step) {
    int end = start - start % width + width;
    if (bits == 16) {
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
    if (bits == 8) {
      return line[1 + k] & 0xff;
    }
    int bit = k * bits;
    return (line[1 + bit / 8] >> (8 - bits - bit % 8)) & ((1 << bits) - 1);
  }

  private void checkSum(int position, int length) throws UnreadableSampleException {
    CRC32 sum = new CRC32();
    sum.update(file, position + 4, 4 + length);
    if ((int) sum.getValue() != number(position + 8 + length)) {
      throw damaged("the check sum of the chunk at byte " + position + " is wrong");
    }
  }

  private int number(int at) {
    return (file[at] & 0xff) << 24
        | (file[at + 1] & 0xff) << 16
        | (file[at + 2] & 0xff) << 8
        | (file[at + 3] & 0xff);
  }

  private UnreadableSampleException truncated() {
    return new UnreadableSampleException(
        Reason.TRUNCATED, "the file ends after " + file.length + " bytes, before its image does");
  }

  private static UnreadableSampleException damaged(String detail) {
    return new UnreadableSampleException(Reason.DAMAGED, detail);
  }

  /** The image data, inflated piece by piece from the chunks that hold them. */
  private final class Inflation implements AutoCloseable {
    private final Inflater inflater = new Inflater();
    private int chunk = data;

    /** Fills a whole array. */
    void fill(byte[] to) throws UnreadableSampleException {
      int filled = 0;
      while (filled < to.length) {
        int count = some(to, filled, to.length - filled);
        if (count == 0) {
          throw damaged("the image data end before the last row");
        }
        filled += count;
      }
    }

    /** Wants the stream to end here, its own check sum included. */
    void end() throws UnreadableSampleException {
      if (some(new byte[1], 0, 1) != 0) {
        throw damaged("more image data than the header announces");
      }
      if (!inflater.finished()) {
        throw damaged("the image data have no end");
      }
    }

    /** Some of the next bytes, none if there are no more. */
    private int some(byte[] to, int from, int length) throws UnreadableSampleException {
      try {
        while (true) {
          int count = inflater.inflate(to, from, length);
          if (count > 0 || inflater.finished()) {
            return count;
          }
          if (inflater.needsDictionary() || number(chunk + 4) != IDAT) {
            return 0;
          }
          int size = number(chunk);
          inflater.setInput(file, chunk + 8, size);
          chunk += 12 + size;
        }
      } catch (DataFormatException e) {
        throw damaged("the image data cannot be inflated: " + e.getMessage());
      }
    }

    @Override
    public void close() {
      inflater.end();
    }
  }
}
