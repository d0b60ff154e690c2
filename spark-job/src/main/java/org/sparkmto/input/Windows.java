package org.sparkmto.input;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/**
 * Reads, window after window, what a sequence of parts needs, and begins with the row groups of the
 * windows that follow. For one thread.
 */
final class Windows implements Prefetch.Source<Window> {
  private final RowGroups rowGroups;
  private final LongFunction<SampleOrder> orders;
  private final Iterator<Part> parts;
  private SampleOrder order;
  private Part part;
  private long position;
  private final Deque<Window> planned = new ArrayDeque<>();
  private final Deque<Integer> awaited = new ArrayDeque<>();

  /**
   * @param orders the order of an epoch
   * @param parts in the order in which batches take them; none is empty
   */
  Windows(RowGroups rowGroups, LongFunction<SampleOrder> orders, Iterator<Part> parts) {
    this.rowGroups = rowGroups;
    this.orders = orders;
    this.parts = parts;
    turnToNextPart();
  }

  @Override
  public Window next() {
    readAhead();
    Window window = planned.poll();
    if (window != null) {
      window.read(rowGroups, this::readAhead);
    }
    return window;
  }

  /** Begins with row groups in the order in which they will be read, as many as may be begun. */
  private void readAhead() {
    while (rowGroups.begun() < RowGroups.AT_A_TIME) {
      if (awaited.isEmpty()) {
        // Of windows whose row groups are all held there is no end.
        Window window = planned.size() < RowGroups.AT_A_TIME ? planned() : null;
        if (window == null) {
          return;
        }
        planned.add(window);
        awaited.addAll(window.groups());
      } else {
        rowGroups.begin(awaited.poll());
      }
    }
  }

  private Window planned() {
    if (part == null) {
      return null;
    }
    if (order == null) {
      order = orders.apply(part.epoch());
    }
    SampleOrder current = order;
    int window = current.windowAt(position);
    long start = current.start(window);
    long end = current.start(window + 1);
    long[] samples = current.samples(window);
    LongStream.Builder wanted = LongStream.builder();
    // Ends with the window or the epoch; both bound what is held.
    while (part != null && order == current && position < end) {
      long stop = Math.min(part.to(), end);
      Arrays.stream(samples, (int) (position - start), (int) (stop - start)).forEach(wanted::add);
      position = stop;
      if (position == part.to()) {
        turnToNextPart();
      }
    }
    return new Window(wanted.build().toArray(), rowGroups.layout());
  }

  private void turnToNextPart() {
    long epoch = part == null ? -1 : part.epoch();
    part = parts.hasNext() ? parts.next() : null;
    if (part != null) {
      position = part.from();
      if (part.epoch() != epoch) {
        order = null;
      }
    }
  }
}
