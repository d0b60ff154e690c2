package org.sparkmto.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkmto.method.Systems.assertEachClose;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.optimizer.Optimizers;

/** What methods that see more than one Gram matrix say beside the weights of the gradients. */
class BesideTheWeightsTest {
  private static final Vector LOSSES = Vector.of(0.3, 1, 7);

  private static LocalStep local(String name, Map<String, ?> options) {
    return LocalStep.of(Methods.byName(name, options).method(), Systems.names(3)).start();
  }

  @Test
  void dbMtlDescendsLogarithmsInTheHeads() {
    LocalStep local = local("db-mtl", Map.of());
    for (int step = 0; step < 3; step++) {
      Vector losses = LOSSES.times(1 + step);
      LocalStep.Problem problem = LocalStep.Problem.at(losses, Systems.random(step, 3, 8, 2));
      Weighing weighing = local.weigh(problem, 0, 0);
      assertThat(weighing.failure()).isEmpty();
      assertEachClose(weighing.heads(), losses.map(loss -> 1 / (loss + 1e-8)), 1e-15);
    }
  }

  /** Of the three parts of a batch one is followed and the others teach. */
  @ParameterizedTest
  @CsvSource({"sdmgrad, 0", "modo, 2"})
  void onePartOfTheBatchIsFollowed(String name, int followed) {
    LocalStep local = local(name, Map.of());
    double[][][] parts = {
      Systems.random(1, 3, 8, 1), Systems.random(2, 3, 8, 1), Systems.random(3, 3, 8, 1)
    };
    for (int step = 0; step < 2; step++) {
      Weighing weighing = local.weigh(LocalStep.Problem.at(LOSSES, parts), 0, 0);
      for (int part = 0; part < 3; part++) {
        Vector own =
            Vector.of(Arrays.copyOfRange(weighing.shared().toArray(), 3 * part, 3 * part + 3));
        if (part == followed) {
          assertThat(own.map(Math::abs).max()).isPositive();
        } else {
          assertThat(own).isEqualTo(Vector.zeros(3));
        }
      }
    }
  }

  @Test
  void autoLambdasTrialTeachesNothingYet() {
    BilevelMethod method =
        (BilevelMethod)
            Methods.byName("auto-lambda", Map.of("primary", "0", "rate", 1e-4)).method();
    assertThat(method.targets(Systems.names(3))).containsExactly(Vector.of(1, 0, 0));
    Weigher weigher = Systems.weigher(method, 3);
    Observation seen = Observation.ofLosses(0, 0, LOSSES, Vector.ones(3));
    Weighing trial = weigher.weigh(seen, weigher.initialState());
    assertThat(trial.shared()).isEqualTo(Vector.filled(3, 0.1));
    assertThat(trial.state()).isEqualTo(weigher.initialState());
    Weighing taught =
        weigher.weigh(seen.with(new Derivatives(Vector.of(1, -2, 3))), weigher.initialState());
    assertThat(taught.state().perTask("weights")).isEqualTo(taught.shared());
    assertThat(taught.shared()).isNotEqualTo(trial.shared());
  }

  /**
   * With a decoder the heads are weighed as that method alone weighs them in a run that learns by
   * Adam at its usual rate, and the shared part as without one.
   */
  @Test
  void autoLambdasHeadsMayFollowAMethodOfLosses() {
    Method both = Methods.byName("auto-lambda", Map.of("decoder", "uw")).method();
    assertThat(((BilevelMethod) both).weighsHeads()).isFalse();
    Weigher weigher = Systems.weigher(both, 3);
    Weigher alone = Systems.weigher(Methods.byName("auto-lambda", Map.of()).method(), 3);
    MethodState state = weigher.initialState();
    MethodState ofAlone = alone.initialState();
    LocalStep heads =
        LocalStep.of(Methods.byName("uw", Map.of()), Systems.names(3))
            .optimizer(Optimizers.byName("sgd", Map.of()))
            .start();
    for (int step = 0; step < 5; step++) {
      Vector losses = Systems.losses(step, 3);
      Observation seen =
          Observation.ofLosses(step, 0, losses, Vector.ones(3))
              .with(new Derivatives(Vector.of(1, -2, 3 - step)));
      Weighing found = weigher.weigh(seen, state);
      Weighing shared = alone.weigh(seen, ofAlone);
      Vector ofHeads = heads.weigh(LocalStep.Problem.at(losses, new double[3][1]), 0, 1e-4).heads();
      assertThat(found.shared()).isEqualTo(shared.shared());
      assertThat(found.heads()).isEqualTo(ofHeads);
      Weighing trial = weigher.weigh(seen.with(GradientSummary.none()), state);
      assertThat(trial.heads()).as("a trial moves heads as the step does").isEqualTo(ofHeads);
      state = found.state();
      ofAlone = shared.state();
    }
    assertThat(state.perTask("decoder/s")).isNotEqualTo(Vector.zeros(3));
    assertThatThrownBy(() -> Methods.byName("auto-lambda", Map.of("decoder", "pcgrad")))
        .hasMessageContaining("which sees gradients");
  }

  @ParameterizedTest
  @ValueSource(strings = {"adatask", "mao", "mtl-io"})
  void tasksTakeTurnsInMtlIoAloneAndNoneDecaysByItself(String name) {
    TaskwiseMethod method = (TaskwiseMethod) Systems.method(name);
    assertThat(method.alternates()).isEqualTo(name.equals("mtl-io"));
    assertThat(
            method
                .rule(Optimizers.byName("adamw", Map.of("weight-decay", 0.01)))
                .withoutDecay()
                .decoupledDecay())
        .isZero();
  }
}
