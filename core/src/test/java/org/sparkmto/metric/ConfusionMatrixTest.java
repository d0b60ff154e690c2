package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {

  @Test
  void aClassThatNeverOccursDoesNotCount() {
    ConfusionMatrix matrix = new ConfusionMatrix(3);
    double[] sums = new double[9];
    matrix.add(sums, new int[] {0, 1, 0, 2}, new int[] {0, 1, 1, -1});
    assertThat(matrix.intersectionOverUnion(sums)).containsExactly(0.5, 0.5, Double.NaN);
    assertThat(matrix.meanIntersectionOverUnion(sums)).isEqualTo(0.5);
    assertThat(matrix.present(sums)).isEqualTo(2);
    assertThat(matrix.pixelAccuracy(new double[9])).isNaN();
    assertThat(matrix.meanIntersectionOverUnion(new double[9])).isNaN();
  }

  @Test
  void aPredictionThatIsNoClassIsRefusedWhereItCounts() {
    ConfusionMatrix matrix = new ConfusionMatrix(3);
    matrix.add(new double[9], new int[] {7}, new int[] {255});
    assertThatThrownBy(() -> matrix.add(new double[9], new int[] {3}, new int[] {0}))
        .hasMessage("the prediction 3 of pixel 0 is none of 3 classes");
    assertThatThrownBy(() -> matrix.add(new double[9], new int[2], new int[1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property(tries = 100)
  void partsAddUpToTheWhole(@ForAll long seed, @ForAll @IntRange(min = 2, max = 9) int classes) {
    Random random = new Random(seed);
    int pixels = 1 + random.nextInt(200);
    int[] truth = random.ints(pixels, -1, classes + 1).toArray();
    int[] predicted = random.ints(pixels, 0, classes).toArray();
    ConfusionMatrix matrix = new ConfusionMatrix(classes);
    double[] whole = new double[matrix.sums()];
    matrix.add(whole, predicted, truth);
    double[] parts =
        Partitions.sums(
            matrix.sums(),
            pixels,
            seed,
            (sums, from, to) ->
                matrix.add(
                    sums,
                    Arrays.copyOfRange(predicted, from, to),
                    Arrays.copyOfRange(truth, from, to)));
    assertThat(parts).containsExactly(whole);
    assertThat(matrix.present(whole)).isBetween(0, classes);
  }
}
