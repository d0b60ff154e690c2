package org.sparkmto.preprocessing.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a file says about the way it was held: tag 0x0112 of the first directory of its EXIF data
 * (CIPA DC-008), or {@code tiff:Orientation} of its XMP packet where EXIF says nothing. Damaged
 * remarks say nothing: an image is no worse for them.
 */
final class ExifOrientation {
  private static final byte[] EXIF = {'E', 'x', 'i', 'f', 0, 0};
  private static final byte[] XMP =
      "http://ns.adobe.com/xap/1.0/\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final int TAG = 0x0112;
  private static final int SHORT = 3;
  private static final int LONG = 4; // not what the standard says, but what Pillow obeys
  private static final Pattern XMP_TAG = Pattern.compile("tiff:Orientation(=\"|>)([0-9])");

  private int byExif;
  private int byXmp;

  /** Takes an APP1 segment of a JPEG. */
  void segment(byte[] file, int from, int to) {
    if (starts(file, from, to, EXIF)) {
      exif(file, from + EXIF.length, to);
    } else if (starts(file, from, to, XMP)) {
      xmp(file, from + XMP.length, to);
    }
  }

  /** Takes EXIF data, which begin like a TIFF; those that come first count. */
  void exif(byte[] file, int from, int to) {
    if (byExif != 0 || to - from < 8) {
      return;
    }
    boolean little = file[from] == 'I' && file[from + 1] == 'I';
    boolean big = file[from] == 'M' && file[from + 1] == 'M';
    ByteBuffer data = ByteBuffer.wrap(file, from, to - from).slice();
    data.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long directory = data.getInt(4) & 0xFFFFFFFFL;
    if ((!little && !big) || data.getShort(2) != 42 || directory + 2 > data.capacity()) {
      return;
    }
    int entries = data.getShort((int) directory) & 0xffff;
    for (int i = 0; i < entries; i++) {
      long entry = directory + 2 + 12L * i;
      if (entry + 12 > data.capacity()) {
        return;
      }
      int at = (int) entry;
      int type = data.getShort(at + 2);
      if ((data.getShort(at) & 0xffff) == TAG && (type == SHORT || type == LONG)) {
        byExif = type == SHORT ? data.getShort(at + 8) & 0xffff : data.getInt(at + 8);
        return;
      }
    }
  }

  private void xmp(byte[] file, int from, int to) {
    Matcher tag = XMP_TAG.matcher(new String(file, from, to - from, StandardCharsets.ISO_8859_1));
    if (byXmp == 0 && tag.find()) {
      byXmp = tag.group(2).charAt(0) - '0';
    }
  }

  Orientation found() {
    return Orientation.of(byExif != 0 ? byExif : byXmp);
  }

  private static boolean starts(byte[] file, int from, int to, byte[] text) {
    if (to - from < text.length) {
      return false;
    }
    for (int i = 0; i < text.length; i++) {
      if (file[from + i] != text[i]) {
        return false;
      }
    }
    return true;
  }
}
