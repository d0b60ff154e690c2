package org.sparkmto.preprocessing.image;

import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/** The LZW of TIFF 6.0, section 13: codes of 9 to 12 bits, high bits first, one code early. */
final class LzwStrip {
  private static final int CLEAR = 256;
  private static final int END = 257;
  private static final int FIRST_FREE = 258;
  private static final int MOST = 4096;

  private LzwStrip() {}

  /**
   * Expands a strip.
   *
   * @param to is filled as far as the strip goes; what goes beyond is not looked at
   * @return number of bytes that were filled
   * @throws UnreadableSampleException if a code stands for nothing
   */
  static int expand(byte[] file, int at, int length, byte[] to) throws UnreadableSampleException {
    // Every string is an earlier piece of the output: where it begins there, and how long it is.
    int[] begins = new int[MOST];
    int[] lengths = new int[MOST];
    int next = FIRST_FREE;
    int width = 9;
    int previousBegin = -1;
    int previousLength = 0;
    int filled = 0;
    int buffer = 0;
    int buffered = 0;
    int position = at;
    while (filled < to.length) {
      while (buffered < width) {
        if (position == at + length) {
          return filled;
        }
        buffer = (buffer << 8) | (file[position++] & 0xff);
        buffered += 8;
      }
      buffered -= width;
      int code = (buffer >>> buffered) & ((1 << width) - 1);
      if (code == END) {
        return filled;
      }
      if (code == CLEAR) {
        next = FIRST_FREE;
        width = 9;
        previousBegin = -1;
        continue;
      }
      if (previousBegin >= 0 && next < MOST) {
        begins[next] = previousBegin;
        lengths[next] = previousLength + 1; // its last byte is the first one of this string
        next++;
      }
      if (code > END && code >= next) {
        throw new UnreadableSampleException(
            Reason.DAMAGED, "code " + code + " of a compressed strip stands for nothing");
      }
      int begin = filled;
      if (code < CLEAR) {
        to[filled++] = (byte) code;
      } else {
        int from = begins[code];
        int end = Math.min(to.length, filled + lengths[code]);
        while (filled < end) {
          to[filled++] = to[from++];
        }
      }
      previousBegin = begin;
      previousLength = code < CLEAR ? 1 : lengths[code];
      if (next + 1 >= 1 << width && width < 12) {
        width++;
      }
    }
    return filled;
  }
}
