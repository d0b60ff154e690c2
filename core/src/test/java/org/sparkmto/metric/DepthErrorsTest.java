package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DepthErrorsTest {

  @Test
  void withoutAValidPixelThereIsNoError() {
    DepthErrors errors = new DepthErrors(0);
    double[] sums = new double[errors.sums()];
    errors.add(sums, new double[] {1, 2}, new double[2]);
    assertThat(errors.absolute(sums)).isNaN();
    assertThat(errors.logRootMeanSquare(sums)).isNaN();
    assertThatThrownBy(() -> errors.add(sums, new double[1], new double[2]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Sums of up to 200 numbers below 100 in another order. */
  @Property(tries = 100)
  void partsAddUpToTheWhole(@ForAll long seed) {
    Random random = new Random(seed);
    int pixels = 1 + random.nextInt(200);
    double[] truth = random.doubles(pixels, 0.1, 10).map(g -> g < 2 ? 0 : g).toArray();
    double[] predicted = random.doubles(pixels, -1, 10).toArray();
    DepthErrors errors = new DepthErrors(0);
    double[] whole = new double[errors.sums()];
    errors.add(whole, predicted, truth);
    double[] parts =
        Partitions.sums(
            errors.sums(),
            pixels,
            seed,
            (sums, from, to) ->
                errors.add(
                    sums,
                    Arrays.copyOfRange(predicted, from, to),
                    Arrays.copyOfRange(truth, from, to)));
    assertThat(parts).containsExactly(whole, within(1e-9));
  }
}
