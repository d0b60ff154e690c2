package org.sparkmto.input;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Makes things on a daemon thread before they are asked for, at most a given number ahead. What
 * goes wrong there is thrown where they are asked for.
 */
final class Prefetch<T> implements AutoCloseable {
  private static final long CLOSE_SECONDS = 5;

  /** Where the things come from; asked by one thread only. */
  interface Source<T> {
    /** The next thing, or null at the end. */
    T next();
  }

  /** What came of asking the source: a thing, a failure, or neither at the end. */
  private record Outcome<T>(T thing, Throwable failure) {}

  private final String name;
  private final BlockingQueue<Outcome<T>> made = new LinkedBlockingQueue<>();
  private final Semaphore room;
  private final Thread thread;
  private volatile boolean closed;

  private Prefetch(String name, int ahead, Source<T> source) {
    this.name = name;
    room = new Semaphore(ahead);
    thread = new Thread(() -> run(source), name);
    thread.setDaemon(true);
  }

  static <T> Prefetch<T> start(String name, int ahead, Source<T> source) {
    Prefetch<T> prefetch = new Prefetch<>(name, ahead, source);
    prefetch.thread.start();
    return prefetch;
  }

  /**
   * The next thing, or nothing at the end; waits for it.
   *
   * @throws InputException if the source failed, now and at every later call, or if the waiting
   *     thread was interrupted, which stays interrupted
   * @throws IllegalStateException if this was closed, also while waiting
   */
  Optional<T> next() {
    Outcome<T> outcome;
    try {
      outcome = made.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InputException(name + ": interrupted while waiting", e);
    }
    if (outcome.thing() == null || closed) {
      made.add(outcome);
    }
    if (closed) {
      throw new IllegalStateException(name + ": already closed");
    }
    if (outcome.failure() != null) {
      throw failed(outcome.failure());
    }
    if (outcome.thing() != null) {
      room.release();
    }
    return Optional.ofNullable(outcome.thing());
  }

  /** Ends the thread and waits for it, at most five seconds; a storage call may take longer. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      TimeUnit.SECONDS.timedJoin(thread, CLOSE_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    made.clear();
    made.add(new Outcome<>(null, null));
  }

  boolean alive() {
    return thread.isAlive();
  }

  private void run(Source<T> source) {
    try {
      T thing;
      do {
        room.acquire();
        thing = source.next();
        made.add(new Outcome<>(thing, null));
      } while (thing != null && !closed);
    } catch (InterruptedException e) {
      // Only close() interrupts this thread; a waiting reader is told by the outcome.
      made.add(new Outcome<>(null, e));
    } catch (Throwable e) {
      made.add(new Outcome<>(null, e));
    }
  }

  private InputException failed(Throwable failure) {
    // A failure that already crossed a thread keeps its one cause.
    Throwable cause = failure instanceof InputException ? failure.getCause() : failure;
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new InputException(name + " failed: " + message, cause);
  }
}
