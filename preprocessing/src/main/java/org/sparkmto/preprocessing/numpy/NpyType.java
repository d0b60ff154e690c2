package org.sparkmto.preprocessing.numpy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * How the elements of an array are stored.
 *
 * @param width bytes of an element
 * @param order of its bytes
 * @param decoder of an element at an offset
 */
record NpyType(int width, ByteOrder order, Decoder decoder) {

  /** The number at an offset. */
  interface Decoder {
    double at(ByteBuffer bytes, int offset);
  }

  private record Stored(int width, Decoder decoder) {}

  private static final Map<String, Stored> STORED =
      Map.ofEntries(
          Map.entry("b1", new Stored(1, (bytes, i) -> bytes.get(i) == 0 ? 0 : 1)),
          Map.entry("u1", new Stored(1, (bytes, i) -> bytes.get(i) & 0xff)),
          Map.entry("i1", new Stored(1, ByteBuffer::get)),
          Map.entry("u2", new Stored(2, (bytes, i) -> bytes.getShort(i) & 0xffff)),
          Map.entry("i2", new Stored(2, ByteBuffer::getShort)),
          Map.entry("u4", new Stored(4, (bytes, i) -> bytes.getInt(i) & 0xffff_ffffL)),
          Map.entry("i4", new Stored(4, ByteBuffer::getInt)),
          Map.entry("i8", new Stored(8, ByteBuffer::getLong)),
          Map.entry("f2", new Stored(2, (bytes, i) -> Float16.toFloat(bytes.getShort(i)))),
          Map.entry("u8", new Stored(8, NpyType::unsigned)),
          Map.entry("f4", new Stored(4, ByteBuffer::getFloat)),
          Map.entry("f8", new Stored(8, ByteBuffer::getDouble)));

  private static double unsigned(ByteBuffer bytes, int offset) {
    long value = bytes.getLong(offset);
    return value >= 0 ? value : value + 0x1p64;
  }

  /** Whether these are unsigned bytes. */
  boolean bytes() {
    return decoder == STORED.get("u1").decoder();
  }

  /** Understands a header's {@code descr}, such as {@code '<f4'}. */
  static NpyType of(String descr) throws UnreadableSampleException {
    if (descr.startsWith("[")) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, "the array has named fields; store one plain array a file");
    }
    if (!descr.matches("'[<>|=]?[?a-zA-Z]\\w{0,10}'")) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, "the .npy header has a descr that is no type of elements");
    }
    String name = descr.substring(1, descr.length() - 1);
    if (name.matches("[<>|=]?O.*")) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT,
          "the array holds Python objects (a pickle), which are never loaded; store plain numbers");
    }
    boolean marked = "<>|=".indexOf(name.charAt(0)) >= 0;
    Stored stored = STORED.get(marked ? name.substring(1) : name);
    char mark = marked ? name.charAt(0) : '|';
    if (stored == null || (stored.width > 1 && mark != '<' && mark != '>')) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT,
          "the array has elements of type "
              + name
              + "; f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 and b1 are read");
    }
    return new NpyType(
        stored.width, mark == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN, stored.decoder);
  }
}
