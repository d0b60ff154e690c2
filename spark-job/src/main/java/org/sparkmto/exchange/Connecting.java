package org.sparkmto.exchange;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A native library that connects with peers, which can neither be stopped while it does so nor told
 * of a peer that has gone. It has a thread of its own, which the waiting one leaves behind when the
 * deadline passes or the driver says that the attempt is over.
 *
 * @param <C> what it makes
 */
final class Connecting<C> {
  private static final Duration ASK_DRIVER = Duration.ofMillis(200);

  private final CompletableFuture<C> joined = new CompletableFuture<>();
  private final Consumer<C> close;

  private Connecting(Consumer<C> close) {
    this.close = close;
  }

  /**
   * Begins.
   *
   * @param thread its name
   * @param connect returns when it is connected; what it holds besides, it frees if it fails
   * @param close frees what comes when nobody waits for it any more
   */
  static <C> Connecting<C> start(String thread, Supplier<C> connect, Consumer<C> close) {
    Connecting<C> connecting = new Connecting<>(close);
    Thread own = new Thread(() -> connecting.run(connect), thread);
    own.setDaemon(true);
    own.start();
    return connecting;
  }

  private void run(Supplier<C> connect) {
    try {
      C ready = connect.get();
      if (!joined.complete(ready)) {
        close.accept(ready);
      }
    } catch (RuntimeException | Error e) {
      joined.completeExceptionally(e);
    }
  }

  /** Whether it came to nothing. */
  boolean failed() {
    return joined.isCompletedExceptionally();
  }

  /**
   * Waits until it is connected.
   *
   * @param askDriver throws if the attempt is over; asked again and again
   * @param late what to throw when the deadline has passed
   * @param failed what to throw for what the library has thrown
   */
  C await(
      Deadline deadline,
      Runnable askDriver,
      Function<TimeoutException, ExchangeException> late,
      Function<RuntimeException, ExchangeException> failed)
      throws InterruptedException {
    while (true) {
      try {
        Duration wait = deadline.left().compareTo(ASK_DRIVER) < 0 ? deadline.left() : ASK_DRIVER;
        return joined.get(wait.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (deadline.passed()) {
          throw late.apply(e);
        }
        askDriver.run();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException reason) {
          throw failed.apply(reason);
        }
        throw new IllegalStateException("a library cannot connect", e.getCause());
      }
    }
  }

  /** Waits no longer: what comes all the same is closed. */
  void giveUp(Exception reason) {
    if (!joined.completeExceptionally(reason) && !failed()) {
      close.accept(joined.join());
    }
  }
}
