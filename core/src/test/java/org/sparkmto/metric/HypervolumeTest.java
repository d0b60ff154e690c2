package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Volumes against those of boxes by inclusion and exclusion, and of cases done by hand. */
class HypervolumeTest {
  @Test
  void ofPlanesByHand() {
    double[] one = {1, 1};
    assertThat(Hypervolume.of(new double[][] {{0, 0}}, one)).isEqualTo(1);
    assertThat(Hypervolume.of(new double[][] {{0.5, 0}, {0, 0.5}}, one)).isEqualTo(0.75);
    assertThat(Hypervolume.of(new double[][] {{0.5, 0}, {0.75, 0.5}}, one)).isEqualTo(0.5);
    assertThat(Hypervolume.of(new double[][] {{1, 0}, {Double.NaN, 0}, {2, -1}}, one)).isZero();
    assertThat(Hypervolume.of(new double[0][], one)).isZero();
    assertThatThrownBy(() -> Hypervolume.of(new double[][] {{1}}, one))
        .hasMessage("a point has 1 coordinates, the reference 2");
    assertThatThrownBy(() -> Hypervolume.of(new double[][] {{}}, new double[0]))
        .hasMessage("the reference has no coordinate");
  }

  @Property(tries = 200)
  void isTheUnionOfTheBoxes(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int coordinates,
      @ForAll @IntRange(min = 0, max = 6) int number) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] points = new double[number][coordinates];
    for (double[] point : points) {
      for (int k = 0; k < coordinates; k++) {
        point[k] = random.nextInt(8) / 8.0; // with ties
      }
    }
    double[] reference = new double[coordinates];
    Arrays.fill(reference, 1);
    double union = 0;
    for (int subset = 1; subset < 1 << number; subset++) {
      double box = 1;
      for (int k = 0; k < coordinates; k++) {
        double corner = Double.NEGATIVE_INFINITY;
        for (int point = 0; point < number; point++) {
          corner = (subset >> point & 1) == 1 ? Math.max(corner, points[point][k]) : corner;
        }
        box *= 1 - corner;
      }
      union += Integer.bitCount(subset) % 2 == 1 ? box : -box;
    }
    // Eighths to the fourth power are exact in double; sums of 64 of them are, too.
    assertThat(Hypervolume.of(points, reference)).isCloseTo(union, within(1e-12));
  }
}
