package org.sparkmto.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.sparkmto.exchange.FloatTensors.tensor;
import static org.sparkmto.exchange.FloatTensors.values;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkmto.method.Slices;
import org.sparkmto.random.Draws;

/**
 * Gradients that travel while their ranks compute: what they come to, and what a lost peer does.
 */
abstract class GradientExchangeTest {
  /** What rounding to bfloat16, of 8 significant bits, is off by at most, relative. */
  private static final double ROUNDING = 0x1p-8;

  private final PeerLink link;

  GradientExchangeTest(PeerLink link) {
    this.link = link;
  }

  /** The sum is that of a loop over the ranks, bit for bit, into whatever pieces it is cut. */
  @Property(tries = 12)
  void aSumIsAddedInTheOrderOfRanksHoweverItIsCutAndFound(
      @ForAll @IntRange(min = 2, max = 4) int ranks,
      @ForAll @IntRange(min = 1, max = 3000) int length,
      @ForAll @IntRange(min = 1, max = 1200) int piece,
      @ForAll @LongRange(min = 0, max = 1 << 20) long seed)
      throws Exception {
    float[] expected = new float[length];
    for (int i = 0; i < length; i++) {
      expected[i] = gradient(seed, 0, length)[i];
    }
    for (int rank = 1; rank < ranks; rank++) {
      float[] own = gradient(seed, rank, length);
      for (int i = 0; i < length; i++) {
        expected[i] += own[i];
      }
    }
    for (float[] found : summed(ranks, Transport.FLOAT32, length, piece, seed)) {
      assertThat(found).isEqualTo(expected);
    }
  }

  /**
   * In bfloat16 every addend but the owner's is rounded, and the sum once more; all ranks have the
   * same bits, those that the formula says, and they are off by no more than it allows.
   */
  @Property(tries = 12)
  void roundedSumsAreTheSameOnAllRanksAndOffByNoMoreThanRoundingsAllow(
      @ForAll @IntRange(min = 2, max = 4) int ranks,
      @ForAll @IntRange(min = 1, max = 3000) int length,
      @ForAll @IntRange(min = 1, max = 1200) int piece,
      @ForAll @LongRange(min = 0, max = 1 << 20) long seed)
      throws Exception {
    List<float[]> found = summed(ranks, Transport.BF16, length, piece, seed);
    float[][] own = new float[ranks][];
    for (int rank = 0; rank < ranks; rank++) {
      assertThat(found.get(rank)).as("rank %d", rank).isEqualTo(found.get(0));
      own[rank] = gradient(seed, rank, length);
    }
    for (int first = 0; first < length; first += piece) {
      Slices slices = new Slices(Math.min(piece, length - first), ranks);
      for (int owner = 0; owner < ranks; owner++) {
        for (int at = 0; at < slices.length(owner); at++) {
          int i = (int) (first + slices.start(owner) + at);
          float sum = 0;
          double exact = 0;
          double lengths = 0;
          for (int rank = 0; rank < ranks; rank++) {
            sum += rank == owner ? own[rank][i] : rounded(own[rank][i]);
            exact += own[rank][i];
            lengths += Math.abs(own[rank][i]);
          }
          assertThat(found.get(0)[i]).isEqualTo(rounded(sum));
          // The additions in float32 are off by 2^-24 each, of no more than the lengths.
          double bound = (2 * ROUNDING + ROUNDING * ROUNDING + ranks * 0x1p-22) * lengths;
          assertThat((double) found.get(0)[i]).isCloseTo(exact, within(bound));
        }
      }
    }
  }

  /** To nearest, of two that are as near to the even one. */
  private static float rounded(float value) {
    int bits = Float.floatToRawIntBits(value);
    int up = 0x7fff + (bits >>> 16 & 1);
    return Float.intBitsToFloat(bits + up & 0xffff0000);
  }

  private List<float[]> summed(int ranks, Transport transport, int length, int piece, long seed)
      throws Exception {
    return Ranks.run(
        link,
        ranks,
        transport,
        group -> {
          try (PointerScope scope = new PointerScope()) {
            // Between others, which stay as they are.
            float[] all = new float[length + 2];
            System.arraycopy(gradient(seed, group.rank(), length), 0, all, 1, length);
            Tensor vector = tensor(all);
            GradientSum sum = new GradientSum(group, vector, 1, 1 + length, piece);
            int[] order = Draws.of(seed).of("order").permutation(7);
            // Not all is found before the end. Where nothing else is asked of the others, each may
            // find it in another order.
            for (int i = 0; i < 6; i++) {
              int part = order[i < 4 ? i : 4 + (i + group.rank()) % 2];
              sum.found(1 + (long) length * part / 7, 1 + (long) length * (part + 1) / 7);
              if (i == 3) {
                double[] beside = {group.rank()};
                group.sum(beside);
                assertThat(beside[0]).isEqualTo(ranks * (ranks - 1) / 2.0);
              }
            }
            sum.end();
            float[] found = values(vector);
            assertThat(found[0] + found[length + 1]).isZero();
            return Arrays.copyOfRange(found, 1, length + 1);
          }
        });
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void slicesOfSeveralGradientsAreUnderWayAtATime(Transport transport) throws Exception {
    int ranks = 3;
    int length = 1003;
    List<Boolean> same =
        Ranks.run(
            link,
            ranks,
            transport,
            group -> {
              Slices slices = new Slices(length, ranks);
              try (PointerScope scope = new PointerScope()) {
                Tensor[] wholes = new Tensor[4];
                Tensor[] own = new Tensor[4];
                Underway[] underway = new Underway[4];
                for (int task = 0; task < 4; task++) {
                  wholes[task] = tensor(gradient(task, group.rank(), length));
                  own[task] = torch.zeros(slices.length(group.rank()));
                  try (PointerScope ofTask = new PointerScope()) {
                    underway[task] =
                        group.beginSlices(
                            wholes[task].narrow(0, 0, length),
                            own[task].narrow(0, 0, own[task].numel()),
                            slices);
                  }
                }
                group.broadcast(new double[3]);
                boolean all = true;
                for (int task = 0; task < 4; task++) {
                  underway[task].end();
                  underway[task].end();
                  Tensor alone = torch.zeros(slices.length(group.rank()));
                  group.beginSlices(wholes[task], alone, slices).end();
                  all &= Arrays.equals(values(alone), values(own[task]));
                }
                return all;
              }
            });
    assertThat(same).containsOnly(true);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void halfOfTheBytesTravelInSixteenBits(Transport transport) throws Exception {
    List<Long> sent =
        Ranks.run(
            link,
            2,
            transport,
            group -> {
              try (PointerScope scope = new PointerScope()) {
                Slices slices = new Slices(100, 2);
                Tensor whole = torch.zeros(100);
                Tensor own = torch.zeros(50);
                group.beginSlices(whole, own, slices).end();
                group.beginSum(whole).end();
                group.gatherGradient(own, whole, slices);
                long gradients = group.bytesSent();
                group.gatherSlices(own, whole, slices);
                return 1000 * gradients + group.bytesSent() - gradients;
              }
            });
    // Slices, a sum there and back, and what is gathered; parameters go as they are.
    assertThat(sent).containsOnly(1000L * 4 * 50 * transport.bytes() + 50 * Float.BYTES);
  }

  @Test
  void aPeerThatLeavesWhileSomethingIsUnderWayIsSeenAtOnce() throws Exception {
    AtomicLong begin = new AtomicLong();
    CountDownLatch begun = new CountDownLatch(1);
    List<Future<String>> results =
        Ranks.start(
            link,
            2,
            Duration.ofSeconds(20),
            Transport.FLOAT32,
            group -> {
              try (PointerScope scope = new PointerScope()) {
                Tensor whole = torch.zeros(1_000_000);
                Tensor own = torch.zeros(500_000);
                Slices slices = new Slices(1_000_000, 2);
                group.beginSlices(whole, own, slices).end();
                if (group.rank() == 1) {
                  begun.await();
                  return "left";
                }
                Underway first = group.beginSlices(whole, own, slices);
                Underway second = group.beginSum(torch.zeros(1000));
                begin.set(System.nanoTime());
                begun.countDown();
                assertThatThrownBy(first::end)
                    .isInstanceOf(ExchangeException.class)
                    .hasMessageStartingWith("rank 0 of 2 waited for the slices of a gradient: ");
                assertThatThrownBy(second::end)
                    .isInstanceOf(ExchangeException.class)
                    .hasMessageStartingWith("rank 0 of 2 waited for a sum of gradients: ");
                return "heard";
              }
            });
    assertThat(results.get(0).get(30, TimeUnit.SECONDS)).isEqualTo("heard");
    assertThat(results.get(1).get(30, TimeUnit.SECONDS)).isEqualTo("left");
    assertThat(Duration.ofNanos(System.nanoTime() - begin.get()))
        .isLessThan(Duration.ofSeconds(10));
  }

  /** The wait of several messages is no longer than that of one. */
  @Test
  void aPeerThatIsLateIsWaitedForNoLongerThanTheDeadline() throws Exception {
    CountDownLatch over = new CountDownLatch(2);
    List<Future<Long>> results =
        Ranks.start(
            link,
            3,
            Duration.ofSeconds(1),
            Transport.FLOAT32,
            group -> {
              if (group.rank() == 2) {
                over.await();
                return 0L;
              }
              try (PointerScope scope = new PointerScope()) {
                Underway sum = group.beginSum(torch.zeros(3000));
                long start = System.nanoTime();
                assertThatThrownBy(sum::end).isInstanceOf(ExchangeException.class);
                return System.nanoTime() - start;
              } finally {
                over.countDown();
              }
            });
    for (int rank = 0; rank < 2; rank++) {
      // The first to wait in vain leaves, which the other one sees.
      assertThat(Duration.ofNanos(results.get(rank).get(30, TimeUnit.SECONDS)))
          .isLessThan(Duration.ofMillis(2400));
    }
    assertThat(results.get(2).get(30, TimeUnit.SECONDS)).isZero();
  }

  /** What nobody ends is let go of when the group is closed, with the threads that carried it. */
  @Test
  void aRankThatGivesUpWhileSomethingIsUnderWayLeavesNoThread() throws Exception {
    int before = 0;
    for (int time = 0; time < 8; time++) {
      if (time == 2) {
        before = threads();
      }
      List<Future<String>> results =
          Ranks.start(
              link,
              2,
              Duration.ofSeconds(20),
              Transport.FLOAT32,
              group -> {
                try (PointerScope scope = new PointerScope()) {
                  Slices slices = new Slices(300_000, 2);
                  group.beginSlices(torch.zeros(300_000), torch.zeros(150_000), slices);
                  group.beginSum(torch.zeros(200_000));
                  group.beginSum(torch.zeros(200_000));
                  return "gave up";
                }
              });
      for (Future<String> result : results) {
        try {
          assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo("gave up");
        } catch (ExecutionException e) {
          assertThat(e.getCause()).isInstanceOf(ExchangeException.class);
        }
      }
    }
    assertThat(threads()).isLessThan(before + 6);
  }

  private static int threads() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/task"))) {
      return (int) all.count();
    }
  }

  /** Numbers of very different lengths, so that the order of additions shows. */
  private static float[] gradient(long seed, int rank, int length) {
    Draws draws = Draws.of(seed).at(rank);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (draws.normal(i) * Math.pow(10, draws.of("size").below(7, i) - 3));
    }
    return values;
  }
}
