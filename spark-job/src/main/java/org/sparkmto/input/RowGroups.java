package org.sparkmto.input;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.sparkmto.data.ShardFile;

/**
 * The row groups of a split, read by threads of its own before they are asked for. The first ones
 * whose decoded values fit into a bound are held and served from then on. To be used by one thread.
 */
final class RowGroups implements AutoCloseable {
  /** Row groups that are read, or wait to be taken, at a time: an object store answers slowly. */
  static final int AT_A_TIME = 4;

  private final SplitSource source;
  private final Layout layout;
  private final long cacheBytes;
  private final WorkThreads readers;
  // Footers are small and cost a round trip or two on an object store, so they are kept.
  private final Map<ShardFile, FutureTask<Shard>> shards = new ConcurrentHashMap<>();
  private final Map<Integer, RowGroup> held = new HashMap<>();
  private final Map<Integer, Begun> begun = new HashMap<>();
  private long heldBytes;
  private long decoded;

  private static final class Begun {
    private final Future<RowGroup> reading;
    private int reads;

    Begun(Future<RowGroup> reading) {
      this.reading = reading;
    }
  }

  RowGroups(SplitSource source, long cacheBytes) {
    this.source = source;
    this.layout = source.layout();
    this.cacheBytes = cacheBytes;
    this.readers = new WorkThreads("row groups of split '" + source.split() + "'", AT_A_TIME);
  }

  Layout layout() {
    return layout;
  }

  /**
   * Begins to read a row group, unless it is held. As many calls of {@link #read} must follow, of
   * the same row groups in the same order.
   */
  void begin(int group) {
    if (!held.containsKey(group)) {
      begun.computeIfAbsent(group, number -> new Begun(readers.start(() -> decode(number))))
          .reads++;
    }
  }

  /** Row groups that were begun and not read so far. */
  int begun() {
    return begun.size();
  }

  /**
   * The row group of this number in manifest order; waits for it.
   *
   * @throws org.sparkmto.data.DataContractException as {@link Shard}
   * @throws InputException if the thread is interrupted, which it stays
   */
  RowGroup read(int group) {
    Begun reading = begun.get(group);
    if (reading != null && --reading.reads == 0) {
      begun.remove(group);
    }
    RowGroup known = held.get(group);
    if (known != null) {
      return known;
    }
    RowGroup read =
        WorkThreads.result(reading == null ? readers.start(() -> decode(group)) : reading.reading);
    decoded++;
    if (read.bytes() <= cacheBytes - heldBytes) {
      held.put(group, read);
      heldBytes += read.bytes();
    }
    return read;
  }

  private RowGroup decode(int group) {
    Layout.Place place = layout.place(group);
    FutureTask<Shard> shard =
        shards.computeIfAbsent(
            place.file(),
            file -> new FutureTask<>((Callable<Shard>) () -> Shard.open(source, file)));
    // One thread opens it, all wait for it.
    shard.run();
    return WorkThreads.result(shard).read(place.groupInFile());
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

  boolean alive() {
    return readers.alive();
  }

  /** Ends the threads, also those that wait for storage. */
  @Override
  public void close() {
    readers.close();
  }
}
