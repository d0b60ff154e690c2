package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** {@link AveragePrecision} and {@link LabelCounts}. */
class MultiLabelTest {

  @Test
  void equalScoresAreOneThreshold() {
    // One threshold with 2 of 4 right, in whatever order the samples stand.
    double[] equal = {0.5, 0.5, 0.5, 0.5};
    assertThat(AveragePrecision.of(equal, new boolean[] {true, true, false, false})).isEqualTo(0.5);
    assertThat(AveragePrecision.of(equal, new boolean[] {false, false, true, true})).isEqualTo(0.5);
  }

  @Test
  void whatIsUndefinedIsNaN() {
    assertThat(AveragePrecision.of(new double[] {1, 2}, new boolean[2])).isNaN();
    assertThat(AveragePrecision.of(new double[] {1, Double.NaN}, new boolean[] {true, true}))
        .isNaN();
    LabelCounts counts = new LabelCounts(0.5);
    assertThat(counts.f1(new double[] {0, 0, 0, 5})).isNaN();
    assertThat(counts.accuracy(new double[4])).isNaN();
    assertThatThrownBy(() -> AveragePrecision.of(new double[1], new boolean[2]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> counts.add(new double[4], new double[1], new boolean[2]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property(tries = 100)
  void countsOfPartsAddUpAndOrderDoesNotMatter(@ForAll long seed) {
    Random random = new Random(seed);
    int samples = 1 + random.nextInt(100);
    double[] scores = random.ints(samples, 0, 7).mapToDouble(n -> n / 6.0).toArray();
    boolean[] positive = new boolean[samples];
    for (int n = 0; n < samples; n++) {
      positive[n] = random.nextBoolean();
    }
    LabelCounts counts = new LabelCounts(0.5);
    double[] whole = new double[counts.sums()];
    counts.add(whole, scores, positive);
    double[] parts =
        Partitions.sums(
            counts.sums(),
            samples,
            seed,
            (sums, from, to) ->
                counts.add(
                    sums,
                    Arrays.copyOfRange(scores, from, to),
                    Arrays.copyOfRange(positive, from, to)));
    assertThat(parts).containsExactly(whole);
    double[] reversed = new double[samples];
    boolean[] reversedPositive = new boolean[samples];
    for (int n = 0; n < samples; n++) {
      reversed[n] = scores[samples - 1 - n];
      reversedPositive[n] = positive[samples - 1 - n];
    }
    assertThat(AveragePrecision.of(reversed, reversedPositive))
        .isEqualTo(Double.valueOf(AveragePrecision.of(scores, positive)));
  }
}
