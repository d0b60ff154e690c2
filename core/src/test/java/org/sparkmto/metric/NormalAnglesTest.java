package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalAnglesTest {

  @ParameterizedTest
  @CsvSource({"SUM,mask_sum_nonzero_libmtl_mtan", "LENGTH,mask_norm_nonzero_correct"})
  void agreesWithTheGoldenValues(NormalAngles.Valid valid, String mask) {
    JsonNode golden = GoldenMetrics.of("normals");
    NormalAngles metric = new NormalAngles(valid);
    double[] angles =
        metric.angles(
            GoldenMetrics.numbers(golden.get("pred_unnormalised")),
            GoldenMetrics.numbers(golden.get("gt")));
    double[] sums = new double[metric.sums()];
    metric.add(sums, angles);
    JsonNode expected = golden.get(mask);
    assertThat(sums[0]).isEqualTo(expected.get("n").asDouble());
    assertThat(metric.mean(sums)).isEqualTo(expected.get("mean").asDouble(), within(1e-9));
    assertThat(Median.of(angles)).isEqualTo(expected.get("median").asDouble(), within(1e-9));
    assertThat(metric.rootMeanSquare(sums))
        .isEqualTo(expected.get("rmse").asDouble(), within(1e-9));
    assertThat(metric.within(sums, NormalAngles.SMALL))
        .isEqualTo(expected.get("within_11.25").asDouble(), within(1e-12));
    assertThat(metric.within(sums, NormalAngles.MIDDLE))
        .isEqualTo(expected.get("within_22.5").asDouble(), within(1e-12));
    assertThat(metric.within(sums, NormalAngles.LARGE))
        .isEqualTo(expected.get("within_30").asDouble(), within(1e-12));
    assertThat(metric.cosineLoss(sums))
        .isEqualTo(expected.get("cos_loss").asDouble(), within(1e-9));
  }

  @Test
  void withoutAngleThereIsNoValueAndAZeroPredictionShows() {
    NormalAngles metric = new NormalAngles(NormalAngles.Valid.LENGTH);
    double[] sums = new double[metric.sums()];
    assertThat(metric.mean(sums)).isNaN();
    assertThat(Median.of(new double[0])).isNaN();
    assertThat(metric.angles(new double[3], new double[] {0, 0, 1})[0]).isNaN();
    assertThat(metric.angles(new double[] {0, 0, 9}, new double[3])).isEmpty();
    assertThatThrownBy(() -> metric.within(sums, 45)).hasMessageContaining("45");
    assertThatThrownBy(() -> metric.angles(new double[4], new double[4]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
    assertThat(Median.of(new double[] {9, 1, 4, 2})).isEqualTo(3);
    assertThat(Median.of(new double[] {9, 1, 4})).isEqualTo(4);
  }

  /** Up to 200 angles of at most 180 degrees, and their squares, in another order. */
  @Property(tries = 100)
  void partsAddUpToTheWhole(@ForAll long seed) {
    Random random = new Random(seed);
    double[] angles = random.doubles(1 + random.nextInt(200), 0, 180).toArray();
    NormalAngles metric = new NormalAngles(NormalAngles.Valid.LENGTH);
    double[] whole = new double[metric.sums()];
    metric.add(whole, angles);
    double[] parts =
        GoldenMetrics.partitioned(
            metric.sums(),
            angles.length,
            seed,
            (sums, from, to) -> metric.add(sums, Arrays.copyOfRange(angles, from, to)));
    assertThat(parts).containsExactly(whole, within(1e-7));
  }
}
