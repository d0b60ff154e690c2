package org.sparkmto.training;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.Replica;

/**
 * Methods of running averages: the averages lie beside the gradients, one Gram matrix of both goes
 * to the driver, and its answer says how to blend them and how to weigh the result.
 */
final class BufferRoute implements GradientRoute {
  private static final int AVERAGES = 0;
  private static final int GRADIENTS = 1;

  private final Replica replica;
  private final RankGroup group;
  private final ParameterUpdate update;
  private final GradientRows rows;

  BufferRoute(Replica replica, RankGroup group, ParameterUpdate update) {
    this.replica = replica;
    this.group = group;
    this.update = update;
    this.rows = new GradientRows(replica, group, 2);
  }

  @Override
  public void step(Batch batch, Counsel counsel) {
    try (ForwardPass pass = replica.forward(batch, Cut.AT_REPRESENTATION)) {
      pass.backwardHeads();
      Totals totals = counsel.totals(pass);
      rows.fill(GRADIENTS, pass, totals.labelled());
      int tasks = rows.tasks();
      StepAnswer answer =
          counsel.ask(0, totals.meanLosses(), rows.gram(), new double[0], tasks, 2 * tasks);
      blend(answer.blend());
      rows.combine(answer.shared());
      HeadGradients.combine(replica, group, totals.perLabel(answer.heads()));
    }
    update.apply(replica, counsel.step(), counsel.epoch());
  }

  private void blend(double[] blend) {
    int tasks = rows.tasks();
    try (PointerScope scope = new PointerScope()) {
      Tensor averages = rows.block(AVERAGES);
      Tensor gradients = rows.block(GRADIENTS);
      for (int task = 0; task < tasks; task++) {
        averages
            .select(0, task)
            .mul_(new Scalar(blend[task]))
            .add_(gradients.select(0, task), new Scalar(blend[tasks + task]));
      }
    }
  }

  @Override
  public Map<String, float[]> optimizerState() {
    return update.state();
  }

  @Override
  public Optional<RowState> rowState() {
    return Optional.of(
        new RowState(List.of("average"), rows.vector(), rows.slices(), group, new float[0]));
  }

  @Override
  public void close() {
    rows.close();
  }
}
