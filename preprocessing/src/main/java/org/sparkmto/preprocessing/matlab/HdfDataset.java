package org.sparkmto.preprocessing.matlab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/**
 * Numbers in an HDF5 file, contiguous or in chunks that a tree of version 1 finds, which is what
 * MATLAB writes. Nothing is read or allocated before dimensions, layout and file agree.
 */
final class HdfDataset {
  /** The most numbers of a slice. */
  static final int MAX_SLICE = 1 << 24;

  /** The most slices. */
  static final int MAX_SLICES = 1 << 20;

  private static final int MAX_RANK = 8;
  private static final int MAX_CHUNK = 64 << 20;
  private static final int MAX_CHUNKS = 1 << 16;

  /** The most bytes that are expanded for one slice. */
  private static final long MAX_WORK = 256 << 20;

  /** The most bytes of the tree of chunks that are read for one slice. */
  private static final long MAX_TREE = 8 << 20;

  /** Chunks that hold parts of several slices are kept for the next one, so many bytes of them. */
  private static final int CACHE = 32 << 20;

  private record Chunk(long address, long stored, long skipped) {}

  private final HdfSource source;
  private final String name;
  private final int[] dimensions;
  private final HdfNumber number;
  private final HdfFilters filters;
  private final int sliceCount;
  // Of a contiguous data set (chunk is null) the first byte, of a chunked one the tree.
  private final long address;
  private final int[] chunk;
  private final int chunkBytes;
  private final int chunksPerSlice;
  private final Map<Long, byte[]> cache = new LinkedHashMap<>(16, 0.75f, true);
  private long cached;

  /** Understands the header of a data set; empty if the object is a group. */
  static Optional<HdfDataset> of(HdfSource source, String name, long header)
      throws UnreadableSampleException, IOException {
    List<HdfMessage> messages = HdfMessage.of(source, header);
    Optional<HdfMessage> layout = HdfMessage.find(messages, HdfMessage.LAYOUT);
    return layout.isEmpty()
        ? Optional.empty()
        : Optional.of(new HdfDataset(source, name, messages, layout.get().record()));
  }

  private HdfDataset(HdfSource source, String name, List<HdfMessage> messages, HdfRecord layout)
      throws UnreadableSampleException {
    this.source = source;
    this.name = name;
    if (HdfMessage.find(messages, HdfMessage.EXTERNAL_FILES).isPresent()) {
      throw new UnreadableSampleException(
          Reason.UNSAFE_NAME, name + " keeps its numbers in other files, which are not read");
    }
    dimensions = dimensions(required(messages, HdfMessage.DATASPACE));
    HdfNumber type = HdfNumber.of(required(messages, HdfMessage.DATATYPE));
    String matlab = matlabClass(messages);
    // Writers in Java know no unsigned bytes: MATLAB's own word counts more than HDF5's.
    number = type.width() <= 2 && !matlab.startsWith("int") ? type.unsigned() : type;
    Optional<HdfMessage> pipeline = HdfMessage.find(messages, HdfMessage.FILTERS);
    filters =
        pipeline.isPresent()
            ? HdfFilters.of(pipeline.get().record(), number.width())
            : HdfFilters.none();
    sliceCount = checkedSliceCount();

    int version = layout.u8();
    int kind = layout.u8();
    if (version < 3 || version > 4 || kind < 1 || kind > 2 || (version == 4 && kind == 2)) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT,
          name
              + " is laid out as MATLAB does not do it (version "
              + version
              + ", class "
              + kind
              + "); write it with MATLAB, or with h5py and libver='earliest'");
    }
    if (kind == 1) {
      chunk = null;
      chunkBytes = 0;
      chunksPerSlice = 0;
      address = layout.u64();
      long size = layout.u64();
      long wanted = (long) dimensions[0] * sliceCount * number.width();
      // Nothing is stored of nothing, and of numbers that were never written: address -1.
      boolean there = address >= 0 && wanted <= source.length() - source.base() - address;
      if (size != wanted || (wanted > 0 && !there)) {
        throw new UnreadableSampleException(
            Reason.DAMAGED, name + " needs " + wanted + " bytes that are not in the file");
      }
      return;
    }
    int rank = layout.u8() - 1;
    address = layout.u64();
    if (rank != dimensions.length) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, name + " has chunks of " + rank + " dimensions");
    }
    chunk = new int[rank];
    long bytes = number.width();
    long chunks = 1;
    for (int i = 0; i < rank; i++) {
      long side = layout.u32();
      bytes *= side;
      if (side < 1 || bytes > MAX_CHUNK) {
        throw new UnreadableSampleException(
            Reason.TOO_LARGE, name + " has empty chunks, or larger ones than are read");
      }
      chunk[i] = (int) side;
      chunks *= i == 0 ? 1 : (dimensions[i] + side - 1) / side;
    }
    if (layout.u32() != number.width()) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, name + " has chunks of other numbers than it says");
    }
    chunkBytes = (int) bytes;
    chunksPerSlice = (int) Math.min(chunks, MAX_CHUNKS);
    if (chunks > MAX_CHUNKS || chunks * chunkBytes > MAX_WORK) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE, name + " has " + chunks + " chunks for each index, too many");
    }
  }

  /** The lengths in the order of HDF5. */
  int[] dimensions() {
    return dimensions.clone();
  }

  /** How its numbers are stored. */
  HdfNumber number() {
    return number;
  }

  /** Numbers of a slice. */
  int sliceCount() {
    return sliceCount;
  }

  private int checkedSliceCount() throws UnreadableSampleException {
    long count = 1;
    for (int i = 1; i < dimensions.length; i++) {
      count *= dimensions[i];
      if (count > MAX_SLICE) {
        break;
      }
    }
    if (count > MAX_SLICE || dimensions[0] > MAX_SLICES) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE,
          name + " says it has dimensions " + Arrays.toString(dimensions) + ", more than is read");
    }
    return (int) count;
  }

  /** The bytes of a slice, in the byte order of the numbers. */
  ByteBuffer slice(int index) throws UnreadableSampleException, IOException {
    if (index < 0 || index >= dimensions[0]) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, name + " has " + dimensions[0] + " slices, but none of index " + index);
    }
    int size = sliceCount * number.width();
    if (chunk == null) {
      source.allow(size + 1024L);
      byte[] bytes = source.bytes(name, address + (long) index * size, size);
      return ByteBuffer.wrap(bytes).order(number.order());
    }
    source.allow(MAX_TREE + chunksPerSlice * (mostStored() + 64));
    ByteBuffer slice = ByteBuffer.allocate(size).order(number.order());
    Set<Long> found = new HashSet<>();
    addTree(slice, index, address, -1, found);
    if (found.size() != chunksPerSlice) {
      throw new UnreadableSampleException(
          Reason.DAMAGED,
          "slice "
              + index
              + " of "
              + name
              + " has "
              + found.size()
              + " of "
              + chunksPerSlice
              + " chunks");
    }
    return slice;
  }

  /** Each level of a tree has the number before its parent's, so a loop ends. */
  private void addTree(ByteBuffer slice, int index, long node, int level, Set<Long> found)
      throws UnreadableSampleException, IOException {
    String what = "the tree of chunks of " + name;
    HdfRecord head = source.record(what, node, 24).expect("TREE");
    int type = head.u8();
    int own = head.u8();
    int count = head.u16();
    if (type != 1 || (level >= 0 && own != level) || own > 20) {
      throw new UnreadableSampleException(Reason.DAMAGED, what + " is damaged");
    }
    int rank = chunk.length;
    long key = 8 + 8L * (rank + 1);
    HdfRecord body = source.record(what, node + 24, count * (key + 8) + key);
    long wanted = (long) index / chunk[0] * chunk[0];
    long stored = body.u32();
    long skipped = body.u32();
    long[] offset = offset(body);
    for (int i = 0; i < count; i++) {
      long child = body.u64();
      long nextStored = body.u32();
      long nextSkipped = body.u32();
      long[] next = offset(body);
      if (own > 0) {
        if (offset[0] <= wanted && wanted <= next[0]) {
          addTree(slice, index, child, own - 1, found);
        }
      } else if (offset[0] == wanted) {
        addChunk(slice, index, offset, new Chunk(child, stored, skipped), found);
      }
      stored = nextStored;
      skipped = nextSkipped;
      offset = next;
    }
  }

  private long[] offset(HdfRecord key) throws UnreadableSampleException {
    long[] offset = new long[chunk.length];
    for (int i = 0; i < offset.length; i++) {
      offset[i] = key.u64();
    }
    key.skip(8); // always 0: inside of a number
    return offset;
  }

  private void addChunk(ByteBuffer slice, int index, long[] offset, Chunk at, Set<Long> found)
      throws UnreadableSampleException, IOException {
    long place = 0;
    for (int i = 1; i < offset.length; i++) {
      if (offset[i] < 0 || offset[i] >= dimensions[i] || offset[i] % chunk[i] != 0) {
        throw new UnreadableSampleException(
            Reason.DAMAGED, "a chunk of " + name + " has no place in it");
      }
      place = place * dimensions[i] + offset[i];
    }
    if (!found.add(place)) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, "a chunk of " + name + " stands twice in the file");
    }
    byte[] bytes = cache.get(at.address);
    if (bytes == null) {
      if (at.stored > mostStored()) {
        throw new UnreadableSampleException(
            Reason.DAMAGED, "a chunk of " + name + " says it has " + at.stored + " bytes");
      }
      byte[] packed = source.bytes("a chunk of " + name, at.address, at.stored);
      bytes = filters.undo(packed, at.skipped, chunkBytes);
      keep(at.address, bytes);
    }
    // Runs along the last dimension, of the one layer of the chunk that is in this slice.
    int width = number.width();
    int rank = chunk.length;
    int[] counter = new int[rank];
    counter[0] = (int) (index - offset[0]);
    int run =
        rank == 1 ? 1 : (int) Math.min(chunk[rank - 1], dimensions[rank - 1] - offset[rank - 1]);
    while (true) {
      int from = 0;
      long to = 0;
      for (int i = 0; i < rank; i++) {
        from = from * chunk[i] + counter[i];
        to = i == 0 ? 0 : to * dimensions[i] + offset[i] + counter[i];
      }
      slice.put((int) to * width, bytes, from * width, run * width);
      int d = rank - 2;
      while (d > 0 && ++counter[d] == Math.min(chunk[d], dimensions[d] - offset[d])) {
        counter[d--] = 0;
      }
      if (d <= 0) {
        return;
      }
    }
  }

  /** Filters may make a chunk a little longer. */
  private long mostStored() {
    return chunkBytes + chunkBytes / 64L + 1024;
  }

  private void keep(long at, byte[] bytes) {
    if (chunk[0] == 1 || bytes.length > CACHE) {
      return;
    }
    cache.put(at, bytes);
    cached += bytes.length;
    var oldest = cache.values().iterator();
    while (cached > CACHE) {
      cached -= oldest.next().length;
      oldest.remove();
    }
  }

  private HdfRecord required(List<HdfMessage> messages, int type) throws UnreadableSampleException {
    Optional<HdfMessage> message = HdfMessage.find(messages, type);
    if (message.isEmpty()) {
      throw new UnreadableSampleException(
          Reason.DAMAGED, name + " has no message " + type + " in its header");
    }
    return message.get().record();
  }

  private int[] dimensions(HdfRecord space) throws UnreadableSampleException {
    int version = space.u8();
    int rank = space.u8();
    space.skip(version == 1 ? 6 : 2);
    if (version < 1 || version > 2 || rank < 1 || rank > MAX_RANK) {
      throw new UnreadableSampleException(
          Reason.WRONG_FORMAT,
          name + " has " + rank + " dimensions; 1 to " + MAX_RANK + " are read");
    }
    int[] lengths = new int[rank];
    for (int i = 0; i < rank; i++) {
      long length = space.u64();
      if (length < 0 || length > Integer.MAX_VALUE) {
        throw new UnreadableSampleException(
            Reason.TOO_LARGE, name + " says it has a dimension of length " + length);
      }
      lengths[i] = (int) length;
    }
    return lengths;
  }

  /** What MATLAB calls the numbers; empty if it does not say so. */
  private static String matlabClass(List<HdfMessage> messages) throws UnreadableSampleException {
    for (HdfMessage message : messages) {
      if (message.type() != HdfMessage.ATTRIBUTE || message.shared()) {
        continue;
      }
      HdfRecord attribute = message.record();
      int version = attribute.u8();
      attribute.skip(1);
      int name = attribute.u16();
      int type = attribute.u16();
      int space = attribute.u16();
      attribute.skip(version == 3 ? 1 : 0);
      String title = text(part(attribute, name, version));
      byte[] kind = part(attribute, type, version);
      part(attribute, space, version);
      boolean isText = kind.length >= 8 && (kind[0] & 0x0f) == 3;
      if (isText && title.equals("MATLAB_class")) {
        long size = new HdfRecord("an attribute", kind).skip(4).u32();
        return text(attribute.bytes(size));
      }
    }
    return "";
  }

  private static byte[] part(HdfRecord attribute, int size, int version)
      throws UnreadableSampleException {
    byte[] bytes = attribute.bytes(size);
    attribute.skip(version == 1 ? (8 - size % 8) % 8 : 0);
    return bytes;
  }

  private static String text(byte[] bytes) {
    int stop = 0;
    while (stop < bytes.length && bytes[stop] != 0) {
      stop++;
    }
    return new String(bytes, 0, stop, StandardCharsets.UTF_8);
  }
}
