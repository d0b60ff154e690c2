package org.sparkmto.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.method.Slices;

/** Ranks in threads of this JVM, over real sockets. */
class GlooGroupLifetimeTest {
  private static final String HOST = "127.0.0.1";
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final ExecutorService ranks = Executors.newCachedThreadPool();

  @AfterEach
  void end() throws InterruptedException {
    ranks.shutdown();
    assertThat(ranks.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
  }

  private interface OnRank<T> {
    T run(RankGroup group) throws Exception;
  }

  private <T> List<T> together(String name, int size, Duration deadline, OnRank<T> work)
      throws Exception {
    Wire.connect();
    List<Future<T>> futures = new ArrayList<>();
    try (DriverDesk desk = DriverDesk.open(name, report -> null)) {
      for (int rank = 0; rank < size; rank++) {
        int own = rank;
        DriverChannel driver = new DriverChannel(name);
        futures.add(
            ranks.submit(
                on(
                    () -> PeerLink.GLOO.join(driver, own, size, HOST, deadline, Transport.FLOAT32),
                    work)));
      }
      List<T> results = new ArrayList<>();
      ExecutionException failure = null;
      for (Future<T> future : futures) {
        try {
          results.add(future.get(60, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
          failure = e;
        }
      }
      if (failure != null) {
        throw failure;
      }
      assertThat(desk.bytesReceived()).isPositive();
      return results;
    }
  }

  private static <T> Callable<T> on(Callable<RankGroup> join, OnRank<T> work) {
    return () -> {
      try (RankGroup group = join.call()) {
        return work.run(group);
      }
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void numbersAreSummedAndThoseOfRankZeroReachAll(int size) throws Exception {
    List<double[]> results =
        together(
            "numbers",
            size,
            DEADLINE,
            group -> {
              double[] values = {group.rank() + 1, 0.1, 1e300, Double.NaN};
              group.sum(values);
              double[] weights = {10 + group.rank(), -0.0};
              group.broadcast(weights);
              return new double[] {values[0], values[1], values[3], weights[0], weights[1]};
            });
    assertThat(results).hasSize(size);
    for (double[] values : results) {
      assertThat(values[0]).isEqualTo(size * (size + 1) / 2.0);
      assertThat(values).isEqualTo(results.get(0));
      assertThat(values[2]).isNaN();
      assertThat(values[3]).isEqualTo(10.0);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 5, 1001})
  void slicesAreSummedWhereTheyBelongAndPutTogetherAgain(long elements) throws Exception {
    List<float[]> results =
        together(
            "slices",
            2,
            DEADLINE,
            group -> {
              try (PointerScope scope = new PointerScope()) {
                Slices slices = new Slices(elements, group.size());
                Tensor whole = torch.arange(new org.bytedeco.pytorch.Scalar((float) elements));
                whole.mul_(new org.bytedeco.pytorch.Scalar(1f + group.rank()));
                Tensor own = torch.zeros(slices.length(group.rank()));
                group.beginSlices(whole, own, slices).end();
                Tensor all = torch.zeros(elements);
                group.gatherSlices(own, all, slices);
                float[] values = new float[(int) elements];
                all.data_ptr_float().capacity(elements).get(values);
                return values;
              }
            });
    for (float[] values : results) {
      for (int i = 0; i < values.length; i++) {
        assertThat(values[i]).isEqualTo(3f * i);
      }
    }
  }

  @Test
  void aPeerThatLeavesIsSeenLongBeforeTheDeadline() {
    AtomicLong start = new AtomicLong();
    assertThatThrownBy(
            () ->
                together(
                    "left",
                    2,
                    DEADLINE,
                    group -> {
                      group.sum(new double[1]);
                      if (group.rank() == 0) {
                        // Not before: to load libtorch may take as long on a busy machine.
                        start.set(System.nanoTime());
                        group.sum(new double[1]);
                      }
                      return group.rank();
                    }))
        .cause()
        .isInstanceOf(ExchangeException.class)
        .hasMessageContaining("rank 0 of 2");
    assertThat(Duration.ofNanos(System.nanoTime() - start.get())).isLessThan(DEADLINE.dividedBy(2));
  }

  @Test
  void aRankOfAnotherAttemptDoesNotJoinAndTheWaitEnds() throws Exception {
    Duration second = Duration.ofSeconds(1);
    Wire.connect();
    try (DriverDesk old = DriverDesk.open("old", report -> null);
        DriverDesk fresh = DriverDesk.open("new", report -> null)) {
      Future<RankGroup> zombie =
          ranks.submit(
              () ->
                  PeerLink.GLOO.join(
                      new DriverChannel("old"), 1, 2, HOST, second, Transport.FLOAT32));
      assertThatThrownBy(
              () ->
                  PeerLink.GLOO.join(
                      new DriverChannel("new"), 0, 2, HOST, second, Transport.FLOAT32))
          .isInstanceOf(ExchangeException.class)
          .hasMessage("rank 0 of 2 waited 1.0 s for rank 1 to come to attempt new");
      assertThatThrownBy(zombie::get).hasCauseInstanceOf(ExchangeException.class);
      assertThat(old.bytesReceived() + fresh.bytesReceived()).isPositive();
    }
  }

  /**
   * Before stores outlived their group, this ended with a crash of the JVM or dozens of threads.
   */
  @Test
  void manyGroupsLeaveNothingBehind() throws Exception {
    int before = 0;
    for (int i = 0; i < 30; i++) {
      if (i == 10) {
        before = nativeThreads();
      }
      together(
          "one of many " + i,
          2,
          DEADLINE,
          group -> {
            group.sum(new double[100]);
            return null;
          });
    }
    assertThat(nativeThreads()).isLessThan(before + 10);
  }

  private static int nativeThreads() throws IOException {
    try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
      return (int) threads.count();
    }
  }
}
