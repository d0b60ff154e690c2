package org.sparkmto.method;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** Methods that see the gradients of several parts of a batch. */
final class SampledKind extends Kind<GradientSummary.PartGram> {
  private final SampledMethod method;

  SampledKind(SampledMethod method) {
    super(
        GradientSummary.PartGram.class,
        "the inner products of the task gradients over " + method.parts() + " parts of the batch");
    this.method = method;
  }

  @Override
  int weightsPerTask() {
    return method.parts();
  }

  /** Parts of a batch are means of their own; together they are the mean of the batch. */
  @Override
  double equalShare(double equal) {
    return equal / method.parts();
  }

  @Override
  Optional<GradientSummary.PartGram> ofGram(SymmetricMatrix gram) {
    int[] all = blockwise(indices(0, gram.size()), method.parts(), 0);
    return Optional.of(new GradientSummary.PartGram(method.parts(), gram.select(all)));
  }

  @Override
  GradientSummary.PartGram observe(LocalStep run) {
    run.weighsRows(
        IntStream.range(0, method.parts())
            .mapToObj(run::gradients)
            .flatMap(Arrays::stream)
            .toArray(double[][]::new));
    return new GradientSummary.PartGram(method.parts(), run.gram(run.rows()));
  }

  @Override
  Answer weigh(GradientSummary.PartGram seen, int[] active, MethodState state, Views views) {
    int parts = seen.parts();
    SymmetricMatrix gram =
        seen.matrix().select(blockwise(active, parts, seen.matrix().size() / parts));
    return Answer.of(method.weigh(new PartSystem(views.of(active, state), parts, gram)));
  }
}
