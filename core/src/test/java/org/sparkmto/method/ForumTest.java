package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.random.Draws;

/** FORUM against four epochs of LibMTL's own step, and against the problem that its step solves. */
class ForumTest {
  private static final double[][] CURVATURES = {
    {1.0, 0.5, 0.8, 1.2}, {0.6, 1.1, 0.9, 0.7}, {1.3, 0.4, 1.0, 0.5}
  };
  private static final double[][][] CENTRES = {
    {{0.5, -0.3, 0.2, 1}, {-0.4, 0.8, 0.1, -0.6}, {0.3, 0.9, -1.1, 0.4}},
    {{0.7, -0.1, 0.5, 0.8}, {-0.6, 0.5, 0.3, -0.9}, {0.1, 1.2, -0.8, 0.6}}
  };

  /** Quadratic losses, whose centres differ between the parts; losses are those of the first. */
  private record Quadratic(Vector scales) implements LocalStep.Problem {
    @Override
    public Vector losses(double[] x) {
      double[] losses = new double[3];
      for (int k = 0; k < 3; k++) {
        for (int p = 0; p < x.length; p++) {
          losses[k] += scales.at(k) * CURVATURES[k][p] * Math.pow(x[p] - CENTRES[0][k][p], 2) / 2;
        }
      }
      return Vector.of(losses);
    }

    @Override
    public double[][] gradients(double[] x) {
      return gradients(x, 0);
    }

    @Override
    public double[][] gradients(double[] x, int part) {
      double[][] rows = new double[3][x.length];
      for (int k = 0; k < 3; k++) {
        for (int p = 0; p < x.length; p++) {
          rows[k][p] = scales.at(k) * CURVATURES[k][p] * (x[p] - CENTRES[part][k][p]);
        }
      }
      return rows;
    }
  }

  /**
   * {@code bacth_forward_FORUM} of LibMTL 4336804, called with these losses, in double precision:
   * inner_step 3, inner_lr 0.1, outer_lr 0.01, SGD at 0.2. Its solver (cvxpy 1.9.3) stops at about
   * 1e-8, hence the tolerance. With phi = 0.1 the lower level is near enough to its minimum all the
   * time, and its weights stay.
   */
  @ParameterizedTest
  @CsvSource({
    "0.1, 1, 1, 1, 0.47964291817457755, -0.013088564554284567, 0.3086064903762874,"
        + " 0.7608469684436622, 0, 0, 0, 0.44584952526424554, 0.1796756913926538",
    "1.0, 1, 1, 1, 0.4293119132855969, 0.17651235045704086, 0.08257736036763783,"
        + " 0.6464100141474778, 0.03964998352912652, -0.0397575128459417, -0.03957633198366206,"
        + " 0.7257288825237219, 0.09820965044364216",
    "0.5, 3, 3, 3, 0.3857397982046198, 0.30392984914504195, -0.045151572602180785,"
        + " 0.5836539196138488, 0.0400707597818149, -0.040091686061177134, -0.04004998664430326,"
        + " 0.8856419803258198, 0.048284552875342904",
    "0.3, 0.1, 1, 4, 0.4488256111515577, 0.09739832568366999, 0.0774585965624882,"
        + " 0.6964054602543274, 0.03974231862950467, 0.03968457245266915, -0.03972065001168251,"
        + " 0.6395726720721205, 0.1494104817631147",
  })
  void stepsAreThoseOfLibMtl(
      double phi,
      double first,
      double second,
      double third,
      double x0,
      double x1,
      double x2,
      double x3,
      double s0,
      double s1,
      double s2,
      double average0,
      double average1) {
    LocalStep run =
        LocalStep.of(
                Methods.byName(
                        "forum",
                        Map.of("phi", phi, "inner-steps", 3, "inner-rate", 0.1, "rate", 0.01))
                    .method(),
                SampleSystem.names(3))
            .optimizer(Optimizers.byName("sgd", Map.of()))
            .start();
    double[] x = {0.3, -0.2, 0.5, 1};
    for (int epoch = 0; epoch < 4; epoch++) {
      run.step(x, new Quadratic(Vector.of(first, second, third)), epoch, 0.2);
      assertThat(run.last().failure()).isEmpty();
    }
    assertThat(x).containsExactly(new double[] {x0, x1, x2, x3}, within(1e-6));
    assertThat(run.state().perTask("s").toArray())
        .containsExactly(new double[] {s0, s1, s2}, within(1e-6));
    assertThat(run.state().perTask("average").toArray())
        .containsExactly(new double[] {average0, average1, 1 - average0 - average1}, within(1e-6));
  }

  /**
   * No direction does better: with {@code d} minus the update, {@code max_k g_k.d + |d|^2/2} is
   * what its dual says that no allowed direction can be below, and d is allowed.
   */
  @Test
  void theDualFormSolvesTheProblemOfItsStep() {
    double phi = 0.4;
    int binding = 0;
    for (long seed = 0; seed < 40; seed++) {
      double[][] lower = SampleSystem.gradients(seed, 4, 6, 1);
      double[][] upper = SampleSystem.gradients(seed + 1000, 4, 6, 3);
      Vector fall = Vector.of(0.3, -0.1, 0.2, 0.05).times(Draws.of(seed).uniform(0));
      Weighing weighing =
          weighed(new Forum(phi, 0.1, 1, 0.01, Forum.Form.DUAL), lower, upper, fall);
      assertThat(weighing.failure()).isEmpty();
      Vector s = fall.map(value -> value / 4 - fall.sum() / 16);
      double[] q = LocalStep.sum(Vector.filled(4, 0.25), lower);
      double square = Vector.of(q).dot(Vector.of(q)) + s.dot(s);
      double v = 4 * weighing.shared().at(0);
      double[] update =
          Vector.of(LocalStep.sum(weighing.shared().select(0, 1, 2, 3), lower))
              .plus(Vector.of(LocalStep.sum(weighing.shared().select(4, 5, 6, 7), upper)))
              .toArray();
      Vector d = Vector.of(update).followedBy(s.times(v)).times(-1);
      double most = Double.NEGATIVE_INFINITY;
      for (double[] row : upper) {
        Vector unit = Vector.of(row).followedBy(Vector.zeros(4));
        most = Math.max(most, unit.dot(d) / Math.sqrt(unit.dot(unit)));
      }
      double along = Vector.of(q).followedBy(s).dot(d);
      assertThat(along).isLessThanOrEqualTo(-phi * square + 1e-7);
      assertThat(most + d.dot(d) / 2).isCloseTo(-d.dot(d) / 2 + v * phi * square, offset(1e-7));
      binding += v > 0 ? 1 : 0;
    }
    assertThat(binding).isBetween(5, 39);
  }

  /** {@code |g|^2 + max(0, v)(...)} on a grid of the simplex is nowhere below what was found. */
  @ParameterizedTest
  @CsvSource({"LIBMTL", "DUAL"})
  void noOtherWeightsAreBetter(Forum.Form form) {
    double phi = 0.3;
    double c = form == Forum.Form.DUAL ? 2 : 1;
    for (long seed = 0; seed < 30; seed++) {
      double[][] lower = SampleSystem.gradients(seed, 3, 4, 0);
      double[][] upper = SampleSystem.gradients(seed + 1000, 3, 4, 0);
      Weighing weighing =
          weighed(new Forum(phi, 0.1, 1, 0.01, form), lower, upper, Vector.zeros(3));
      Vector found = weighing.state().perTask("average");
      Vector q = Vector.of(LocalStep.sum(Vector.filled(3, 1 / 3.0), lower));
      double least = Double.POSITIVE_INFINITY;
      for (int a = 0; a <= 100; a++) {
        for (int b = 0; a + b <= 100; b++) {
          Vector weights = Vector.of(a / 100.0, b / 100.0, (100 - a - b) / 100.0);
          least = Math.min(least, objective(weights, upper, q, phi, c));
        }
      }
      assertThat(objective(found, upper, q, phi, c)).isBetween(least - 0.01, least + 1e-9);
    }
  }

  private static double objective(
      Vector weights, double[][] upper, Vector q, double phi, double c) {
    Vector g = Vector.of(LocalStep.sum(weights, upper));
    double square = q.dot(q);
    double v = Math.max(0, phi - g.dot(q) / square);
    Vector sum = g.plus(q.times(v));
    return sum.dot(sum) - c * v * phi * square;
  }

  @Test
  void lowerLevelsThatDivergeAreSaid() {
    double[][] rows = Systems.random(1, 3, 5, 1);
    Weighing weighing =
        weighed(
            new Forum(0.1, 0.1, 1, 0.01, Forum.Form.LIBMTL),
            rows,
            rows,
            Vector.of(0, Double.NEGATIVE_INFINITY, 0));
    assertThat(weighing.failure().orElseThrow()).contains("inner-rate");
    assertThat(weighing.shared()).isEqualTo(Vector.filled(6, 1 / 6.0));
  }

  @Test
  void aTaskWithoutLabelsInTheUpperPartDoesNotCountThere() {
    double[][] lower = Systems.random(1, 3, 5, 1);
    double[][] upper = Systems.random(2, 3, 5, 1);
    upper[1] = new double[5];
    Weighing weighing =
        weighed(new Forum(0.1, 0.1, 1, 0.01, Forum.Form.LIBMTL), lower, upper, Vector.zeros(3));
    assertThat(weighing.failure()).isEmpty();
    assertThat(weighing.shared().at(4)).isZero();
    assertThat(weighing.state().perTask("average").at(1)).isZero();
  }

  /** The first step with these gradients over both parts. */
  private static Weighing weighed(Forum forum, double[][] lower, double[][] upper, Vector fall) {
    Weigher weigher = Systems.weigher(forum, fall.size());
    Vector losses = Vector.ones(fall.size());
    SymmetricMatrix gram =
        SymmetricMatrix.gramOf(
            Stream.of(lower, upper).flatMap(Arrays::stream).toArray(double[][]::new));
    Observation seen =
        Observation.ofLosses(0, 0, losses, losses)
            .with(new LossesAfter(new GradientSummary.PartGram(2, gram), losses.minus(fall)));
    return weigher.weigh(seen, weigher.initialState());
  }
}
