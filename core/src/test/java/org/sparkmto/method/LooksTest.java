package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.random.Draws;

/** Inner products of gradients from less than all gradients. */
class LooksTest {
  private static final int TASKS = 6;
  private static final int AT_Z = 9;
  private static final int PARAMETERS = 30;

  /** Tasks over two decades, which point into few directions at z, and a drawn J'. */
  private static final double[][] COTANGENTS = cotangents();

  private static final double[][] TRANSPOSED = drawn("jacobian", AT_Z, PARAMETERS);

  private static double[][] drawn(String purpose, int rows, int columns) {
    Draws draws = Draws.of(7).of(purpose);
    double[][] values = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        values[i][j] = draws.normal((long) i * columns + j);
      }
    }
    return values;
  }

  private static double[][] cotangents() {
    double[][] few = product(drawn("mixing", TASKS, 3), drawn("few", 3, AT_Z));
    double[][] noise = drawn("noise", TASKS, AT_Z);
    for (int task = 0; task < TASKS; task++) {
      for (int i = 0; i < AT_Z; i++) {
        few[task][i] = Math.pow(10, task % 3) * (few[task][i] + 0.05 * noise[task][i]);
      }
    }
    return few;
  }

  private static double[][] product(double[][] left, double[][] right) {
    double[][] product = new double[left.length][right[0].length];
    for (int i = 0; i < left.length; i++) {
      for (int k = 0; k < right.length; k++) {
        for (int j = 0; j < right[0].length; j++) {
          product[i][j] += left[i][k] * right[k][j];
        }
      }
    }
    return product;
  }

  /** As a run makes them: the directions go through the network, and nothing else. */
  private static SymmetricMatrix through(LeadingDirections directions, double[][] cotangents) {
    double[][] weights =
        IntStream.range(0, directions.count())
            .mapToObj(direction -> directions.weights(direction).toArray())
            .toArray(double[][]::new);
    return directions.gram(
        directions.count() == 0
            ? SymmetricMatrix.of(0)
            : SymmetricMatrix.gramOf(product(product(weights, cotangents), TRANSPOSED)));
  }

  private static double distance(String limit) {
    LeadingDirections directions =
        LeadingDirections.of(
            SymmetricMatrix.gramOf(COTANGENTS), LeadingDirections.Limit.parse(limit));
    return through(directions, COTANGENTS)
        .distance(SymmetricMatrix.gramOf(product(COTANGENTS, TRANSPOSED)));
  }

  @Test
  void asManyDirectionsAsTasksAreExact() {
    assertThat(distance("6")).isLessThan(1e-12);
    assertThat(distance("100%")).isLessThan(1e-12);
    assertThat(distance("50")).isLessThan(1e-12);
  }

  /** Three directions hold all but a twentieth of every gradient here. */
  @Test
  void fewDirectionsAreNearWhereFewAreTaken() {
    assertThat(distance("3")).isLessThan(0.1);
    assertThat(distance("1")).isGreaterThan(0.1);
    assertThat(distance("3")).isLessThan(distance("2"));
  }

  @Test
  void exactWhereTheTasksHaveNoMoreDirections() {
    double[][] two = product(drawn("two", TASKS, 2), drawn("plane", 2, AT_Z));
    LeadingDirections directions =
        LeadingDirections.of(SymmetricMatrix.gramOf(two), LeadingDirections.Limit.parse("2"));
    assertThat(directions.unseen()).isCloseTo(0, within(1e-12));
    assertThat(through(directions, two).distance(SymmetricMatrix.gramOf(product(two, TRANSPOSED))))
        .isLessThan(1e-7);
  }

  @Test
  void aShareTakesAsManyDirectionsAsHaveIt() {
    SymmetricMatrix gram = SymmetricMatrix.gramOf(COTANGENTS);
    int before = 0;
    for (String share : new String[] {"30%", "60%", "90%", "99%"}) {
      LeadingDirections some = LeadingDirections.of(gram, LeadingDirections.Limit.parse(share));
      double wanted = Double.parseDouble(share.replace("%", "")) / 100;
      assertThat(1 - some.unseen()).isGreaterThanOrEqualTo(wanted);
      LeadingDirections fewer =
          LeadingDirections.of(gram, new LeadingDirections.Limit(some.count() - 1, 1));
      assertThat(1 - fewer.unseen()).isLessThan(wanted);
      assertThat(some.count()).isGreaterThanOrEqualTo(before);
      before = some.count();
    }
  }

  /** Its gradient is zero at z, and so it is at the parameters. */
  @Test
  void aTaskWithoutAGradientHasNoProducts() {
    double[][] gap = cotangents();
    gap[2] = new double[AT_Z];
    LeadingDirections directions =
        LeadingDirections.of(SymmetricMatrix.gramOf(gap), LeadingDirections.Limit.parse("100%"));
    assertThat(directions.count()).isEqualTo(TASKS - 1);
    SymmetricMatrix found = through(directions, gap);
    assertThat(found.row(2)).containsOnly(0);
    int[] others = {0, 1, 3, 4, 5};
    assertThat(
            found
                .select(others)
                .distance(SymmetricMatrix.gramOf(product(gap, TRANSPOSED)).select(others)))
        .isLessThan(1e-12);
    assertThat(
            LeadingDirections.of(
                    SymmetricMatrix.gramOf(new double[TASKS][AT_Z]),
                    LeadingDirections.Limit.parse("3"))
                .gram(SymmetricMatrix.of(0)))
        .isEqualTo(SymmetricMatrix.of(TASKS, new double[TASKS * TASKS]));
  }

  @Test
  void whatIsLeftHasTheGainOfTheDirections() {
    double[][] turned = drawn("turned", AT_Z, AT_Z);
    LeadingDirections one =
        LeadingDirections.of(SymmetricMatrix.gramOf(turned), new LeadingDirections.Limit(1, 1));
    // J' = 2 I lengthens everything twice, so that one direction tells all.
    double length =
        SymmetricMatrix.gramOf(product(new double[][] {one.weights(0).toArray()}, turned)).at(0, 0);
    SymmetricMatrix four = SymmetricMatrix.gramOf(turned).scaled(Vector.filled(AT_Z, 2));
    assertThat(one.gram(SymmetricMatrix.of(1, 4 * length)).distance(four)).isLessThan(1e-12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1.5", "0%", "101%", "many", "%", ""})
  void aLimitThatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> LeadingDirections.Limit.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  /** Gradients of few samples: a square of their mean is too long, a product of halves is not. */
  @Test
  void productsOfHalvesAreRightInTheMean() {
    int pool = 16;
    double[][][] samples = new double[pool][][];
    for (int s = 0; s < pool; s++) {
      samples[s] = drawn("sample" + s, 3, 4);
      for (double[] gradient : samples[s]) {
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] += 1;
        }
      }
    }
    double[] halves = new double[9];
    double[] whole = new double[9];
    int draws = 4000;
    for (int draw = 0; draw < draws; draw++) {
      int[] order = Draws.of(3).at(draw).permutation(pool);
      double[][] rows = new double[6][4];
      for (int s = 0; s < 4; s++) {
        for (int task = 0; task < 3; task++) {
          for (int i = 0; i < 4; i++) {
            rows[s / 2 * 3 + task][i] += samples[order[s]][task][i] / 2;
          }
        }
      }
      SymmetricMatrix gram = SymmetricMatrix.gramOf(rows);
      SymmetricMatrix found = IndependentHalves.products(gram, Vector.ones(3), Vector.ones(3));
      for (int i = 0; i < 9; i++) {
        halves[i] += found.at(i / 3, i % 3) / draws;
        whole[i] +=
            (gram.at(i / 3, i % 3)
                    + gram.at(i / 3, 3 + i % 3)
                    + gram.at(3 + i / 3, i % 3)
                    + gram.at(3 + i / 3, 3 + i % 3))
                / 4
                / draws;
      }
    }
    double[][] all = new double[3][4];
    for (double[][] sample : samples) {
      for (int task = 0; task < 3; task++) {
        for (int i = 0; i < 4; i++) {
          all[task][i] += sample[task][i] / pool;
        }
      }
    }
    SymmetricMatrix exact = SymmetricMatrix.gramOf(all);
    // Four of sixteen samples: the finite pool and the projection leave a few hundredths.
    assertThat(SymmetricMatrix.of(3, halves).distance(exact)).isLessThan(0.05);
    assertThat(SymmetricMatrix.of(3, whole).distance(exact)).isGreaterThan(0.1);
  }

  @Test
  void halvesThatPointApartLeaveAMatrixOfProducts() {
    double[][] rows = {{1, 0}, {0, 1}, {-1, 0.2}, {0.3, 1}};
    SymmetricMatrix found =
        IndependentHalves.products(SymmetricMatrix.gramOf(rows), Vector.ones(2), Vector.ones(2));
    assertThat(found.diagonal().min()).isPositive();
    assertThat(found.eigen().values().min()).isGreaterThan(-1e-12);
  }

  @Test
  void aTaskOfOneHalfHasThatHalfsGradientAndOneOfNoneIsMiddling() {
    double[][] rows = {{3, 0}, {1, 1}, {0, 0}, {0, 0}, {2, 2}, {0, 0}};
    SymmetricMatrix found =
        IndependentHalves.products(
            SymmetricMatrix.gramOf(rows), Vector.of(4, 4, 0), Vector.of(0, 4, 0));
    double between = (3 * 2 + 3 * 1) / 2.0;
    assertThat(found.at(0, 0)).isCloseTo(9, within(1e-12));
    assertThat(found.at(1, 1)).isCloseTo(4, within(1e-12));
    assertThat(found.at(0, 1)).isCloseTo(between, within(1e-12));
    assertThat(found.at(2, 2)).isCloseTo((9 + 5) / 2.0, within(1e-12));
    assertThat(found.at(2, 0)).isCloseTo(0, within(1e-12));
  }

  @Test
  void numbersThatAreNoneStayForTheDriverToSee() {
    double[] gram = new double[16];
    gram[5] = Double.NaN;
    gram[7] = Double.NaN;
    gram[13] = Double.NaN;
    SymmetricMatrix found =
        IndependentHalves.products(SymmetricMatrix.of(4, gram), Vector.ones(2), Vector.ones(2));
    assertThat(found.at(1, 1)).isNaN();
    assertThat(found.at(0, 0)).isZero();
  }
}
