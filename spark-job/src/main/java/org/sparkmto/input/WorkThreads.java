package org.sparkmto.input;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Some daemon threads that work beside the one that wants the results. */
final class WorkThreads implements AutoCloseable {
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads;

  /**
   * Threads that begin when there is work, and end when there has been none for a while.
   *
   * @param count at most so many
   */
  WorkThreads(String name, int count) {
    threads =
        new ThreadPoolExecutor(
            count,
            count,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /** Begins a piece of work. */
  <T> Future<T> start(Callable<T> work) {
    return threads.submit(work);
  }

  /**
   * What came of a piece of work; waits for it, and throws what it threw.
   *
   * @throws InputException if the waiting thread is interrupted, which it stays
   */
  static <T> T result(Future<T> work) {
    try {
      return work.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InputException("interrupted while waiting for storage", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException reason) {
        throw reason;
      }
      if (e.getCause() instanceof Error reason) {
        throw reason;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  boolean alive() {
    return threads.getActiveCount() > 0;
  }

  /** Ends the threads, also those that wait for storage; what they have not done stays undone. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
