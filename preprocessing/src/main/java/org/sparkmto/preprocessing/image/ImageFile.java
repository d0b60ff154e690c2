package org.sparkmto.preprocessing.image;

import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/** A JPEG or a PNG, told apart by how the file starts, whatever its name says. */
public final class ImageFile {
  /** Longest file that is decoded, in bytes. */
  public static final int MAX_FILE = Math.max(Jpeg.MAX_FILE, Png.MAX_FILE);

  private ImageFile() {}

  /**
   * Decodes a file to red, green and blue.
   *
   * @throws UnreadableSampleException if it is neither, or one that cannot be decoded
   */
  public static Image decode(byte[] file) throws UnreadableSampleException {
    if (file.length > 2 && (file[0] & 0xff) == 0xFF && (file[1] & 0xff) == 0xD8) {
      return Jpeg.decode(file);
    }
    if (file.length > 3 && (file[0] & 0xff) == 0x89 && file[1] == 'P' && file[2] == 'N') {
      return Png.decodeColour(file);
    }
    throw new UnreadableSampleException(
        Reason.WRONG_FORMAT, "the image is neither a JPEG nor a PNG");
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
