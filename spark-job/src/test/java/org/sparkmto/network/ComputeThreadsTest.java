package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkmto.random.Draws;

/** Work in parts, on the threads that an operation may use. */
class ComputeThreadsTest {
  private static final int ROWS = 3;

  /** Several pieces of every kind, and a rest. */
  private static final int COLUMNS = 3 * (1 << 18) + 1777;

  private PointerScope scope;

  @BeforeEach
  void open() {
    ComputeThreads.use(2);
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
    ComputeThreads.use(1);
  }

  private static Tensor beside() {
    return torch.zeros(1);
  }

  @Test
  void everyPartIsDoneOnceAndTwoAtATime() {
    AtomicIntegerArray done = new AtomicIntegerArray(20);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch both = new CountDownLatch(2);
    ComputeThreads.each(
        beside(),
        20,
        part -> {
          done.incrementAndGet(part);
          if (threads.add(Thread.currentThread())) {
            both.countDown();
            await(both);
          }
        });
    assertThat(done.toString()).isEqualTo(new AtomicIntegerArray(filled(20)).toString());
    assertThat(threads).hasSize(2);
  }

  private static int[] filled(int length) {
    int[] ones = new int[length];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).as("two threads at once").isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void operationsOfPartsHaveOneThreadAndThoseOfOthersWhatTheyHad() {
    List<Integer> within = new ArrayList<>(List.of(0, 0, 0, 0));
    ComputeThreads.each(beside(), 4, part -> within.set(part, torch.get_num_threads()));
    assertThat(within).containsOnly(1);
    assertThat(torch.get_num_threads()).isEqualTo(2);
  }

  @Test
  void partsOfPartsStayOnTheirThread() {
    AtomicInteger elsewhere = new AtomicInteger();
    ComputeThreads.each(
        beside(),
        2,
        part -> {
          Thread own = Thread.currentThread();
          ComputeThreads.each(
              beside(),
              5,
              inner -> elsewhere.addAndGet(Thread.currentThread().equals(own) ? 0 : 1));
        });
    assertThat(elsewhere).hasValue(0);
  }

  @Test
  void whatAPartThrowsComesOutWhenNoneRunsAnyMore() {
    CountDownLatch failed = new CountDownLatch(1);
    AtomicInteger ended = new AtomicInteger();
    assertThatThrownBy(
            () ->
                ComputeThreads.each(
                    beside(),
                    2,
                    part -> {
                      if (part == 0) {
                        failed.countDown();
                        throw new IllegalArgumentException("no memory");
                      }
                      await(failed);
                      // What is thrown is there long before this part ends.
                      busy();
                      ended.incrementAndGet();
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no memory");
    assertThat(ended).hasValue(1);
    assertThat(torch.get_num_threads()).isEqualTo(2);
  }

  private static void busy() {
    Tensor numbers = torch.ones(1 << 16);
    for (int time = 0; time < 500; time++) {
      numbers.mul_(numbers);
    }
  }

  @Test
  void theBitsDoNotDependOnTheNumberOfThreads() {
    float[] all = new float[ROWS * COLUMNS];
    Draws draws = Draws.of(5);
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) draws.normal(i);
    }
    Tensor rows = HostTensors.floats(all, ScalarType.Float, ROWS, COLUMNS);
    List<String> found = new ArrayList<>();
    for (int threads : new int[] {1, 2, 5}) {
      ComputeThreads.use(threads);
      found.add(
          Arrays.toString(TaskRows.gram(rows))
              + Arrays.toString(TaskRows.crossed(rows, rows))
              + Arrays.hashCode(
                  HostTensors.doubles(TaskRows.combined(rows, new double[] {0.3, -2, 5}))));
    }
    assertThat(found.get(1)).isEqualTo(found.get(0));
    assertThat(found.get(2)).isEqualTo(found.get(0));
  }
}
