package org.sparkmto.preprocessing.matlab;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/** What was done to the bytes of a chunk, in the order in which it was done. */
final class HdfFilters {
  private static final int DEFLATE = 1;
  private static final int SHUFFLE = 2;
  private static final int FLETCHER32 = 3;
  private static final int MAX_FILTERS = 8;

  private final List<Integer> ids;
  private final int width;

  private HdfFilters(List<Integer> ids, int width) {
    this.ids = ids;
    this.width = width;
  }

  static HdfFilters none() {
    return new HdfFilters(List.of(), 1);
  }

  /**
   * @param width bytes of a number
   * @throws UnreadableSampleException {@code WRONG_FORMAT} if there is a filter of another kind
   */
  static HdfFilters of(HdfRecord message, int width) throws UnreadableSampleException {
    int version = message.u8();
    int count = message.u8();
    if (version < 1 || version > 2 || count > MAX_FILTERS) {
      throw new UnreadableSampleException(Reason.DAMAGED, "its list of filters is damaged");
    }
    message.skip(version == 1 ? 6 : 0);
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int id = message.u16();
      int name = version == 1 || id >= 256 ? message.u16() : 0;
      int values = message.skip(2).u16();
      message.skip(version == 1 ? (name + 7) / 8 * 8 : name).skip(4L * values);
      message.skip(version == 1 && values % 2 == 1 ? 4 : 0);
      if (id < DEFLATE || id > FLETCHER32) {
        throw new UnreadableSampleException(
            Reason.WRONG_FORMAT,
            "it is compressed with HDF5 filter " + id + "; gzip, shuffle and fletcher32 are read");
      }
      ids.add(id);
    }
    return new HdfFilters(ids, width);
  }

  /**
   * Undoes the filters.
   *
   * @param skipped bit i says that filter i was not applied to this chunk
   * @param size bytes of a chunk without filters
   */
  byte[] undo(byte[] stored, long skipped, int size) throws UnreadableSampleException {
    byte[] bytes = stored;
    for (int i = ids.size() - 1; i >= 0; i--) {
      if ((skipped >> i & 1) == 0) {
        bytes =
            switch (ids.get(i)) {
              case DEFLATE -> inflated(bytes, size);
              case SHUFFLE -> unshuffled(bytes);
              default -> checked(bytes);
            };
      }
    }
    if (bytes.length != size) {
      throw damaged("has " + bytes.length + " bytes instead of " + size);
    }
    return bytes;
  }

  private static byte[] inflated(byte[] stored, int size) throws UnreadableSampleException {
    byte[] bytes = new byte[size + 4]; // a checksum may have been added before
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(stored);
      int length = 0;
      while (!inflater.finished()) {
        int more = inflater.inflate(bytes, length, bytes.length - length);
        length += more;
        if (more == 0 && !inflater.finished()) {
          throw damaged("does not expand to " + size + " bytes");
        }
      }
      return java.util.Arrays.copyOf(bytes, length);
    } catch (DataFormatException e) {
      throw damaged("cannot be expanded: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }

  /** All first bytes of the numbers, then all second bytes... */
  private byte[] unshuffled(byte[] bytes) {
    int count = bytes.length / width;
    byte[] result = bytes.clone();
    for (int b = 0; b < width; b++) {
      for (int i = 0; i < count; i++) {
        result[i * width + b] = bytes[b * count + i];
      }
    }
    return result;
  }

  /** Fletcher's checksum over big-endian pairs of bytes stands behind the data. */
  private static byte[] checked(byte[] bytes) throws UnreadableSampleException {
    if (bytes.length < 4) {
      throw damaged("has no checksum");
    }
    int length = bytes.length - 4;
    long first = 0;
    long second = 0;
    for (int i = 0; i < length; i += 2) {
      int low = i + 1 < length ? bytes[i + 1] & 0xff : 0;
      first = (first + ((bytes[i] & 0xff) << 8) + low) % 65535;
      second = (second + first) % 65535;
    }
    long stored = 0;
    for (int i = 3; i >= 0; i--) {
      stored = stored << 8 | (bytes[length + i] & 0xff);
    }
    // 0 and 65535 are the same in this arithmetic.
    if ((stored & 0xffff) % 65535 != first || (stored >> 16) % 65535 != second) {
      throw damaged("has a wrong checksum");
    }
    return java.util.Arrays.copyOf(bytes, length);
  }

  private static UnreadableSampleException damaged(String what) {
    return new UnreadableSampleException(Reason.DAMAGED, "a chunk " + what);
  }
}
