package org.sparkmto.preprocessing.image;

import java.util.zip.CRC32;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * The chunks of a PNG file, up to the end of its image, each with a right check sum and in its
 * place. Nothing is inflated here.
 */
final class PngFile {
  private static final long SIGNATURE = 0x89504E470D0A1A0AL;
  private static final int IHDR = 0x49484452;
  private static final int PLTE = 0x504C5445;
  private static final int IDAT = 0x49444154;
  private static final int EXIF = 0x65584966;
  private static final int IEND = 0x49454E44;
  private static final int GRAY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GRAY_ALPHA = 4;
  private static final int RGB_ALPHA = 6;

  private final byte[] file;
  private final int most;
  private int width;
  private int height;
  private int bits;
  private int colours;
  private boolean interlaced;
  private int palette;
  private int paletteEntries;
  private final ExifOrientation orientation = new ExifOrientation();

  /** Where the first chunk of image data begins. */
  private int data;

  private PngFile(byte[] file, int most) {
    this.file = file;
    this.most = most;
  }

  /**
   * Looks at every chunk.
   *
   * @throws UnreadableSampleException if the file is no PNG, is cut or damaged, or announces more
   *     than {@code most} pixels
   */
  static PngFile parse(byte[] file, int most) throws UnreadableSampleException {
    PngFile png = new PngFile(file, most);
    if (file.length < 8
        || (((long) png.number(0) << 32) | (png.number(4) & 0xFFFFFFFFL)) != SIGNATURE) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "the file does not start like a PNG");
    }
    png.walk();
    return png;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Bits of one channel of a pixel, or of an index of the palette. */
  int bits() {
    return bits;
  }

  /** Whether rows come in the seven passes of Adam7. */
  boolean isInterlaced() {
    return interlaced;
  }

  /** Whether pixels are indices of a palette. */
  boolean isIndexed() {
    return colours == PALETTE;
  }

  /** Numbers of a pixel; 1 of an index. */
  int channels() {
    return switch (colours) {
      case RGB -> 3;
      case GRAY_ALPHA -> 2;
      case RGB_ALPHA -> 4;
      default -> 1;
    };
  }

  /** A colour of the palette, red in bits 16 to 23, then green, then blue. */
  int colour(int index) throws UnreadableSampleException {
    if (index >= paletteEntries) {
      throw damaged("colour " + index + " of a palette of " + paletteEntries);
    }
    int at = palette + 3 * index;
    return (file[at] & 0xff) << 16 | (file[at + 1] & 0xff) << 8 | (file[at + 2] & 0xff);
  }

  /** Which way is up, by the file's EXIF data. */
  Orientation orientation() {
    return orientation.found();
  }

  /** Where the first chunk of image data begins. */
  int firstData() {
    return data;
  }

  /** Whether there is a chunk of image data. */
  boolean isData(int chunk) {
    return number(chunk + 4) == IDAT;
  }

  /** Bytes in a chunk; they begin 8 bytes behind it, and the next chunk 12 bytes behind them. */
  int length(int chunk) {
    return number(chunk);
  }

  byte[] bytes() {
    return file;
  }

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
      case EXIF -> orientation.exif(file, position + 8, position + 8 + length);
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
    Pixels.of(width & 0xFFFFFFFFL, height & 0xFFFFFFFFL, most);
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

  static UnreadableSampleException damaged(String detail) {
    return new UnreadableSampleException(Reason.DAMAGED, detail);
  }
}
