package org.sparkmto.tracking;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Numbers that wait for the server, in the order of the log. Of more than it holds it remembers
 * that there were some: a gap, which the log can fill. Safe for use by several threads.
 */
final class NumberQueue {
  private static final int MOST = 50_000;

  private final Deque<TrackedNumber> waiting = new ArrayDeque<>();
  private boolean gap = true; // of what the run wrote down before it was listened to

  synchronized void add(TrackedNumber number) {
    if (waiting.size() < MOST) {
      waiting.add(number);
    } else {
      gap = true; // the newest is left out: what is there stays in order
    }
  }

  /** The first ones, which stay until they are {@link #taken}. */
  synchronized List<TrackedNumber> first(int most) {
    return waiting.stream().limit(most).toList();
  }

  synchronized void taken(int count) {
    for (int number = 0; number < count; number++) {
      waiting.remove();
    }
  }

  /** Whether there was a gap, which is now the caller's to fill. */
  synchronized boolean takeGap() {
    boolean was = gap;
    gap = false;
    return was;
  }

  /** There is a gap, or still one. */
  synchronized void leaveGap() {
    gap = true;
  }

  synchronized boolean hasGap() {
    return gap;
  }

  synchronized int size() {
    return waiting.size();
  }
}
