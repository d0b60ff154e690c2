package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.exchange.Ranks;
import org.sparkmto.random.Draws;

/** Over which samples a layer takes its statistics, in doubles, against PyTorch's own layer. */
class BatchStatisticsTest {
  private static final int CHANNELS = 3;

  /** Of numbers around 1: some roundings of a double. */
  private static final double ROUNDING = 1e-12;

  @BeforeAll
  static void oneThread() {
    ComputeThreads.use(1);
  }

  /** One layer; what it gives, its gradients by the given tensor, weight and bias, its buffers. */
  private static List<double[]> passed(Tensor x, Tensor cotangent, BatchStatistics statistics) {
    ParameterBook book = new ParameterBook(0);
    BatchNormalisation layer = new BatchNormalisation(book.shared(), "bn", CHANNELS);
    List<Tensor> variables = CentralDifferences.bind(book, Draws.of(3));
    book.normaliseBy(statistics);
    Tensor leaf = x.detach().clone().requires_grad_(true);
    variables.add(leaf);
    Tensor y = layer.apply(leaf, true);
    TensorVector found = Autograd.gradients(y, cotangent, variables, false);
    List<double[]> all = new ArrayList<>();
    all.add(HostTensors.doubles(y.detach()));
    all.add(HostTensors.doubles(found.get(2)));
    all.add(HostTensors.doubles(found.get(0)));
    all.add(HostTensors.doubles(found.get(1)));
    book.buffers().forEach(buffer -> all.add(HostTensors.doubles(buffer.tensor())));
    return all;
  }

  /** Far from zero and of unlike channels, so that a mean that is left out shows. */
  private static Tensor numbers(int samples, int side) {
    return CentralDifferences.normal(List.of(samples, CHANNELS, side, side), Draws.of(8))
        .add(new org.bytedeco.pytorch.Scalar(5.0));
  }

  private static Tensor cotangent(int samples, int side) {
    return CentralDifferences.normal(List.of(samples, CHANNELS, side, side), Draws.of(9));
  }

  private static void assertClose(List<double[]> found, List<double[]> expected, double offset) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i)).as("part %d", i).containsExactly(expected.get(i), within(offset));
    }
  }

  @Test
  void oneGroupIsTheRanksPartBitForBit() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = numbers(6, 2);
      Tensor cotangent = cotangent(6, 2);
      assertClose(
          passed(x, cotangent, BatchStatistics.ofGroups(6)),
          passed(x, cotangent, BatchStatistics.ofRank()),
          0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void groupsAreNormalisedApartAndMoveTheRunningStatisticsByTheirMean(int size) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = numbers(6, 2);
      Tensor cotangent = cotangent(6, 2);
      int groups = 6 / size;
      double[] y = {};
      double[] back = {};
      double[][] means = new double[4][CHANNELS];
      for (int group = 0; group < groups; group++) {
        List<double[]> own =
            passed(
                x.narrow(0, (long) group * size, size),
                cotangent.narrow(0, (long) group * size, size),
                BatchStatistics.ofRank());
        y = joined(y, own.get(0));
        back = joined(back, own.get(1));
        for (int part = 0; part < 4; part++) {
          for (int c = 0; c < CHANNELS; c++) {
            // Of weight and bias the sum; of the running statistics, moved from one start, the
            // mean.
            means[part][c] += own.get(2 + part)[c] / (part < 2 ? 1 : groups);
          }
        }
      }
      assertClose(
          passed(x, cotangent, BatchStatistics.ofGroups(size)),
          List.of(y, back, means[0], means[1], means[2], means[3]),
          ROUNDING);
    }
  }

  private static double[] joined(double[] first, double[] second) {
    double[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** Parts of 1, 2 and 2 samples; one with a single value a channel where the map has one place. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void ranksTogetherNormaliseAsOneRankDoes(int side) throws Exception {
    List<double[]> whole;
    try (PointerScope scope = new PointerScope()) {
      whole = passed(numbers(5, side), cotangent(5, side), BatchStatistics.ofRank());
    }
    List<List<double[]>> parts =
        Ranks.run(
            3,
            group -> {
              try (PointerScope scope = new PointerScope()) {
                int first = 5 * group.rank() / 3;
                int count = 5 * (group.rank() + 1) / 3 - first;
                return passed(
                    numbers(5, side).narrow(0, first, count),
                    cotangent(5, side).narrow(0, first, count),
                    BatchStatistics.ofBatch(group::sum));
              }
            });
    double[] y = {};
    double[] back = {};
    double[][] sums = new double[2][CHANNELS];
    for (List<double[]> own : parts) {
      y = joined(y, own.get(0));
      back = joined(back, own.get(1));
      for (int c = 0; c < CHANNELS; c++) {
        sums[0][c] += own.get(2)[c];
        sums[1][c] += own.get(3)[c];
      }
      assertClose(own.subList(4, 6), whole.subList(4, 6), ROUNDING);
    }
    assertClose(List.of(y, back, sums[0], sums[1]), whole.subList(0, 4), 1e-11);
  }

  /** As a sample that is pooled to one place: there is nothing to take a variance of. */
  @Test
  void oneValueAChannelTakesTheRunningStatisticsAndLeavesThem() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = numbers(4, 1);
      Tensor cotangent = cotangent(4, 1);
      List<double[]> one =
          passed(x.narrow(0, 0, 1), cotangent.narrow(0, 0, 1), BatchStatistics.ofRank());
      List<double[]> groups = passed(x, cotangent, BatchStatistics.ofGroups(1));
      assertThat(Arrays.copyOf(groups.get(0), CHANNELS)).isEqualTo(one.get(0));
      assertClose(groups.subList(4, 6), one.subList(4, 6), 0);
      assertClose(
          passed(
              x.narrow(0, 0, 1), cotangent.narrow(0, 0, 1), BatchStatistics.ofBatch(values -> {})),
          one,
          0);
    }
  }

  @Test
  void sixteenBitsStayWhatTheyAre() {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      ParameterBook book = new ParameterBook(0);
      BatchNormalisation layer = new BatchNormalisation(book.shared(), "bn", CHANNELS);
      CentralDifferences.bind(book, Draws.of(3));
      Tensor x = numbers(4, 2).toType(ScalarType.BFloat16);
      book.normaliseBy(BatchStatistics.ofBatch(values -> {}));
      Tensor y = layer.apply(x, true);
      assertThat(y.scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
      book.normaliseBy(BatchStatistics.ofRank());
      Tensor usual = layer.apply(x.toType(ScalarType.Double), true);
      // Eight bits of a number of at most 8.
      assertThat(HostTensors.doubles(y)).containsExactly(HostTensors.doubles(usual), within(0.032));
    }
  }

  @Test
  void samplesThatAreNoWholeGroupsAreRefused() {
    try (PointerScope scope = new PointerScope()) {
      assertThatThrownBy(() -> passed(numbers(5, 2), cotangent(5, 2), BatchStatistics.ofGroups(2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("5 samples are not whole groups of 2");
    }
  }
}
