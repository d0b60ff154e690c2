package org.sparkmto.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkmto.exchange.FloatTensors.tensor;
import static org.sparkmto.exchange.FloatTensors.values;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.method.Slices;
import org.sparkmto.random.Draws;

/** What every group of ranks does, however they reach each other. */
abstract class RankGroupTest {
  private final PeerLink link;

  RankGroupTest(PeerLink link) {
    this.link = link;
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "2, 7", "2, 1601", "3, 2", "3, 1601"})
  void numbersAreSummedTheSameOnEveryRankAndEveryTime(int size, int length) throws Exception {
    List<double[]> first =
        Ranks.run(
            link,
            size,
            Transport.FLOAT32,
            group -> {
              double[] values = numbers(group.rank(), length);
              group.sum(values);
              return values;
            });
    List<double[]> second =
        Ranks.run(
            link,
            size,
            Transport.FLOAT32,
            group -> {
              double[] values = numbers(group.rank(), length);
              group.sum(values);
              return values;
            });
    for (int i = 0; i < length; i++) {
      double sum = 0;
      double scale = 0;
      for (int rank = 0; rank < size; rank++) {
        sum += numbers(rank, length)[i];
        scale += Math.abs(numbers(rank, length)[i]);
      }
      // The order of two additions of doubles may differ, nothing else.
      assertThat(first.get(0)[i])
          .isCloseTo(sum, org.assertj.core.data.Offset.offset(4e-16 * scale));
    }
    for (int rank = 0; rank < size; rank++) {
      assertThat(first.get(rank)).isEqualTo(first.get(0));
      assertThat(second.get(rank)).isEqualTo(first.get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void gradientsAreSummedInPlace(int size) throws Exception {
    int length = 100_003;
    List<float[]> sums = Ranks.run(link, size, Transport.FLOAT32, group -> summed(group, length));
    List<float[]> again = Ranks.run(link, size, Transport.FLOAT32, group -> summed(group, length));
    float[] expected = total(size, length);
    for (int rank = 0; rank < size; rank++) {
      // Whole numbers below 2^24: their float sums are exact in any order.
      assertThat(sums.get(rank)).isEqualTo(expected);
      assertThat(again.get(rank)).isEqualTo(expected);
    }
  }

  /** Sums that are not exact: the order of the additions must not change between runs. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void roundedSumsHaveTheSameBitsOnEveryRankAndEveryTime(int size) throws Exception {
    int length = 10_007;
    Ranks.Body<List<float[]>> body =
        group -> {
          try (PointerScope scope = new PointerScope()) {
            Draws draws = Draws.of(group.rank());
            float[] own = new float[length];
            for (int i = 0; i < length; i++) {
              own[i] = (float) draws.normal(i);
            }
            Tensor all = tensor(own);
            group.sum(all);
            Slices slices = new Slices(length, size);
            Tensor slice = torch.zeros(slices.length(group.rank()));
            group.beginSlices(tensor(own), slice, slices).end();
            Tensor gathered = torch.zeros(length);
            group.gatherSlices(slice, gathered, slices);
            return List.of(values(all), values(gathered));
          }
        };
    List<List<float[]>> first = Ranks.run(link, size, Transport.FLOAT32, body);
    for (int repeat = 0; repeat < 3; repeat++) {
      List<List<float[]>> next = Ranks.run(link, size, Transport.FLOAT32, body);
      for (int rank = 0; rank < size; rank++) {
        assertThat(next.get(rank).get(0)).isEqualTo(first.get(0).get(0));
        assertThat(next.get(rank).get(1)).isEqualTo(first.get(0).get(1));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void rankZeroTellsTheOthers(int size) throws Exception {
    double[] said = {Double.NaN, Double.NEGATIVE_INFINITY, -0.0, 0.1, Double.MIN_VALUE};
    List<double[]> heard =
        Ranks.run(
            link,
            size,
            Transport.FLOAT32,
            group -> {
              double[] values = group.rank() == 0 ? said.clone() : new double[said.length];
              group.broadcast(values);
              return values;
            });
    for (double[] values : heard) {
      for (int i = 0; i < said.length; i++) {
        assertThat(Double.doubleToRawLongBits(values[i]))
            .isEqualTo(Double.doubleToRawLongBits(said[i]));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "2, 101", "3, 2", "3, 100", "3, 1000001"})
  void slicesAreSummedByTheirOwnersAndGatheredAgain(int size, int length) throws Exception {
    Slices slices = new Slices(length, size);
    List<List<float[]>> found =
        Ranks.run(
            link,
            size,
            Transport.FLOAT32,
            group -> {
              try (PointerScope scope = new PointerScope()) {
                float[] own = wholeNumbers(group.rank(), length);
                Tensor whole = tensor(own);
                Tensor slice = torch.zeros(slices.length(group.rank()));
                group.beginSlices(whole, slice, slices).end();
                assertThat(values(whole)).as("the input is unchanged").isEqualTo(own);
                Tensor gathered = torch.zeros(length);
                group.gatherSlices(slice, gathered, slices);
                return List.of(values(slice), values(gathered));
              }
            });
    float[] expected = total(size, length);
    for (int rank = 0; rank < size; rank++) {
      int from = (int) slices.start(rank);
      int to = (int) slices.start(rank + 1);
      assertThat(found.get(rank).get(0)).isEqualTo(Arrays.copyOfRange(expected, from, to));
      assertThat(found.get(rank).get(1)).isEqualTo(expected);
    }
  }

  /**
   * Of a piece some ranks have a part and others nothing; the sums have the bits of the whole's.
   */
  @ParameterizedTest
  @CsvSource({"0, 10", "30, 31", "20, 90", "70, 100", "33, 66"})
  void aPieceIsSummedByThoseWhoOwnPartsOfIt(int from, int to) throws Exception {
    Slices slices = new Slices(100, 3);
    Slices piece = slices.piece(from, to);
    Ranks.run(
        link,
        3,
        Transport.FLOAT32,
        group -> {
          try (PointerScope scope = new PointerScope()) {
            Draws draws = Draws.of(group.rank());
            float[] own = new float[100];
            for (int i = 0; i < own.length; i++) {
              own[i] = (float) draws.normal(i);
            }
            Tensor all = torch.zeros(slices.length(group.rank()));
            group.beginSlices(tensor(own), all, slices).end();
            Tensor some = torch.zeros(piece.length(group.rank()));
            group.beginSlices(tensor(own).narrow(0, from, to - from), some, piece).end();
            int at = from + (int) (piece.start(group.rank()) - slices.start(group.rank()));
            assertThat(values(some))
                .isEqualTo(
                    some.numel() == 0
                        ? new float[0]
                        : Arrays.copyOfRange(values(all), at, at + (int) some.numel()));
            return 0;
          }
        });
  }

  @Test
  void bytesAreCountedFromTheSizes() throws Exception {
    List<Long> sent =
        Ranks.run(
            link,
            2,
            Transport.FLOAT32,
            group -> {
              try (PointerScope scope = new PointerScope()) {
                group.sum(new double[10]);
                group.broadcast(new double[5]);
                group.sum(torch.zeros(100));
                Slices slices = new Slices(100, 2);
                Tensor slice = torch.zeros(50);
                group.beginSlices(torch.zeros(100), slice, slices).end();
                group.gatherSlices(slice, torch.zeros(100), slices);
                return group.bytesSent();
              }
            });
    assertThat(sent).containsExactly(80L + 40 + 400 + 200 + 200, 80L + 400 + 200 + 200);
  }

  @Test
  void peersOfARankThatLeavesFailAtOnce() throws Exception {
    AtomicLong left = new AtomicLong();
    List<Future<Double>> results =
        Ranks.start(
            link,
            3,
            Duration.ofSeconds(20),
            Transport.FLOAT32,
            group -> {
              double[] values = {1};
              group.sum(values);
              if (group.rank() == 1) {
                left.set(System.nanoTime());
                throw new IllegalArgumentException("rank 1 has had enough");
              }
              group.sum(values);
              return values[0];
            });
    for (int rank = 0; rank < 3; rank++) {
      Future<Double> result = results.get(rank);
      Class<?> cause = rank == 1 ? IllegalArgumentException.class : ExchangeException.class;
      assertThatThrownBy(() -> result.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(cause)
          .hasMessageContaining("rank " + rank);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - left.get())).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void aRankThatIsLateIsWaitedForNoLongerThanTheDeadline() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    List<Future<Long>> results =
        Ranks.start(
            link,
            2,
            Duration.ofSeconds(1),
            Transport.FLOAT32,
            group -> {
              if (group.rank() == 1) {
                over.await();
                return 0L;
              }
              long start = System.nanoTime();
              try {
                assertThatThrownBy(() -> group.sum(new double[] {1}))
                    .isInstanceOf(ExchangeException.class)
                    .hasMessageStartingWith("rank 0 of 2 waited for a sum of 1 number: ");
                return System.nanoTime() - start;
              } finally {
                over.countDown();
              }
            });
    // Gloo ends its waits a little early; a busy machine ends them late.
    assertThat(Duration.ofNanos(results.get(0).get(30, TimeUnit.SECONDS)))
        .isBetween(Duration.ofMillis(900), Duration.ofSeconds(10));
    results.get(1).get(30, TimeUnit.SECONDS);
  }

  @Test
  void aSoloGroupMovesNothing() {
    try (PointerScope scope = new PointerScope();
        RankGroup group = new SoloGroup()) {
      double[] values = {1, 2};
      group.sum(values);
      group.broadcast(values);
      assertThat(values).containsExactly(1, 2);
      Tensor slice = torch.zeros(3);
      group.beginSlices(tensor(new float[] {4, 5, 6}), slice, new Slices(3, 1));
      Tensor whole = torch.zeros(3);
      group.gatherSlices(slice, whole, new Slices(3, 1));
      assertThat(values(whole)).containsExactly(4, 5, 6);
      assertThat(group.bytesSent()).isZero();
    }
  }

  private static float[] summed(RankGroup group, int length) {
    try (PointerScope scope = new PointerScope()) {
      Tensor tensor = tensor(wholeNumbers(group.rank(), length));
      group.sum(tensor);
      return values(tensor);
    }
  }

  private static double[] numbers(int rank, int length) {
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = Draws.of(rank).normal(i);
    }
    return values;
  }

  private static float[] wholeNumbers(int rank, int length) {
    Draws draws = Draws.of(rank);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = draws.below(1 << 20, i) - (1 << 19);
    }
    return values;
  }

  private static float[] total(int size, int length) {
    float[] total = new float[length];
    for (int rank = 0; rank < size; rank++) {
      float[] values = wholeNumbers(rank, length);
      for (int i = 0; i < length; i++) {
        total[i] += values[i];
      }
    }
    return total;
  }
}
