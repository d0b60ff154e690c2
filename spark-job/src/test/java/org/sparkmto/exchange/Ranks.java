package org.sparkmto.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Several ranks as threads of this JVM, connected through 127.0.0.1. */
public final class Ranks {
  static final String HERE = "127.0.0.1";
  private static final AtomicInteger ATTEMPTS = new AtomicInteger();

  private Ranks() {}

  public interface Body<T> {
    T run(RankGroup group) throws Exception;
  }

  /** Runs the body on every rank; each closes its group at the end, however it ends. */
  public static <T> List<Future<T>> start(int size, Duration deadline, Body<T> body) {
    return start(size, deadline, Transport.FLOAT32, body);
  }

  public static <T> List<Future<T>> start(
      int size, Duration deadline, Transport gradients, Body<T> body) {
    String name = "attempt " + ATTEMPTS.incrementAndGet();
    Wire.connect();
    DriverDesk desk = DriverDesk.open(name, report -> null);
    AtomicInteger left = new AtomicInteger(size);
    ExecutorService threads = Executors.newFixedThreadPool(size);
    List<Future<T>> results = new ArrayList<>();
    for (int rank = 0; rank < size; rank++) {
      int own = rank;
      results.add(
          threads.submit(
              () -> {
                try (RankGroup group =
                    GlooGroup.join(new DriverChannel(name), own, size, HERE, deadline, gradients)) {
                  return body.run(group);
                } finally {
                  if (left.decrementAndGet() == 0) {
                    desk.close();
                  }
                }
              }));
    }
    threads.shutdown();
    return results;
  }

  public static <T> List<T> run(int size, Body<T> body)
      throws ExecutionException, InterruptedException, TimeoutException {
    return run(size, Transport.FLOAT32, body);
  }

  public static <T> List<T> run(int size, Transport gradients, Body<T> body)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<T> values = new ArrayList<>();
    for (Future<T> result : start(size, Duration.ofSeconds(20), gradients, body)) {
      values.add(result.get(30, TimeUnit.SECONDS));
    }
    assertThat(values).hasSize(size);
    return values;
  }
}
