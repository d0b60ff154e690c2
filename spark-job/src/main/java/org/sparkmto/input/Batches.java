package org.sparkmto.input;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.sparkmto.data.Column;

/**
 * The threads behind a stream of batches: some read and decode row groups, one puts a window
 * together ahead, one cuts windows into batches, and some augment their samples.
 */
final class Batches implements AutoCloseable {
  private final RowGroups rowGroups;
  private final Prefetch<Window> windows;
  private final Augmentations augmentations;
  private final Prefetch<RankBatch> batches;

  private Batches(
      RowGroups rowGroups,
      Prefetch<Window> windows,
      Augmentations augmentations,
      Prefetch<RankBatch> batches) {
    this.rowGroups = rowGroups;
    this.windows = windows;
    this.augmentations = augmentations;
    this.batches = batches;
  }

  /**
   * @param augmenter makes one for each thread that augments
   * @param parts what to read, in order; iterated twice, by different threads
   */
  static Batches start(
      String name,
      SplitSource source,
      Buffering buffering,
      Supplier<Augmenter> augmenter,
      LongFunction<SampleOrder> orders,
      Iterable<Part> parts) {
    RowGroups rowGroups = new RowGroups(source, buffering.cacheBytes());
    Augmentations augmentations = new Augmentations(name, augmenter);
    Prefetch<Window> windows =
        Prefetch.start("windows of " + name, 1, new Windows(rowGroups, orders, parts.iterator()));
    Prefetch<RankBatch> batches =
        Prefetch.start(
            "batches of " + name,
            buffering.batchesAhead(),
            new Cutter(windows, source.columnsRead(), parts.iterator(), augmentations));
    return new Batches(rowGroups, windows, augmentations, batches);
  }

  Optional<RankBatch> next() {
    return batches.next();
  }

  boolean alive() {
    return windows.alive() || batches.alive() || rowGroups.alive();
  }

  @Override
  public void close() {
    batches.close();
    windows.close();
    rowGroups.close();
    augmentations.close();
  }

  /** Cuts windows into batches and augments their samples. */
  private static final class Cutter implements Prefetch.Source<RankBatch> {
    private final Prefetch<Window> windows;
    private final List<Column> columns;
    private final Iterator<Part> parts;
    private final Augmentations augmentations;
    private Window window;
    private int used;

    Cutter(
        Prefetch<Window> windows,
        List<Column> columns,
        Iterator<Part> parts,
        Augmentations augmentations) {
      this.augmentations = augmentations;
      this.windows = windows;
      this.columns = columns;
      this.parts = parts;
    }

    @Override
    public RankBatch next() {
      if (!parts.hasNext()) {
        return null;
      }
      Part part = parts.next();
      RankBatch batch = new RankBatch(part, columns);
      for (int sample = 0; sample < part.samples(); sample++) {
        if (window == null) {
          window = windows.next().orElseThrow();
          used = 0;
        }
        window.copy(used++, batch, sample);
        if (used == window.size()) {
          // Let go of it before the next one is awaited.
          window = null;
        }
      }
      augmentations.apply(batch);
      return batch;
    }
  }
}
