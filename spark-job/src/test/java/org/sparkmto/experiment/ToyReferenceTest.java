package org.sparkmto.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ToyReferenceTest {
  @Test
  void theLeastPlaceIsFoundInsideAndAtBothEnds() {
    assertThat(ToyReference.least(x -> (x - 0.3) * (x - 0.3))).isCloseTo(0.3, within(1e-5));
    assertThat(ToyReference.least(x -> Math.cosh(3 * (x - 0.9)))).isCloseTo(0.9, within(1e-5));
    assertThat(ToyReference.least(x -> x)).isCloseTo(0, within(2e-5));
    assertThat(ToyReference.least(x -> -x)).isCloseTo(1, within(2e-5));
  }

  @Test
  void mgdaIsTheShortestCombinationAndConflictsWithNobody() {
    for (ToyPoint point : ToyPoint.NASH) {
      ToyProblem.Step at = ToyProblem.at(point);
      ToyPoint direction = ToyReference.MGDA.direction(at, 0);
      for (double share = 0; share <= 1; share += 0.01) {
        ToyPoint other = at.gradient1().times(share).plus(1 - share, at.gradient2());
        assertThat(direction.dot(direction)).isLessThanOrEqualTo(other.dot(other) + 1e-6);
      }
    }
  }

  @Test
  void cagradStaysInItsBallAndServesTheWorstTaskBetterThanTheMean() {
    for (ToyPoint point : ToyPoint.NASH) {
      ToyProblem.Step at = ToyProblem.at(point);
      ToyPoint mean = ToyReference.EW.direction(at, 0);
      ToyPoint direction = ToyReference.CAGRAD.direction(at, 0).times(1.5);
      ToyPoint apart = direction.plus(-1, mean);
      // The guards of 1e-4 move both sides by less than 1 %.
      assertThat(Math.sqrt(apart.dot(apart)))
          .isLessThanOrEqualTo(0.5 * Math.sqrt(mean.dot(mean)) * 1.01 + 1e-2);
      assertThat(worst(at, direction)).isGreaterThanOrEqualTo(worst(at, mean) - 1e-3);
    }
  }

  private static double worst(ToyProblem.Step at, ToyPoint direction) {
    return Math.min(at.gradient1().dot(direction), at.gradient2().dot(direction));
  }

  @Test
  void pcgradLeavesNoConflictWithTheChangedGradients() {
    ToyProblem.Step at = ToyProblem.at(new ToyPoint(1, -6));
    assertThat(at.gradient1().dot(at.gradient2())).isNegative();
    ToyPoint direction = ToyReference.PCGRAD.direction(at, 0);
    assertThat(at.gradient1().dot(direction)).isPositive();
    assertThat(at.gradient2().dot(direction)).isPositive();
  }
}
