package org.sparkmto.input;

import java.util.HashMap;
import java.util.Map;
import org.sparkmto.data.ShardFile;

/**
 * The decoded row groups of a split. The first ones read are held for good, as many as fit into a
 * number of bytes. Nothing is ever evicted: epochs visit every row group once, in ever new orders,
 * so that a cache which evicts what was used longest ago would evict nearly all of it before its
 * next use, while this one serves its share of every epoch. For one thread.
 */
final class RowGroups {
  private final SplitSource source;
  private final Layout layout;
  private final long cacheBytes;
  // Footers are small and cost a round trip or two on an object store, so they are kept.
  private final Map<ShardFile, Shard> shards = new HashMap<>();
  private final Map<Integer, RowGroup> held = new HashMap<>();
  private long heldBytes;
  private long decoded;

  RowGroups(SplitSource source, long cacheBytes) {
    this.source = source;
    this.layout = source.layout();
    this.cacheBytes = cacheBytes;
  }

  Layout layout() {
    return layout;
  }

  /**
   * The row group of this number in manifest order.
   *
   * @throws org.sparkmto.data.DataContractException as {@link Shard}
   */
  RowGroup read(int group) {
    RowGroup known = held.get(group);
    if (known != null) {
      return known;
    }
    Layout.Place place = layout.place(group);
    RowGroup read =
        shards
            .computeIfAbsent(place.file(), file -> Shard.open(source, file))
            .read(place.groupInFile());
    decoded++;
    if (read.bytes() <= cacheBytes - heldBytes) {
      held.put(group, read);
      heldBytes += read.bytes();
    }
    return read;
  }

  /** Whether a row group is held anyway, so that keeping a reference to it costs nothing. */
  boolean holds(int group) {
    return held.containsKey(group);
  }

  /** Bytes of the row groups held; never above the bound. */
  long heldBytes() {
    return heldBytes;
  }

  /** Row groups decoded so far. */
  long decoded() {
    return decoded;
  }
}
