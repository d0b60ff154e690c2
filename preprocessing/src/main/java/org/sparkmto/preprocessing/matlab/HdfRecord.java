package org.sparkmto.preprocessing.matlab;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/** A block of an HDF5 file, read from front to back; it says so when it ends too early. */
final class HdfRecord {
  private final String what;
  private final ByteBuffer bytes;

  HdfRecord(String what, byte[] bytes) {
    this.what = what;
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  int remaining() {
    return bytes.remaining();
  }

  int u8() throws UnreadableSampleException {
    need(1);
    return bytes.get() & 0xff;
  }

  int u16() throws UnreadableSampleException {
    need(2);
    return bytes.getShort() & 0xffff;
  }

  long u32() throws UnreadableSampleException {
    need(4);
    return bytes.getInt() & 0xffff_ffffL;
  }

  /** A number of 64 bits; negative if it is larger than any file. */
  long u64() throws UnreadableSampleException {
    need(8);
    return bytes.getLong();
  }

  /** A number of 1, 2, 4 or 8 bytes. */
  long number(int width) throws UnreadableSampleException {
    return switch (width) {
      case 1 -> u8();
      case 2 -> u16();
      case 4 -> u32();
      default -> u64();
    };
  }

  byte[] bytes(long count) throws UnreadableSampleException {
    need(count);
    byte[] result = new byte[(int) count];
    bytes.get(result);
    return result;
  }

  HdfRecord record(String part, long count) throws UnreadableSampleException {
    return new HdfRecord(part, bytes(count));
  }

  HdfRecord skip(long count) throws UnreadableSampleException {
    need(count);
    bytes.position(bytes.position() + (int) count);
    return this;
  }

  /** Goes on at the next multiple of eight bytes, if there is one. */
  void align() {
    bytes.position(Math.min(bytes.limit(), (bytes.position() + 7) / 8 * 8));
  }

  /** Four letters that say what the block is. */
  HdfRecord expect(String signature) throws UnreadableSampleException {
    if (!Arrays.equals(bytes(4), signature.getBytes(StandardCharsets.US_ASCII))) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, what + " does not start with " + signature);
    }
    return this;
  }

  private void need(long count) throws UnreadableSampleException {
    if (count < 0 || count > bytes.remaining()) {
      throw new UnreadableSampleException(Reason.DAMAGED, what + " ends too early");
    }
  }
}
