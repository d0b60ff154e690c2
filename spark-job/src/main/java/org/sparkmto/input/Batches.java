package org.sparkmto.input;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.sparkmto.data.Column;

/**
 * The two threads behind a stream of batches: one reads a window ahead, one cuts windows into
 * batches.
 */
final class Batches implements AutoCloseable {
  private final Prefetch<Window> windows;
  private final Prefetch<RankBatch> batches;

  private Batches(Prefetch<Window> windows, Prefetch<RankBatch> batches) {
    this.windows = windows;
    this.batches = batches;
  }

  /**
   * @param augmenter used by the thread that cuts
   * @param parts what to read, in order; iterated twice, by different threads
   */
  static Batches start(
      String name,
      SplitSource source,
      Buffering buffering,
      Augmenter augmenter,
      LongFunction<SampleOrder> orders,
      Iterable<Part> parts) {
    RowGroups rowGroups = new RowGroups(source, buffering.cacheBytes());
    Prefetch<Window> windows =
        Prefetch.start("windows of " + name, 1, new Windows(rowGroups, orders, parts.iterator()));
    Prefetch<RankBatch> batches =
        Prefetch.start(
            "batches of " + name,
            buffering.batchesAhead(),
            new Cutter(windows, source.columnsRead(), parts.iterator(), augmenter));
    return new Batches(windows, batches);
  }

  Optional<RankBatch> next() {
    return batches.next();
  }

  boolean alive() {
    return windows.alive() || batches.alive();
  }

  @Override
  public void close() {
    batches.close();
    windows.close();
  }

  /** Cuts windows into batches and augments their samples. */
  private static final class Cutter implements Prefetch.Source<RankBatch> {
    private final Prefetch<Window> windows;
    private final List<Column> columns;
    private final Iterator<Part> parts;
    private final Augmenter augmenter;
    private Window window;
    private int used;

    Cutter(
        Prefetch<Window> windows, List<Column> columns, Iterator<Part> parts, Augmenter augmenter) {
      this.augmenter = augmenter;
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
        augmenter.apply(batch, sample);
        if (used == window.size()) {
          // Let go of it before the next one is awaited.
          window = null;
        }
      }
      return batch;
    }
  }
}
