package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
    float[] alone = {2, -1, 1e-3f};
    float[] plain = alone.clone();
    float[][] own = new float[2][3];
    float[][] theirs = new float[2][3];
    for (int step = 1; step <= 20; step++) {
      float[] gradient = {0.3f * alone[0], 1 + alone[1], 1e-4f * step};
      float[] same = gradient.clone();
      rule.penalise(gradient, alone.clone(), 3, 1);
      rule.step().update(alone, gradient, own, 0, 3, step, 0.01);
      ADAM.update(plain, same, theirs, 0, 3, step, 0.01);
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
        double[] gradient = gradients[task].clone();
        rule.penalise(gradient, at, 2, 3);
        rule.step().update(apart, gradient, own[task], 0, 2, step, 0.1);
        sum[0] += gradients[task][0];
        sum[1] += gradients[task][1];
      }
      run.update(together, sum, momentum, 0, 2, step, 0.1);
      for (int i = 0; i < 2; i++) {
        assertThat(apart[i]).isCloseTo(together[i], offset(1e-12));
      }
    }
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
