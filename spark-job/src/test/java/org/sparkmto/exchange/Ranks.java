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
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** Several ranks as threads of this JVM, connected through 127.0.0.1 or by memory. */
public final class Ranks {
  static final String HERE = "127.0.0.1";
  private static final AtomicInteger ATTEMPTS = new AtomicInteger();

  static {
    // Whose deadline is a second has no time to load a library.
    Loader.load(torch.class);
  }

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
    return start(PeerLink.GLOO, size, deadline, gradients, body);
  }

  public static <T> List<Future<T>> start(
      PeerLink link, int size, Duration deadline, Transport gradients, Body<T> body) {
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
                try (RankGroup group = join(link, name, own, size, deadline, gradients)) {
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

  private static RankGroup join(
      PeerLink link, String name, int rank, int size, Duration deadline, Transport gradients)
      throws InterruptedException {
    RankGroup group = link.join(new DriverChannel(name), rank, size, HERE, deadline, gradients);
    assertThat(group)
        .isInstanceOf(link == PeerLink.GLOO ? GlooGroup.class : SharedMemoryGroup.class);
    return group;
  }

  public static <T> List<T> run(int size, Body<T> body)
      throws ExecutionException, InterruptedException, TimeoutException {
    return run(size, Transport.FLOAT32, body);
  }

  public static <T> List<T> run(int size, Transport gradients, Body<T> body)
      throws ExecutionException, InterruptedException, TimeoutException {
    return run(PeerLink.GLOO, size, gradients, body);
  }

  public static <T> List<T> run(PeerLink link, int size, Transport gradients, Body<T> body)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<T> values = new ArrayList<>();
    for (Future<T> result : start(link, size, Duration.ofSeconds(20), gradients, body)) {
      values.add(result.get(30, TimeUnit.SECONDS));
    }
    assertThat(values).hasSize(size);
    return values;
  }
}
