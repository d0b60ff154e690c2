package org.sparkmto.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;
import org.junit.jupiter.api.Test;
import org.sparkmto.analysis.GradientAnalysis.Group;
import org.sparkmto.analysis.GradientAnalysis.Kind;
import org.sparkmto.analysis.GradientAnalysis.Layer;
import org.sparkmto.random.Draws;

class GradientAnalysisTest {
  /** Sums of some dozens of numbers of magnitude 1, in another order. */
  private static final Offset<Double> ROUNDING = within(1e-12);

  private static final int TASKS = 3;
  private static final int SAMPLES = 4;

  private static final List<Layer> LAYERS =
      List.of(
          new Layer("encoder.conv1", 5),
          new Layer("encoder.layer1.0.conv1", 7),
          new Layer("encoder.layer1.1.conv2", 4),
          new Layer("encoder.layer2.0.conv1", 9));

  private static final int PARAMETERS = 25;

  private static double[] drawn(String of, int row) {
    return IntStream.range(0, PARAMETERS)
        .mapToDouble(p -> Draws.of(5).of(of).at(row).uniform(p) - 0.5)
        .toArray();
  }

  @Test
  void twoGradientsHaveTheConditionThatTheirAngleOrTheirLengthsGive() {
    // Aligned-MTL, appendix B: the ratio of the lengths, and of equal ones the cotangent of half
    // the angle.
    assertThat(PairSums.of(new double[][] {{3, 0}, {0, 0.5}}).condition()).isCloseTo(6, ROUNDING);
    double angle = 0.3;
    assertThat(PairSums.of(new double[][] {{1, 0}, {Math.cos(angle), Math.sin(angle)}}).condition())
        .isCloseTo(1 / Math.tan(angle / 2), within(1e-9));
    assertThat(PairSums.of(new double[][] {{1, 0}, {0, 1}}).condition()).isCloseTo(1, ROUNDING);
    assertThat(PairSums.of(new double[][] {{1, 2}, {2, 4}}).condition()).isInfinite();
    assertThat(PairSums.of(new double[][] {{1, 2}, {0, 0}}).condition()).isInfinite();
    assertThat(PairSums.of(new double[][] {{1, Double.NaN}, {0, 0}}).condition()).isNaN();
  }

  @Test
  void theConditionIsThatOfTheGradientsThemselves() {
    double[][] rows = {drawn("row", 0), drawn("row", 1), drawn("row", 2)};
    SingularValueDecomposition_F64<DMatrixRMaj> svd =
        DecompositionFactory_DDRM.svd(true, true, true);
    assertThat(svd.decompose(new DMatrixRMaj(rows))).isTrue();
    double[] singular = Arrays.stream(svd.getSingularValues()).limit(3).sorted().toArray();
    assertThat(PairSums.of(rows).condition()).isCloseTo(singular[2] / singular[0], within(1e-10));
  }

  @Test
  void measuresOfAPairAreThoseOfTheirFormulas() {
    PairSums sums = PairSums.of(new double[][] {{3, 0, 4, 0}, {-6, 8, 0, 0}});
    assertThat(sums.cosine(0, 1)).isCloseTo(-18.0 / 50, ROUNDING);
    assertThat(sums.magnitudeSimilarity(0, 1)).isCloseTo(2 * 5 * 10 / 125.0, ROUNDING);
    assertThat(sums.conflictingParameters(0, 1)).isEqualTo(0.25);
    PairStatistics statistics = PairStatistics.of(sums);
    assertThat(statistics.of(PairMeasure.SCALAR_PRODUCT)).isEqualTo(new Moments(1, -18, 0));
    assertThat(statistics.of(PairMeasure.CONFLICTING_COSINE).count()).isEqualTo(1);
    assertThat(statistics.of(PairMeasure.SUPPORTING_COSINE)).isEqualTo(Moments.NONE);
    assertThat(statistics.conflictingPairs()).isEqualTo(1);
    assertThat(PairStatistics.of(PairSums.of(new double[][] {{1}}))).isEqualTo(PairStatistics.NONE);
  }

  @Test
  void aGradientOfZeroHasNoCosineAndNoCondition() {
    PairStatistics found = PairStatistics.of(PairSums.of(new double[][] {{1, 2}, {0, 0}, {-2, 1}}));
    assertThat(found.of(PairMeasure.COSINE).count()).isEqualTo(1);
    assertThat(found.of(PairMeasure.MAGNITUDE_SIMILARITY).count()).isEqualTo(3);
    assertThat(found.of(PairMeasure.LOG_CONDITION).count()).isZero();
    assertThat(found.systems()).isEqualTo(1);
  }

  @Test
  void momentsOfPartsAreThoseOfAll() {
    double[] numbers = drawn("moments", 0);
    Moments joined =
        Moments.of(Arrays.copyOf(numbers, 7))
            .plus(Moments.NONE)
            .plus(Moments.of(Arrays.copyOfRange(numbers, 7, PARAMETERS)));
    double mean = DoubleStream.of(numbers).average().orElseThrow();
    double squares = DoubleStream.of(numbers).map(x -> (x - mean) * (x - mean)).sum();
    assertThat(joined.count()).isEqualTo(PARAMETERS);
    assertThat(joined.mean()).isCloseTo(mean, ROUNDING);
    assertThat(joined.deviation()).isCloseTo(Math.sqrt(squares / (PARAMETERS - 1)), ROUNDING);
    Moments again = Moments.of(joined.count(), joined.mean(), joined.deviation());
    assertThat(again.squares()).isCloseTo(joined.squares(), ROUNDING);
    assertThat(Moments.of(1, 3, Double.NaN)).isEqualTo(Moments.of(3));
    assertThat(Moments.NONE.deviation()).isNaN();
  }

  /** Rows of a step: the tasks', then for each sample the tasks'. */
  private static double[][] rows() {
    return IntStream.range(0, TASKS * (1 + SAMPLES))
        .mapToObj(row -> drawn("step", row))
        .toArray(double[][]::new);
  }

  private static double[] part(double[] row, long from, long to) {
    return Arrays.copyOfRange(row, (int) from, (int) to);
  }

  private static double[][] part(double[][] rows, int first, int step, int count, int... range) {
    return IntStream.range(0, count)
        .mapToObj(i -> part(rows[first + i * step], range[0], range[1]))
        .toArray(double[][]::new);
  }

  /** What ranks do with their slices, which cut layers anywhere. */
  private static GradientSums summed(double[][] rows, int... cuts) {
    GradientSums.Shape shape = new GradientSums.Shape(LAYERS.size(), TASKS, SAMPLES);
    GradientSums all = new GradientSums(shape);
    for (int slice = 0; slice + 1 < cuts.length; slice++) {
      GradientSums own = new GradientSums(shape);
      int start = 0;
      for (int layer = 0; layer < LAYERS.size(); layer++) {
        int from = Math.max(start, cuts[slice]);
        start += (int) LAYERS.get(layer).parameters();
        int to = Math.max(from, Math.min(start, cuts[slice + 1]));
        add(own, layer, rows, from, to);
      }
      for (int i = 0; i < all.values().length; i++) {
        all.values()[i] += own.values()[i];
      }
    }
    double[] ones = new double[TASKS * SAMPLES];
    Arrays.fill(ones, 1);
    ones[1] = 0; // task 1 has no label in sample 0
    all.label(new double[] {9, 9, 9}, ones);
    return GradientSums.of(shape, all.values());
  }

  private static void add(GradientSums own, int layer, double[][] rows, int from, int to) {
    PairSums tasks = PairSums.of(part(rows, 0, 1, TASKS, from, to));
    own.addTasks(layer, tasks.products().toArray(), tasks.opposed().toArray());
    for (int sample = 0; sample < SAMPLES; sample++) {
      PairSums pairs = PairSums.of(part(rows, TASKS * (1 + sample), 1, TASKS, from, to));
      own.addSample(layer, sample, pairs.products().toArray(), pairs.opposed().toArray());
    }
    for (int task = 0; task < TASKS; task++) {
      PairSums pairs = PairSums.of(part(rows, TASKS + task, TASKS, SAMPLES, from, to));
      own.addTask(layer, task, pairs.products().toArray(), pairs.opposed().toArray());
    }
    PairSums samples = PairSums.of(means(rows, from, to));
    own.addSamples(layer, samples.products().toArray(), samples.opposed().toArray());
    double[] magnitudes = new double[TASKS];
    for (int task = 0; task < TASKS; task++) {
      magnitudes[task] = DoubleStream.of(part(rows[task], from, to)).map(Math::abs).sum();
    }
    own.addMagnitudes(layer, magnitudes);
    own.addContributions(layer, Arrays.stream(magnitudes).map(sum -> 0.1 * sum).toArray());
  }

  /** The mean gradient of every sample, over all tasks but the one that has no label there. */
  private static double[][] means(double[][] rows, int from, int to) {
    double[][] means = new double[SAMPLES][to - from];
    for (int s = 0; s < SAMPLES; s++) {
      for (int p = from; p < to; p++) {
        double[] own = {
          rows[TASKS * (1 + s)][p], rows[TASKS * (1 + s) + 1][p], rows[TASKS * (1 + s) + 2][p]
        };
        means[s][p - from] = s == 0 ? (own[0] + own[2]) / 2 : (own[0] + own[1] + own[2]) / 3;
      }
    }
    return means;
  }

  @Test
  void groupsAreOfTheirParametersAloneHoweverTheseAreCut() {
    double[][] rows = rows();
    GradientAnalysis whole = GradientAnalysis.of(summed(rows, 0, PARAMETERS), LAYERS);
    GradientAnalysis sliced = GradientAnalysis.of(summed(rows, 0, 3, 13, PARAMETERS), LAYERS);
    assertThat(whole.groups().stream().map(Group::name))
        .containsExactly(
            "shared",
            "encoder.conv1",
            "encoder.layer1",
            "encoder.layer2",
            "encoder.conv1",
            "encoder.layer1.0.conv1",
            "encoder.layer1.1.conv2",
            "encoder.layer2.0.conv1");
    for (int group = 0; group < whole.groups().size(); group++) {
      assertClose(sliced.groups().get(group), whole.groups().get(group));
    }
    assertDirect(whole.network(), rows, 0, PARAMETERS);
    assertDirect(whole.of(Kind.STAGE).get(1), rows, 5, 16);
    assertDirect(whole.of(Kind.LAYER).get(3), rows, 16, 25);
  }

  private static void assertClose(Group found, Group wanted) {
    assertThat(found.name()).isEqualTo(wanted.name());
    wanted
        .pairs()
        .forEach(
            (pairing, pairs) ->
                pairs
                    .measures()
                    .forEach(
                        (measure, moments) -> {
                          Moments other = found.pairs().get(pairing).of(measure);
                          assertThat(other.count()).isEqualTo(moments.count());
                          assertThat(other.mean()).isCloseTo(moments.mean(), within(1e-10));
                        }));
  }

  /** Pair by pair, from the rows. */
  private static void assertDirect(Group group, double[][] rows, int from, int to) {
    List<double[][]> ofTasks = new ArrayList<>();
    List<double[][]> ofSample = new ArrayList<>();
    List<double[][]> ofTask = new ArrayList<>();
    for (int a = 0; a < TASKS; a++) {
      for (int b = 0; b < a; b++) {
        ofTasks.add(new double[][] {part(rows[a], from, to), part(rows[b], from, to)});
        for (int s = 0; s < SAMPLES; s++) {
          if (s > 0 || (a != 1 && b != 1)) {
            int first = TASKS * (1 + s);
            ofSample.add(
                new double[][] {part(rows[first + a], from, to), part(rows[first + b], from, to)});
          }
        }
      }
      for (int s = 0; s < SAMPLES; s++) {
        for (int r = 0; r < s; r++) {
          if (a != 1 || r > 0) {
            ofTask.add(
                new double[][] {
                  part(rows[TASKS * (1 + s) + a], from, to),
                  part(rows[TASKS * (1 + r) + a], from, to)
                });
          }
        }
      }
    }
    assertPairs(group.pairs().get(Pairing.TASKS), ofTasks);
    assertPairs(group.pairs().get(Pairing.TASKS_OF_SAMPLE), ofSample);
    assertPairs(group.pairs().get(Pairing.SAMPLES_OF_TASK), ofTask);
    List<double[][]> ofSamples = new ArrayList<>();
    double[][] means = means(rows, from, to);
    for (int s = 0; s < SAMPLES; s++) {
      for (int r = 0; r < s; r++) {
        ofSamples.add(new double[][] {means[s], means[r]});
      }
    }
    assertPairs(group.pairs().get(Pairing.SAMPLES), ofSamples);
    for (int task = 0; task < TASKS; task++) {
      double mean =
          DoubleStream.of(part(rows[task], from, to)).map(Math::abs).average().orElseThrow();
      assertThat(group.magnitudes().get(task)).isCloseTo(mean, ROUNDING);
      assertThat(group.contributions().get(task)).isCloseTo(0.1 * mean, ROUNDING);
    }
  }

  private static void assertPairs(PairStatistics found, List<double[][]> pairs) {
    double cosines = 0;
    double similarities = 0;
    double opposed = 0;
    double products = 0;
    int conflicts = 0;
    for (double[][] pair : pairs) {
      double product = 0;
      double first = 0;
      double second = 0;
      double opposite = 0;
      for (int p = 0; p < pair[0].length; p++) {
        product += pair[0][p] * pair[1][p];
        first += pair[0][p] * pair[0][p];
        second += pair[1][p] * pair[1][p];
        opposite += pair[0][p] * pair[1][p] < 0 ? 1 : 0;
      }
      cosines += product / Math.sqrt(first * second);
      similarities += 2 * Math.sqrt(first * second) / (first + second);
      opposed += opposite / pair[0].length;
      products += product;
      conflicts += product < 0 ? 1 : 0;
    }
    int count = pairs.size();
    assertThat(found.of(PairMeasure.COSINE).count()).isEqualTo(count);
    assertThat(found.of(PairMeasure.COSINE).mean()).isCloseTo(cosines / count, ROUNDING);
    assertThat(found.of(PairMeasure.MAGNITUDE_SIMILARITY).mean())
        .isCloseTo(similarities / count, ROUNDING);
    assertThat(found.of(PairMeasure.CONFLICTING_PARAMETERS).mean())
        .isCloseTo(opposed / count, ROUNDING);
    assertThat(found.of(PairMeasure.SCALAR_PRODUCT).mean()).isCloseTo(products / count, ROUNDING);
    assertThat(found.conflictingPairs()).isEqualTo((double) conflicts / count);
  }

  @Test
  void whatIsNotToldOrNotAskedIsLeftOut() {
    GradientSums sums = new GradientSums(new GradientSums.Shape(1, 2, 0));
    sums.addContributions(0, new double[] {Double.NaN, Double.NaN});
    sums.addMagnitudes(0, new double[] {4, 0});
    sums.label(new double[] {3, 0}, new double[0]);
    Group found = GradientAnalysis.of(sums, List.of(new Layer("all", 2))).network();
    assertThat(found.pairs().keySet()).containsExactly(Pairing.TASKS);
    assertThat(found.pairs().get(Pairing.TASKS).systems()).isZero();
    assertThat(found.contributions()).isEmpty();
    assertThat(found.magnitudes()).containsExactly(2.0, Double.NaN);
    assertThatThrownBy(() -> GradientAnalysis.of(sums, LAYERS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 layers");
    assertThatThrownBy(() -> GradientSums.of(sums.shape(), 1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 numbers are not");
  }
}
