package org.sparkmto.preprocessing.matlab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/** The names in a group. Links to other names and to other files are seen, but never followed. */
final class HdfGroup {
  private static final long UNDEFINED = -1;

  /** Stands for the address of a link that is not followed. */
  private static final long FOLLOWED_NOWHERE = -2;

  private static final int MAX_NAME = 1024;
  private static final int MAX_HEAP = 16 << 20;
  private static final int MAX_NAMES = 1 << 16;

  private final Map<String, Long> addresses = new HashMap<>();

  static HdfGroup of(HdfSource source, long address) throws UnreadableSampleException, IOException {
    HdfGroup group = new HdfGroup();
    List<HdfMessage> messages = HdfMessage.of(source, address);
    Optional<HdfMessage> table = HdfMessage.find(messages, HdfMessage.SYMBOL_TABLE);
    if (table.isPresent()) {
      HdfRecord record = table.get().record();
      long tree = record.u64();
      HdfRecord heap = source.record("a heap of names", record.u64(), 32).expect("HEAP").skip(4);
      long size = heap.u64();
      if (size < 0 || size > MAX_HEAP) {
        throw new UnreadableSampleException(
            Reason.DAMAGED, "a heap of names says it has " + size + " bytes");
      }
      byte[] names = source.bytes("a heap of names", heap.skip(8).u64(), size);
      group.addTree(source, tree, names, -1);
    }
    Optional<HdfMessage> info = HdfMessage.find(messages, HdfMessage.LINK_INFO);
    if (info.isPresent()) {
      HdfRecord record = info.get().record();
      int flags = record.skip(1).u8();
      if (record.skip((flags & 1) != 0 ? 8 : 0).u64() != UNDEFINED) {
        throw new UnreadableSampleException(
            Reason.WRONG_FORMAT,
            "it keeps its names in a fractal heap, as MATLAB does not; write it with MATLAB, or"
                + " with h5py and libver='earliest'");
      }
    }
    for (HdfMessage message : messages) {
      if (message.type() == HdfMessage.LINK) {
        group.addLink(message.record());
      }
    }
    return group;
  }

  /**
   * The address of an object; empty if there is none of this name.
   *
   * @throws UnreadableSampleException {@code UNSAFE_NAME} if the name is a soft or external link
   */
  Optional<Long> address(String name) throws UnreadableSampleException {
    Long address = addresses.get(name);
    if (address != null && address == FOLLOWED_NOWHERE) {
      throw new UnreadableSampleException(
          Reason.UNSAFE_NAME,
          name + " is a link to another name or another file; links are not followed");
    }
    return Optional.ofNullable(address);
  }

  /** Each level of a tree has the number before its parent's, so a loop ends. */
  private void addTree(HdfSource source, long address, byte[] names, int level)
      throws UnreadableSampleException, IOException {
    HdfRecord head = source.record("a tree of names", address, 24).expect("TREE");
    int type = head.u8();
    int own = head.u8();
    int count = head.u16();
    if (type != 0 || (level >= 0 && own != level) || own > 20) {
      throw new UnreadableSampleException(Reason.DAMAGED, "a tree of names is damaged");
    }
    HdfRecord body = source.record("a tree of names", address + 24, 16L * count + 8);
    for (int i = 0; i < count; i++) {
      long child = body.skip(8).u64();
      if (own > 0) {
        addTree(source, child, names, own - 1);
      } else {
        addSymbols(source, child, names);
      }
    }
  }

  private void addSymbols(HdfSource source, long address, byte[] names)
      throws UnreadableSampleException, IOException {
    HdfRecord head = source.record("a table of names", address, 8).expect("SNOD").skip(2);
    int count = head.u16();
    HdfRecord body = source.record("a table of names", address + 8, 40L * count);
    for (int i = 0; i < count; i++) {
      long name = body.u64();
      long object = body.u64();
      long cached = body.u32();
      body.skip(20);
      if (name < 0 || name >= names.length) {
        throw new UnreadableSampleException(Reason.DAMAGED, "a name is outside of its heap");
      }
      int stop = (int) name;
      while (stop < names.length && names[stop] != 0 && stop - name < MAX_NAME) {
        stop++;
      }
      add(
          new String(names, (int) name, stop - (int) name, StandardCharsets.UTF_8),
          cached == 2 ? FOLLOWED_NOWHERE : object);
    }
  }

  private void addLink(HdfRecord link) throws UnreadableSampleException {
    int version = link.u8();
    int flags = link.u8();
    int type = (flags & 8) != 0 ? link.u8() : 0;
    link.skip((flags & 4) != 0 ? 8 : 0).skip((flags & 16) != 0 ? 1 : 0);
    long length = link.number(1 << (flags & 3));
    if (version != 1 || length < 0 || length > MAX_NAME) {
      throw new UnreadableSampleException(Reason.DAMAGED, "a link is damaged");
    }
    String name = new String(link.bytes(length), StandardCharsets.UTF_8);
    add(name, type == 0 ? link.u64() : FOLLOWED_NOWHERE);
  }

  private void add(String name, long address) throws UnreadableSampleException {
    if (address < 0 && address != FOLLOWED_NOWHERE) {
      throw new UnreadableSampleException(Reason.DAMAGED, "'" + name + "' has no address");
    }
    if (addresses.put(name, address) != null) {
      throw new UnreadableSampleException(Reason.DAMAGED, "it has the name '" + name + "' twice");
    }
    if (addresses.size() > MAX_NAMES) { // they may overlap in the file, but not in memory
      throw new UnreadableSampleException(
          Reason.TOO_LARGE, "it has more than " + MAX_NAMES + " variables");
    }
  }
}
