package org.sparkmto.preprocessing.matlab;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/** A message of an object header: one thing that is said about a group or a data set. */
final class HdfMessage {
  static final int DATASPACE = 0x01;
  static final int LINK_INFO = 0x02;
  static final int DATATYPE = 0x03;
  static final int LINK = 0x06;
  static final int EXTERNAL_FILES = 0x07;
  static final int LAYOUT = 0x08;
  static final int FILTERS = 0x0b;
  static final int ATTRIBUTE = 0x0c;
  static final int CONTINUATION = 0x10;
  static final int SYMBOL_TABLE = 0x11;

  private static final String WHAT = "an object header";
  private static final int MAX_BLOCKS = 1000;
  private static final int MAX_MESSAGES = 1 << 16;
  private static final int MAX_BLOCK = 1 << 20;

  private final int type;
  private final boolean shared;
  private final byte[] body;

  private HdfMessage(int type, boolean shared, byte[] body) {
    this.type = type;
    this.shared = shared;
    this.body = body;
  }

  /** The number of its type in the file format. */
  int type() {
    return type;
  }

  /** Whether it only points to what is said elsewhere. */
  boolean shared() {
    return shared;
  }

  /** All messages of an object. */
  static List<HdfMessage> of(HdfSource source, long address)
      throws UnreadableSampleException, IOException {
    HdfRecord start = source.start(WHAT, address, 48);
    int version = start.u8();
    record Block(long address, long size) {}
    Deque<Block> blocks = new ArrayDeque<>();
    boolean second = version == 'O';
    int flags = 0;
    if (second) {
      flags = start.skip(4).u8();
      start.skip((flags & 0x20) != 0 ? 16 : 0).skip((flags & 0x10) != 0 ? 4 : 0);
      int before = start.remaining();
      long size = start.number(1 << (flags & 3));
      int width = before - start.remaining();
      long front = 6L + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0) + width;
      blocks.add(new Block(address + front, size));
    } else if (version == 1) {
      blocks.add(new Block(address + 16, start.skip(7).u32()));
    } else {
      throw new UnreadableSampleException(
          Reason.DAMAGED, "there is no object header at " + address);
    }
    List<HdfMessage> messages = new ArrayList<>();
    int count = 0;
    while (!blocks.isEmpty()) {
      Block block = blocks.remove();
      if (++count > MAX_BLOCKS || block.size < 0 || block.size > MAX_BLOCK) {
        throw new UnreadableSampleException(
            Reason.DAMAGED, WHAT + " has a loop of blocks, or one of " + block.size + " bytes");
      }
      HdfRecord record = source.record(WHAT, block.address, block.size);
      while (record.remaining() >= (second ? 4 : 8)) {
        int type = second ? record.u8() : record.u16();
        int size = record.u16();
        int marks = record.u8();
        record.skip(second ? ((flags & 4) != 0 ? 2 : 0) : 3);
        HdfMessage message = new HdfMessage(type, (marks & 2) != 0, record.bytes(size));
        if (type == CONTINUATION) {
          HdfRecord next = message.record();
          long where = next.u64();
          long length = next.u64();
          // A block of the second version stands between a signature and a checksum.
          blocks.add(second ? new Block(where + 4, length - 8) : new Block(where, length));
        }
        messages.add(message);
        if (messages.size() > MAX_MESSAGES) { // empty ones take more memory here than in the file
          throw new UnreadableSampleException(
              Reason.DAMAGED, WHAT + " has more than " + MAX_MESSAGES + " messages");
        }
      }
    }
    return messages;
  }

  static Optional<HdfMessage> find(List<HdfMessage> messages, int type) {
    return messages.stream().filter(message -> message.type == type).findFirst();
  }

  /** What it says; a message that is shared with other objects is refused. */
  HdfRecord record() throws UnreadableSampleException {
    if (shared) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT, WHAT + " has a shared message, as MATLAB does not write it");
    }
    return new HdfRecord("message " + type + " of " + WHAT, body);
  }
}
