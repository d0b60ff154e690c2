package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkmto.metric.Direction.HIGHER_IS_BETTER;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ParetoFrontTest {

  @Test
  void aPointWithNaNIsNeverOnTheFrontAndDominatesNone() {
    double[][] points = {{1, Double.NaN}, {0, 0}, {0, 0}};
    assertThat(ParetoFront.of(points, List.of(HIGHER_IS_BETTER, HIGHER_IS_BETTER)))
        .containsExactly(false, true, true);
    assertThatThrownBy(() -> ParetoFront.of(points, List.of(HIGHER_IS_BETTER)))
        .hasMessageContaining("point 0 has 2 metrics");
  }

  /** Whoever is best by the sum of all metrics is on the front, and the front is never empty. */
  @Property(tries = 100)
  void theBestSumIsOnTheFront(@ForAll long seed) {
    Random random = new Random(seed);
    double[][] points = new double[1 + random.nextInt(30)][];
    int best = 0;
    for (int i = 0; i < points.length; i++) {
      points[i] = random.ints(3, 0, 5).asDoubleStream().toArray();
      best = sum(points[i]) > sum(points[best]) ? i : best;
    }
    List<Direction> directions = List.of(HIGHER_IS_BETTER, HIGHER_IS_BETTER, HIGHER_IS_BETTER);
    assertThat(ParetoFront.of(points, directions)[best]).isTrue();
  }

  private static double sum(double[] point) {
    return point[0] + point[1] + point[2];
  }
}
