package org.sparkmto.preprocessing.matlab;

import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * A data element: a type and a range of bytes. It lies wholly within what holds it.
 *
 * @param type the number of its type in the file format
 * @param start of its data
 * @param size bytes of data
 * @param next where the next element starts
 */
record MatElement(int type, int start, int size, int next) {
  static final int INT8 = 1;
  static final int UINT8 = 2;
  static final int UINT16 = 4;
  static final int INT32 = 5;
  static final int UINT32 = 6;
  static final int MATRIX = 14;
  static final int COMPRESSED = 15;
  static final int UTF8 = 16;
  static final int UTF16 = 17;
  static final int UTF32 = 18;

  /** The element at an offset of what ends at {@code end}. */
  static MatElement at(MatBytes bytes, int offset, int end) throws UnreadableSampleException {
    if (end - offset < 8) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, "an element is missing at byte " + offset);
    }
    long word = bytes.number(offset, 4);
    long small = word >> 16;
    if (small != 0) {
      if (small > 4) {
        throw new UnreadableSampleException(
            Reason.DAMAGED, "no element starts at byte " + offset + ": its tag is wrong");
      }
      return new MatElement((int) (word & 0xffff), offset + 4, (int) small, offset + 8);
    }
    long size = bytes.number(offset + 4, 4);
    if (size > end - offset - 8) {
      throw new UnreadableSampleException(
          Reason.DAMAGED,
          "the element at byte " + offset + " says it has " + size + " bytes, too many");
    }
    long next = word == COMPRESSED ? offset + 8 + size : offset + 8 + (size + 7) / 8 * 8;
    return new MatElement((int) word, offset + 8, (int) size, (int) Math.min(next, end));
  }

  int end() {
    return start + size;
  }
}
