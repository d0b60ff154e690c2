package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkmto.metric.PreferenceFront.Axis;

/** Counted by hand. */
class PreferenceFrontTest {
  private static final List<Axis> ERROR_AND_ACCURACY =
      List.of(new Axis(0, Direction.LOWER_IS_BETTER), new Axis(1, Direction.HIGHER_IS_BETTER));

  /** On scales from the best to the worst: (0, 1), (0.5, 0.25), (1, 0). */
  private static final double[][] POINTS = {{2, 60}, {3, 75}, {4, 80}};

  private static PreferenceFront front(double[]... shares) {
    return new PreferenceFront(ERROR_AND_ACCURACY, POINTS, shares);
  }

  @Test
  void volumeIsTheShareOfTheBoxThatIsDominated() {
    PreferenceFront front =
        front(new double[] {1, 0}, new double[] {0.5, 0.5}, new double[] {0, 1});
    assertThat(front.volume(POINTS)).isCloseTo(0.5 * 0.75, within(1e-12));
    // In a larger box, of which the error ends at 6 and the accuracy begins at 40.
    double[][] range = {{2, 60}, {3, 75}, {4, 80}, {6, 40}, {Double.NaN, 90}};
    // 90 counts, though that point has no error: (0, 0.6), (0.25, 0.3), (0.5, 0.2).
    assertThat(front.volume(range)).isCloseTo(0.25 * 0.4 + 0.25 * 0.7 + 0.5 * 0.8, within(1e-12));
  }

  @Test
  void ofManyFiguresThereIsNoVolume() {
    List<Axis> nine = Collections.nCopies(9, new Axis(0, Direction.LOWER_IS_BETTER));
    double[][] points = {new double[9]};
    PreferenceFront front = new PreferenceFront(nine, points, new double[][] {{1}});
    assertThat(front.volume(points)).isNaN();
    assertThat(front.obeyed()).isNaN();
  }

  @Test
  void aWishIsObeyedWhereMoreOfItIsBetter() {
    double[] first = {1, 0};
    double[] both = {0.5, 0.5};
    double[] second = {0, 1};
    assertThat(front(first, both, second).obeyed()).isEqualTo(1);
    assertThat(front(second, both, first).obeyed()).isZero();
    // Of three pairs, two of each figure are in order.
    assertThat(front(both, first, second).obeyed()).isCloseTo(2.0 / 3, within(1e-12));
  }
}
