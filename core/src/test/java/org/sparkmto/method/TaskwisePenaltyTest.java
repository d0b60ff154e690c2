package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.elementwise.DoubleVector;
import org.sparkmto.optimizer.Adam;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Optimizers;
import org.sparkmto.optimizer.Sgd;

/** The run's L2 penalty where every task has an optimiser of its own. */
class TaskwisePenaltyTest {
  private static final Optimizer ADAM = new Adam(0.9, 0.999, 1e-8, 0.1);

  @ParameterizedTest
  @ValueSource(strings = {"adatask", "mtl-io"})
  void oneTaskAloneHasTheRunsOptimiser(String name) {
    TaskwiseMethod method = (TaskwiseMethod) Systems.method(name);
    TaskwiseRule rule = TaskwiseRule.of(method, ADAM);
    assertThat(rule.ofHead()).isEqualTo(ADAM);
    double[] alone = {2, -1, 1e-3};
    double[] plain = alone.clone();
    double[][] own = new double[2][3];
    double[][] theirs = new double[2][3];
    for (int step = 1; step <= 20; step++) {
      double[] gradient = {0.3 * alone[0], 1 + alone[1], 1e-4 * step};
      double[] same = gradient.clone();
      update(rule, alone, gradient, alone.clone(), 1, own, step, 0.01);
      ADAM.update(plain, same, theirs, step, 0.01);
      assertThat(alone).isEqualTo(plain);
    }
  }

  /** For the linear rule the sum of the steps must be the step of the sum. */
  @Test
  void thePenaltiesOfAllTasksAreThePenaltyOnce() {
    Optimizer run = new Sgd(0.9, 0.3, false);
    double[][] gradients = {{1, -2}, {0.5, 4}, {-3, 0.25}};
    double[] together = {2, -1};
    double[] apart = together.clone();
    double[][] momentum = {new double[2]};
    double[][][] own = new double[3][1][2];
    TaskwiseRule rule = TaskwiseRule.of((TaskwiseMethod) Systems.method("adatask"), run);
    for (int step = 1; step <= 5; step++) {
      double[] at = apart.clone();
      double[] sum = new double[2];
      for (int task = 0; task < 3; task++) {
        update(rule, apart, gradients[task], at, 3, own[task], step, 0.1);
        sum[0] += gradients[task][0];
        sum[1] += gradients[task][1];
      }
      run.update(together, sum, momentum, step, 0.1);
      for (int i = 0; i < 2; i++) {
        assertThat(apart[i]).isCloseTo(together[i], offset(1e-12));
      }
    }
  }

  /** The step of a task's optimiser with its share of the penalty. */
  private static void update(
      TaskwiseRule rule,
      double[] parameters,
      double[] gradient,
      double[] point,
      int tasks,
      double[][] state,
      int step,
      double rate) {
    rule.step()
        .update(
            DoubleVector.over(parameters),
            rule.penalised(DoubleVector.over(gradient), DoubleVector.over(point), tasks),
            DoubleVector.over(state),
            step,
            rate);
  }

  @Test
  void aDecoupledDecayIsLeftToTheStep() {
    Optimizer adamW = Optimizers.byName("adamw", Map.of("weight-decay", 0.1));
    TaskwiseRule rule = TaskwiseRule.of((TaskwiseMethod) Systems.method("mtl-io"), adamW);
    assertThat(rule).isEqualTo(new TaskwiseRule(adamW.withoutDecay(), 0, 0.1));
  }

  @Test
  void maoDecaysBesideTheGradientOnly() {
    TaskwiseMethod mao = (TaskwiseMethod) Systems.method("mao");
    assertThatThrownBy(() -> mao.rule(ADAM)).hasMessageContaining("optimizer.name = adamw");
  }
}
