package org.sparkmto.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Rules without a recorded trajectory, from their definitions; and what one task adds to MAO. */
class AdaptiveRuleTest {
  private static final int STEPS = 12;

  /** One element under a rule that starts at {@code at}: its value after every step. */
  private static double[] run(Optimizer rule, double at, double[] gradients, double rate) {
    double[] value = {at};
    double[][] state = new double[rule.state().size()][1];
    double[] path = new double[gradients.length];
    for (int t = 0; t < path.length; t++) {
      rule.update(value, new double[] {gradients[t]}, state, t + 1, rate);
      path[t] = value[0];
    }
    return path;
  }

  private static double[] gradients(long seed) {
    return new Random(seed).doubles(STEPS, -3, 3).toArray();
  }

  /** The mean square in closed form: a weighted sum over all gradients so far. */
  @Property(tries = 50)
  void rmsPropDividesByAWeightedMeanSquare(@ForAll long seed) {
    double[] g = gradients(seed);
    double[] path = run(new RmsProp(0.8, 1e-3, 0, 0), 0.7, g, 0.01);
    double expected = 0.7;
    for (int t = 0; t < STEPS; t++) {
      double square = 0;
      for (int s = 0; s <= t; s++) {
        square += 0.2 * Math.pow(0.8, t - s) * g[s] * g[s];
      }
      expected -= 0.01 * g[t] / (Math.sqrt(square) + 1e-3);
      assertThat(path[t]).isCloseTo(expected, within(1e-13));
    }
  }

  /** With momentum every quotient is felt for ever, less by the factor mu with each step. */
  @Property(tries = 50)
  void rmsPropCollectsQuotients(@ForAll long seed) {
    double[] g = gradients(seed);
    double[] path = run(new RmsProp(0.8, 1e-3, 0.9, 0.3), 0.7, g, 0.01);
    double at = 0.7;
    List<Double> penalised = new ArrayList<>();
    List<Double> quotients = new ArrayList<>();
    for (int t = 0; t < STEPS; t++) {
      penalised.add(g[t] + 0.3 * at);
      double square = 0;
      for (int s = 0; s <= t; s++) {
        square += 0.2 * Math.pow(0.8, t - s) * penalised.get(s) * penalised.get(s);
      }
      quotients.add(penalised.get(t) / (Math.sqrt(square) + 1e-3));
      for (int s = 0; s <= t; s++) {
        at -= 0.01 * Math.pow(0.9, t - s) * quotients.get(s);
      }
      assertThat(path[t]).isCloseTo(at, within(1e-13));
    }
  }

  @Property(tries = 50)
  void adaGradDividesByTheSumOfSquares(@ForAll long seed) {
    double[] g = gradients(seed);
    double[] path = run(new AdaGrad(1e-3, 0.25, 0.5, 0.3), 0.7, g, 0.01);
    double at = 0.7;
    double sum = 0.5;
    for (int t = 0; t < STEPS; t++) {
      double penalised = g[t] + 0.3 * at;
      sum += penalised * penalised;
      at -= 0.01 / (1 + 0.25 * t) * penalised / (Math.sqrt(sum) + 1e-3);
      assertThat(path[t]).isCloseTo(at, within(1e-13));
    }
  }

  /** With equal gradients the mean is the gradient: decay, then a full rate against its sign. */
  @Test
  void signumDecaysBesideItsStep() {
    double[] path = run(new Signum(0.9, 0.5), 2, new double[] {1e-300, 1e-300}, 0.1);
    assertThat(path[0]).isCloseTo(2 * 0.95 - 0.1, within(1e-15));
    assertThat(path[1]).isCloseTo((2 * 0.95 - 0.1) * 0.95 - 0.1, within(1e-15));
  }

  /** AdamW at decay 0 is Adam, bit by bit, and its decay shrinks by a factor per step. */
  @Property(tries = 30)
  void adamWIsAdamBesideAShrinking(@ForAll long seed) {
    double[] g = gradients(seed);
    assertThat(run(new AdamW(0.9, 0.99, 1e-8, 0), 0.7, g, 0.01))
        .isEqualTo(run(new Adam(0.9, 0.99, 1e-8, 0), 0.7, g, 0.01));
    double[] still = run(new AdamW(0.9, 0.99, 1e-8, 0.5), 0.7, new double[STEPS], 0.1);
    for (int t = 0; t < STEPS; t++) {
      assertThat(still[t]).isCloseTo(0.7 * Math.pow(0.95, t + 1), within(1e-15));
    }
  }

  /** With epsilon 0 and Adam's correction the first step is the rate, whatever the gradient. */
  @Test
  void maoWithoutEpsilonNeverDividesZeroByZero() {
    MaoRule rule = new MaoRule(0.9, 0.999, 0, MaoRule.Correction.SQRT);
    double[] exact = {1, 1, 1, 1};
    rule.update(exact, new double[] {0, 1e-12, -3, 1e12}, new double[2][4], 1, 0.5);
    assertThat(exact).containsExactly(new double[] {1, 0.5, 1.5, 0.5}, within(1e-10));
    assertThat(run(rule, 1, new double[STEPS], 0.5)).containsOnly(1);
  }
}
