package org.sparkmto.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.typesafe.config.ConfigFactory;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.PlainLoop;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;
import org.sparkmto.step.Aggregator;
import org.sparkmto.step.GradientRoute;
import org.sparkmto.step.TinyProblem;

class TimedStepsTest {
  private static final SyntheticProblem PROBLEM = SyntheticProblem.residual(3, 2, 32, 6);

  /** A comparison of times is worth something only if both sides do the same. */
  @Test
  void theBareLoopAndOurStepComeToTheSameParameters() {
    TrainingConfiguration configuration =
        TrainingConfiguration.of(
            ConfigFactory.parseString(
                """
                run.directory = none
                data.directory = none
                method.name = ew
                optimizer { name = sgd, momentum = 0.9 }
                schedule.rate = 0.01
                """));
    Batch batch = PROBLEM.part(0, 1);
    Aggregator aggregator =
        new Aggregator(
            configuration,
            PROBLEM.plan().tasks().stream().map(task -> task.name()).toList(),
            (seen, weighing) -> {});
    SoloGroup group = new SoloGroup();
    try (Replica replica = Replica.of(PROBLEM.plan(), Draws.of(7));
        GradientRoute route = TinyProblem.route(configuration, replica, group, aggregator::weigh);
        PlainLoop loop = new PlainLoop(PROBLEM.plan(), Draws.of(7), 0.01, 0.9)) {
      float[] before = values(replica.parameters());
      for (int number = 0; number < 3; number++) {
        route.step(batch, number, 0);
        loop.step(batch);
      }
      float[] ours = values(replica.parameters());
      // Three steps of single precision, in another order of sums.
      assertThat(values(loop.replica().parameters())).containsExactly(ours, Offset.offset(1e-4f));
      double moved = 0;
      for (int i = 0; i < ours.length; i++) {
        moved = Math.max(moved, Math.abs(ours[i] - before[i]));
      }
      assertThat(moved).isGreaterThan(1e-2);
    }
  }

  private static float[] values(FlatVector vector) {
    float[] values = new float[Math.toIntExact(vector.length())];
    vector.read(0, values, 0, values.length);
    return values;
  }

  @Test
  void thePartsOfRanksAreTheBatch() {
    byte[] whole = PROBLEM.part(0, 1).column("labels");
    byte[] first = PROBLEM.part(0, 4).column("labels");
    byte[] last = PROBLEM.part(3, 4).column("labels");
    assertThat(whole).startsWith(first).endsWith(last).hasSize(18);
    assertThat(PROBLEM.part(1, 4).samples() + PROBLEM.part(2, 4).samples()).isEqualTo(3);
  }

  @Test
  void timesEveryStepButTheFirstOnes() {
    StepTimes times = new TimedSteps(PROBLEM, 1, 2, 3).withoutSpark("name = imtl-g");
    assertThat(times.nanos()).hasSize(3).allMatch(nanos -> nanos > 0);
    assertThat(times.cpuNanos()).hasSize(3).allMatch(nanos -> nanos > 0);
    assertThat(times.sent()).isZero();
  }

  @Test
  void timesAMethodThatWeighsLayersByThemselves() {
    StepTimes times = new TimedSteps(PROBLEM, 1, 1, 1).withoutSpark("name = gradvac, per = layer");
    assertThat(times.nanos()).hasSize(1);
  }

  @Test
  void refusesToMeasureNothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TimedSteps(PROBLEM, 1, 0, 3))
        .withMessageContaining("warm-up = 0");
    assertThatIllegalArgumentException().isThrownBy(() -> SyntheticProblem.residual(0, 1, 1, 1));
  }
}
