package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparkmto.method.Systems.assertClose;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * More tasks than gradients that are linearly independent, as with many binary tasks and a small
 * batch: every gradient is a combination of a few, rounded to single precision.
 */
class RankDeficientTest {
  /**
   * Tasks whose gradients combine {@code rank} vectors.
   *
   * @param kind signs: by 1 or -1, so that many are the same or opposite; free: by normal numbers;
   *     oneSided: so that all of them can gain
   */
  private static double[][] gradients(int tasks, int rank, String kind) {
    Random random = new Random(tasks + rank);
    double[][] samples = new double[rank][400];
    for (double[] sample : samples) {
      Arrays.setAll(sample, i -> random.nextGaussian());
    }
    double[][] rows = new double[tasks][400];
    for (double[] row : rows) {
      for (int j = 0; j < rank; j++) {
        double factor =
            kind.equals("signs") ? (random.nextBoolean() ? 0.5 : -0.5) : random.nextGaussian();
        factor += kind.equals("oneSided") && j == 0 ? 3 * Math.sqrt(rank) : 0;
        for (int i = 0; i < row.length; i++) {
          row[i] += factor * samples[j][i];
        }
      }
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) row[i];
      }
    }
    return rows;
  }

  private static SymmetricMatrix cosines(double[][] rows) {
    SymmetricMatrix gram = SymmetricMatrix.gramOf(rows);
    return gram.scaled(gram.diagonal().map(square -> 1 / Math.sqrt(square)));
  }

  @ParameterizedTest
  @CsvSource({
    "150, 7, signs",
    "150, 7, free",
    "150, 7, oneSided",
    "150, 30, signs",
    "150, 70, free",
    "150, 140, signs",
    "300, 7, signs",
    "300, 7, oneSided",
    "300, 7, free"
  })
  void projectionsOfAllGradientsTakeFewPivotsAndMeetTheirConditions(
      int tasks, int rank, String kind) {
    SymmetricMatrix cosines = cosines(gradients(tasks, rank, kind));
    NonNegativeQuadratic quadratic = new NonNegativeQuadratic(cosines);
    for (int k = 0; k < tasks; k++) {
      long before = quadratic.pivots();
      Vector b = Vector.of(cosines.row(k)).times(-1);
      Vector y = quadratic.minimum(b);
      assertThat(quadratic.residual(b, y)).as("of %d", k).isLessThan(1e-12);
      assertThat(y.min()).isNotNegative();
      assertThat(quadratic.pivots() - before).as("of %d", k).isLessThan(3 * rank + 60);
    }
  }

  @ParameterizedTest
  @CsvSource({"150, signs", "150, free", "150, oneSided", "300, signs", "300, oneSided"})
  void everySolverAnswersWithASmallResidualOrSaysThatItFails(int tasks, String kind) {
    double[][] rows = gradients(tasks, 7, kind);
    for (String name : List.of("upgrad", "dualproj", "mgda", "cagrad", "mgda-unconstrained")) {
      Weighing weighing = weigh(name, rows);
      assertThat(weighing.failure()).as(name).isEmpty();
      assertThat(weighing.residual().orElseThrow()).as(name).isLessThan(1e-11);
    }
    for (String name : List.of("config", "imtl-g", "nash-mtl", "fairgrad", "aligned-mtl")) {
      Weighing weighing = weigh(name, rows);
      assertThat(weighing.shared().isFinite()).as(name).isTrue();
      if (weighing.failure().isEmpty()) {
        assertThat(weighing.residual().orElse(0)).as(name).isLessThan(1e-8);
      }
    }
  }

  private static Weighing weigh(String name, double[][] rows) {
    return Systems.weigh(Methods.byName(name, Map.of()).method(), rows, Vector.ones(rows.length));
  }

  /** What stands in when the pivots are used up: near enough for the methods that ask. */
  @Test
  void theRegularisedProblemMeetsTheConditionsToItsRegularisation() {
    SymmetricMatrix cosines = cosines(gradients(60, 7, "oneSided"));
    NonNegativeQuadratic quadratic = new NonNegativeQuadratic(cosines);
    for (int k = 0; k < 60; k++) {
      Vector b = Vector.of(cosines.row(k)).times(-1);
      Vector y = quadratic.regularised(b, new int[0]).orElseThrow();
      assertThat(quadratic.residual(b, y)).isLessThan(2e-11);
      Vector exact = quadratic.minimum(b);
      assertClose(cosines.times(y), cosines.times(exact), 1e-4);
    }
  }

  @Test
  void aProblemWithoutAMinimumIsNotAnsweredByARegularisedOne() {
    SymmetricMatrix opposite = SymmetricMatrix.of(2, 1, -1, -1, 1);
    NonNegativeQuadratic quadratic = new NonNegativeQuadratic(opposite);
    Vector b = Vector.of(1, 1);
    assertThat(quadratic.residual(b, quadratic.minimum(b))).isGreaterThan(0.1);
    assertThat(quadratic.pivots()).isLessThan(200);
  }

  @Test
  void theBasisOfASupportStaysOrthonormalWhileVectorsComeAndGo() {
    Random random = new Random(5);
    double[][] rows = Systems.random(9, 12, 8, 2);
    SupportBasis basis = new SupportBasis(8);
    for (int change = 0; change < 400; change++) {
      int[] in = basis.indices();
      int k = random.nextInt(12);
      int place = IntStream.range(0, in.length).filter(i -> in[i] == k).findAny().orElse(-1);
      if (place >= 0 || in.length == 8) {
        basis.remove(Math.max(place, 0));
      } else {
        basis.append(k, basis.see(rows[k]));
      }
      for (int i : basis.indices()) {
        SupportBasis.Seen seen = basis.see(rows[i]);
        double norm = Systems.norm(Vector.of(rows[i]));
        assertThat(seen.length()).isLessThan(1e-12 * norm);
        double[] y = basis.combination(seen.coordinates());
        for (int j = 0; j < y.length; j++) {
          assertThat(Math.abs(y[j] - (basis.indices()[j] == i ? 1 : 0))).isLessThan(1e-6);
        }
      }
    }
  }

  @Test
  void aMatrixIsTheInnerProductsOfAsManyElementsAsItsRank() {
    SymmetricMatrix cosines = cosines(gradients(40, 7, "free"));
    PivotedCholesky factor = new PivotedCholesky(cosines, 1e-12);
    assertThat(factor.rank()).isEqualTo(7);
    for (int k = 0; k < 40; k++) {
      assertClose(Vector.of(factor.times(factor.row(k))), Vector.of(cosines.row(k)), 1e-13);
    }
    Vector b = cosines.times(Vector.ones(40));
    assertClose(Vector.of(factor.times(factor.coordinates(b))), b, 1e-12);
  }
}
