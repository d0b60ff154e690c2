package org.sparkmto.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Batch;
import org.sparkmto.random.Draws;

/** Networks whose tasks answer on their way, too. */
public final class EarlyAnswers {
  private EarlyAnswers() {}

  /**
   * Of a training step, a task's loss is what evaluation says of the outputs, and of its answers on
   * the way.
   *
   * @param early how many of these each task has
   */
  public static void assertLossIsOfAll(NetworkPlan plan, int early) {
    Batch batch = Rooms.batch(plan, 2, 1);
    try (Replica replica = Replica.of(plan, Draws.of(2));
        ForwardPass pass = replica.forward(batch, Cut.NONE);
        PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Network network = replica.network();
      Tensor z = network.encode(HostTensors.inputs(batch, plan, replica.device()), true);
      List<Target> targets = Target.all(batch, plan, replica.device());
      for (int task = 0; task < 3; task++) {
        Objective objective = replica.objectives().get(task);
        double sum = objective.sum(network.decode(task, z, true), targets.get(task)).item_double();
        List<Tensor> answers = network.early(task, z, true);
        assertThat(answers).hasSize(early);
        for (Tensor answer : answers) {
          double one = objective.sum(answer, targets.get(task)).item_double();
          assertThat(one).isPositive();
          sum += one;
        }
        assertThat(pass.lossSums()[task]).isCloseTo(sum, within(1e-4 * sum));
      }
    }
  }
}
