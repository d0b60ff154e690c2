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
  private static final Optimizer ADAM = new Adam(0.9, 0.999, 1e-8, 1e-5);

  @ParameterizedTest
  @ValueSource(strings = {"adatask", "mtl-io"})
  void oneTaskAloneHasTheRunsOptimiser(String name) {
    TaskwiseMethod method = (TaskwiseMethod) Systems.method(name);
    assertThat(TaskwiseMethod.shareOf(method.rule(ADAM), 1)).isEqualTo(ADAM);
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
    Optimizer share = TaskwiseMethod.shareOf(run, 3);
    for (int step = 1; step <= 5; step++) {
      double[] at = apart.clone();
      double[] sum = new double[2];
      double[] moved = apart.clone();
      for (int task = 0; task < 3; task++) {
        double[] alone = at.clone();
        share.update(alone, gradients[task], own[task], 0, 2, step, 0.1);
        for (int i = 0; i < 2; i++) {
          moved[i] += alone[i] - at[i];
          sum[i] += gradients[task][i];
        }
      }
      apart = moved;
      run.update(together, sum, momentum, 0, 2, step, 0.1);
      for (int i = 0; i < 2; i++) {
        assertThat(apart[i]).isCloseTo(together[i], offset(1e-12));
      }
    }
  }

  @Test
  void aDecoupledDecayIsLeftToTheStep() {
    Optimizer adamW = Optimizers.byName("adamw", Map.of("weight-decay", 0.1));
    assertThat(TaskwiseMethod.shareOf(adamW, 4)).isEqualTo(adamW.withoutDecay());
  }

  @Test
  void maoDecaysBesideTheGradientOnly() {
    TaskwiseMethod mao = (TaskwiseMethod) Systems.method("mao");
    assertThatThrownBy(() -> mao.rule(ADAM)).hasMessageContaining("optimizer.name = adamw");
  }
}
