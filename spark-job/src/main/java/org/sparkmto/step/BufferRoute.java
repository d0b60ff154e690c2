package org.sparkmto.step;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.Blend;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.timing.StepPhase;

/**
 * Methods of running averages: the averages lie beside the gradients, one Gram matrix of both goes
 * to the driver, and its answer says how to blend them and how to weigh the result.
 */
final class BufferRoute extends RowsRoute {
  private static final int AVERAGES = 0;
  private static final int GRADIENTS = 1;

  BufferRoute(Rank rank, ParameterUpdate update) {
    super(2, GRADIENTS, rank, update);
  }

  @Override
  StepAnswer.Weights combine(Supplier<Totals> totals, StepExchange exchange) {
    GradientSummary.AverageGram seen = new GradientSummary.AverageGram(rows().gram());
    StepAnswer.AverageWeights answer = exchange.averageWeights(totals.get(), seen);
    clock().spend(StepPhase.GRAM, () -> blend(answer.blend()));
    rows().combine(answer.weights().shared());
    return answer.weights();
  }

  private void blend(Blend blend) {
    try (PointerScope scope = new PointerScope()) {
      Tensor averages = rows().block(AVERAGES);
      Tensor gradients = rows().block(GRADIENTS);
      for (int task = 0; task < rows().tasks(); task++) {
        averages
            .select(0, task)
            .mul_(new Scalar(blend.keep().at(task)))
            .add_(gradients.select(0, task), new Scalar(blend.take().at(task)));
      }
    }
  }

  /** The averages are what is weighed. */
  @Override
  boolean weighParts(Tensor parts, StepExchange exchange) {
    parts.copy_(rows().block(AVERAGES));
    return super.weighParts(parts, exchange);
  }

  @Override
  public Optional<RowState> rowState() {
    return Optional.of(
        new RowState(List.of("average"), rows().vector(), rows().slices(), group(), new float[0]));
  }
}
