package org.sparkmto.input;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkmto.data.Column;
import org.sparkmto.data.ShardFile;

/**
 * The decoded row groups of a split, those used last kept up to a number of bytes. For one thread.
 */
final class RowGroups {
  private final SplitSource source;
  private final Layout layout;
  private final long cacheBytes;
  // Footers are small and cost a round trip or two on an object store, so they are kept.
  private final Map<ShardFile, Shard> shards = new HashMap<>();
  private final Map<Integer, RowGroup> cache = new LinkedHashMap<>(16, 0.75f, true);
  private long cached;
  private long decoded;

  RowGroups(SplitSource source, long cacheBytes) {
    this.source = source;
    this.layout = source.layout();
    this.cacheBytes = cacheBytes;
  }

  Layout layout() {
    return layout;
  }

  /** Whether the cache has room for the whole split, so that its row groups may be held on to. */
  boolean holdAll() {
    long row = source.columnsRead().stream().mapToLong(Column::bytes).sum();
    return layout.samples() <= cacheBytes / row;
  }

  /**
   * The row group of this number in manifest order.
   *
   * @throws org.sparkmto.data.DataContractException as {@link Shard}
   */
  RowGroup read(int group) {
    RowGroup known = cache.get(group);
    if (known != null) {
      return known;
    }
    Layout.Place place = layout.place(group);
    RowGroup read =
        shards
            .computeIfAbsent(place.file(), file -> Shard.open(source, file))
            .read(place.groupInFile());
    decoded++;
    keep(group, read);
    return read;
  }

  /** Bytes in the cache; never above its bound. */
  long cachedBytes() {
    return cached;
  }

  /** Row groups decoded so far. */
  long decoded() {
    return decoded;
  }

  private void keep(int group, RowGroup read) {
    if (read.bytes() > cacheBytes) {
      return;
    }
    Iterator<RowGroup> oldest = cache.values().iterator();
    while (cached + read.bytes() > cacheBytes) {
      cached -= oldest.next().bytes();
      oldest.remove();
    }
    cache.put(group, read);
    cached += read.bytes();
  }
}
