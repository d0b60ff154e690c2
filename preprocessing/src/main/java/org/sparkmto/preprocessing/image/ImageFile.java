package org.sparkmto.preprocessing.image;

import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/** A JPEG or a PNG, told apart by how the file starts, whatever its name says. */
public final class ImageFile {
  /** Longest file that is decoded, in bytes. */
  public static final int MAX_FILE = Math.max(Jpeg.MAX_FILE, Png.MAX_FILE);

  private ImageFile() {}

  /**
   * Decodes a file to red, green and blue, as it is stored.
   *
   * @throws UnreadableSampleException if it is neither, or one that cannot be decoded
   */
  public static Image decode(byte[] file) throws UnreadableSampleException {
    return decode(file, ImageReading.USUAL);
  }

  /**
   * Decodes a file to red, green and blue, as it is stored.
   *
   * @param reading what is decoded
   * @throws UnreadableSampleException if it is neither, or one that cannot be decoded
   */
  public static Image decode(byte[] file, ImageReading reading) throws UnreadableSampleException {
    return isJpeg(file) ? Jpeg.decode(file, reading) : Png.decodeColour(png(file), reading);
  }

  /**
   * Decodes a file to red, green and blue and turns it upright, as its EXIF or XMP data say.
   *
   * @throws UnreadableSampleException if it is neither, or one that cannot be decoded
   */
  public static Image decodeUpright(byte[] file) throws UnreadableSampleException {
    return decodeUpright(file, ImageReading.USUAL);
  }

  /**
   * Decodes a file to red, green and blue and turns it upright, as its EXIF or XMP data say.
   *
   * @param reading what is decoded
   * @throws UnreadableSampleException if it is neither, or one that cannot be decoded
   */
  public static Image decodeUpright(byte[] file, ImageReading reading)
      throws UnreadableSampleException {
    return isJpeg(file)
        ? Jpeg.decodeUpright(file, reading)
        : Png.decodeColourUpright(png(file), reading);
  }

  private static boolean isJpeg(byte[] file) {
    return file.length > 2 && (file[0] & 0xff) == 0xFF && (file[1] & 0xff) == 0xD8;
  }

  private static byte[] png(byte[] file) throws UnreadableSampleException {
    if (file.length > 3 && (file[0] & 0xff) == 0x89 && file[1] == 'P' && file[2] == 'N') {
      return file;
    }
    throw new UnreadableSampleException(
        Reason.WRONG_FORMAT, "the image is neither a JPEG nor a PNG" + looksLike(file));
  }

  private static String looksLike(byte[] file) {
    if (holds(file, 0, "GIF8")) {
      return ", but a GIF; convert it to PNG";
    }
    if (holds(file, 0, "RIFF") && holds(file, 8, "WEBP")) {
      return ", but a WebP; convert it to PNG";
    }
    if (holds(file, 4, "ftypavif")) {
      return ", but an AVIF; convert it to PNG";
    }
    if (holds(file, 4, "ftyphei") || holds(file, 4, "ftypmif1")) {
      return ", but a HEIC; convert it to JPEG or PNG";
    }
    if (holds(file, 0, "II*\0") || holds(file, 0, "MM\0*")) {
      return ", but a TIFF; convert it to PNG";
    }
    return holds(file, 0, "BM") ? ", but a BMP; convert it to PNG" : "";
  }

  private static boolean holds(byte[] file, int from, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (from + i >= file.length || file[from + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Luma of ITU-R BT.601 in 16 bits, as Pillow's mode L; equal channels keep their value. */
  public static byte[] gray(Image image) {
    byte[] rgb = image.samples();
    int area = rgb.length / 3;
    byte[] gray = new byte[area];
    for (int i = 0; i < area; i++) {
      int red = rgb[i] & 0xff;
      int green = rgb[area + i] & 0xff;
      int blue = rgb[2 * area + i] & 0xff;
      gray[i] = (byte) ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
    }
    return gray;
  }
}
