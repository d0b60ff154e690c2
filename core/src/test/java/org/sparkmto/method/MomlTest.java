package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.random.Draws;

/** MOML against finite differences of what its trial step does, on quadratic losses. */
class MomlTest {
  private static final int TASKS = 3;
  private static final int SIZE = 4;
  private static final double RATE = 0.1;

  /** {@code l_k = sum_p q_kp (x_p - a_kp)^2 / 2}, with other a over the held-out part. */
  private record Quadratic(Draws draws) implements LocalStep.Problem {
    private double curvature(int task, int p) {
      return 0.5 + draws.of("curvature").at(task).uniform(p);
    }

    private double centre(int part, int task, int p) {
      return draws.of("centre").at(part).at(task).normal(p);
    }

    @Override
    public double[][] gradients(double[] x) {
      return gradients(x, 0);
    }

    @Override
    public double[][] gradients(double[] x, int part) {
      double[][] rows = new double[TASKS][SIZE];
      for (int k = 0; k < TASKS; k++) {
        for (int p = 0; p < SIZE; p++) {
          rows[k][p] = curvature(k, p) * (x[p] - centre(part, k, p));
        }
      }
      return rows;
    }

    @Override
    public Vector losses(double[] x) {
      return losses(x, 0);
    }

    Vector losses(double[] x, int part) {
      double[] losses = new double[TASKS];
      for (int k = 0; k < TASKS; k++) {
        for (int p = 0; p < SIZE; p++) {
          losses[k] += curvature(k, p) * Math.pow(x[p] - centre(part, k, p), 2) / 2;
        }
      }
      return Vector.of(losses);
    }

    /** The held-out losses after a trial step with the softmax of s. */
    Vector afterTrial(double[] x, Vector s) {
      double[] moved = x.clone();
      double[] step = LocalStep.sum(s.softmax(), gradients(x, 0));
      Arrays.setAll(moved, p -> x[p] - RATE * step[p]);
      return losses(moved, 1);
    }
  }

  /** Adam's first step moves every number by the rate, against the sign of its derivative. */
  @Test
  void theFirstStepFollowsTheCommonDescentOfTheHeldOutLosses() {
    int compared = 0;
    for (long seed = 0; seed < 20; seed++) {
      Quadratic problem = new Quadratic(Draws.of(seed));
      double[] x = {0.3, -0.2, 0.5, 1};
      double[][] slopes = new double[TASKS][TASKS];
      double h = 1e-5;
      for (int k = 0; k < TASKS; k++) {
        Vector up = Vector.zeros(TASKS).replaced(new int[] {k}, Vector.of(h));
        Vector change =
            problem.afterTrial(x, up).minus(problem.afterTrial(x, up.times(-1))).dividedBy(2 * h);
        for (int j = 0; j < TASKS; j++) {
          slopes[j][k] = change.at(j);
        }
      }
      // Found by trying all of a grid of the simplex: the shortest combination.
      Vector shortest = null;
      for (int a = 0; a <= 400; a++) {
        for (int b = 0; a + b <= 400; b++) {
          Vector weights = Vector.of(a / 400.0, b / 400.0, (400 - a - b) / 400.0);
          Vector sum = Vector.of(LocalStep.sum(weights, slopes));
          if (shortest == null || sum.dot(sum) < shortest.dot(shortest)) {
            shortest = sum;
          }
        }
      }
      LocalStep run =
          LocalStep.of(
                  Methods.byName("moml", Map.of("rate", 0.01)).method(), SampleSystem.names(TASKS))
              .optimizer(Optimizers.byName("sgd", Map.of()))
              .start();
      run.step(x.clone(), problem, 0, RATE);
      Vector s = run.state().perTask("s");
      double whole = Arrays.stream(slopes[0]).map(Math::abs).max().orElseThrow();
      for (int k = 0; k < TASKS; k++) {
        if (Math.abs(shortest.at(k)) > 0.02 * whole) {
          compared++;
          assertThat(s.at(k)).isCloseTo(-0.01 * Math.signum(shortest.at(k)), offset(1e-5));
        }
      }
      assertThat(run.last().shared().sum()).isCloseTo(1, offset(1e-12));
    }
    assertThat(compared).as("slopes whose sign the grid tells").isGreaterThan(20);
  }

  @Test
  void aTargetWithoutLabelsDoesNotCount() {
    BilevelMethod method = (BilevelMethod) Systems.method("moml");
    assertThat(method.targets(Systems.names(2))).containsExactly(Vector.of(1, 0), Vector.of(0, 1));
    Weigher weigher = Systems.weigher(method, 2);
    Observation seen = Observation.ofLosses(0, 0, Vector.ones(2), Vector.ones(2));
    Weighing one = after(weigher, seen, Vector.of(-1, -2), Vector.zeros(2));
    assertThat(one.failure()).isEmpty();
    assertThat(one.shared().at(1)).isGreaterThan(one.shared().at(0));
    // Two targets that want opposite things leave the weights as they are.
    Weighing both = after(weigher, seen, Vector.of(-1, -2), Vector.of(-2, -1));
    assertThat(both.shared().at(0)).isCloseTo(0.5, offset(1e-9));
    Weighing none = after(weigher, seen, Vector.zeros(2), Vector.zeros(2));
    assertThat(none.shared()).isEqualTo(Vector.of(0.5, 0.5));
    assertThat(none.state()).isEqualTo(weigher.initialState());
  }

  private static Weighing after(Weigher weigher, Observation seen, Vector... derivatives) {
    return weigher.weigh(seen.with(Derivatives.of(List.of(derivatives))), weigher.initialState());
  }
}
