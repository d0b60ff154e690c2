package org.sparkmto.preprocessing.matlab;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * How the numbers of a data set are stored.
 *
 * @param width bytes of a number: 1, 2, 4 or 8
 * @param order of the bytes
 * @param real whether it is a real number (IEEE 754) or a whole one
 * @param signed whether a whole number may be negative
 */
record HdfNumber(int width, ByteOrder order, boolean real, boolean signed) {

  /**
   * @throws UnreadableSampleException {@code WRONG_FORMAT} if these are no numbers
   */
  static HdfNumber of(HdfRecord type) throws UnreadableSampleException {
    int kind = type.u8() & 0x0f;
    int bits = type.u8();
    long size = type.skip(2).u32();
    boolean plain = kind <= 1 && size >= 1 && size <= 8 && Long.bitCount(size) == 1;
    plain &= kind == 0 || (size >= 4 && (bits & 0x40) == 0);
    if (plain) {
      plain = type.u16() == 0 && type.u16() == 8 * size;
      if (kind == 1) {
        int exponent = type.u8();
        plain &= exponent == (size == 4 ? 23 : 52) && type.u8() == (size == 4 ? 8 : 11);
        plain &= type.u8() == 0 && type.u8() == exponent;
        plain &= type.u32() == (size == 4 ? 127 : 1023);
      }
    }
    if (!plain) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "it does not hold plain numbers of 8 to 64 bits");
    }
    return new HdfNumber(
        (int) size,
        (bits & 1) != 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
        kind == 1,
        (bits & 8) != 0);
  }

  /** These numbers without a sign. */
  HdfNumber unsigned() {
    return new HdfNumber(width, order, real, false);
  }

  /** A whole number. */
  long whole(ByteBuffer bytes, int offset) {
    return switch (width) {
      case 1 -> signed ? bytes.get(offset) : bytes.get(offset) & 0xff;
      case 2 -> signed ? bytes.getShort(offset) : bytes.getShort(offset) & 0xffff;
      case 4 -> signed ? bytes.getInt(offset) : bytes.getInt(offset) & 0xffff_ffffL;
      default -> bytes.getLong(offset);
    };
  }

  /** A real number. */
  double real(ByteBuffer bytes, int offset) {
    return width == 4 ? bytes.getFloat(offset) : bytes.getDouble(offset);
  }
}
