package org.sparkmto.exchange;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.sparkmto.timing.StepClock;
import org.sparkmto.timing.StepPhase;

/** The way to an aggregator on the driver. What is told travels while the rank goes on. */
public final class DriverLink implements AggregatorLink, AutoCloseable {
  private final DriverChannel driver;
  private final StepClock clock;
  private final Queue<Future<?>> told = new ArrayDeque<>();
  private final ExecutorService teller;

  /**
   * A link of a rank.
   *
   * @param driver borrowed
   * @param clock of the rank, told when it waits for the driver
   */
  public DriverLink(DriverChannel driver, StepClock clock) {
    this.driver = driver;
    this.clock = clock;
    this.teller =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "reports of " + driver.attempt());
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public StepAnswer ask(StepReport report) {
    return clock.during(
        StepPhase.DRIVER,
        () -> {
          awaitTold();
          return driver.weigh(report);
        });
  }

  @Override
  public void tell(StepReport report) {
    told.add(teller.submit(() -> driver.weigh(report)));
  }

  @Override
  public void settle() {
    clock.spend(StepPhase.DRIVER, this::awaitTold);
  }

  private void awaitTold() {
    try {
      for (Future<?> next = told.poll(); next != null; next = told.poll()) {
        next.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExchangeException("interrupted while telling the driver of " + driver.attempt(), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException reason) {
        throw reason;
      }
      throw new ExchangeException("the driver was not told of " + driver.attempt(), e);
    }
  }

  @Override
  public boolean stops() {
    return driver.stops();
  }

  /** Ends the thread that tells; what was told and not answered yet is given up. */
  @Override
  public void close() {
    teller.shutdownNow();
  }
}
