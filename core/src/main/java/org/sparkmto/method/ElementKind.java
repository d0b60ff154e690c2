package org.sparkmto.method;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.elementwise.DoubleVector;
import org.sparkmto.random.Draws;

/** Methods that act on elements of the gradients, of which the driver sees sums. */
final class ElementKind extends Kind<GradientSummary.ElementSums> {
  private final ElementMethod method;

  ElementKind(ElementMethod method) {
    super(
        GradientSummary.ElementSums.class,
        "the squared norms of the task gradients and its sums over their elements");
    this.method = method;
  }

  @Override
  Answer weigh(GradientSummary.ElementSums seen, int[] active, MethodState state, Views views) {
    return Answer.of(method.weigh(views.of(active, state), seen.sums().select(active)));
  }

  /** Slice after slice, each with the state of its elements. */
  @Override
  Optional<GradientSummary.ElementSums> ofGram(SymmetricMatrix gram) {
    return Optional.empty();
  }

  @Override
  GradientSummary.ElementSums observe(LocalStep run) {
    run.weighsRows(run.gradients());
    double[] sums = new double[run.tasks()];
    boolean first = true;
    for (Elements<DoubleVector> piece : pieces(run, run.drawsToCome())) {
      double[] own = new double[sums.length];
      method.measure(piece, own);
      sums = first ? own : Vector.of(sums).plus(Vector.of(own)).toArray();
      first = false;
    }
    return new GradientSummary.ElementSums(run.gram(run.rows()).diagonal(), Vector.of(sums));
  }

  private List<Elements<DoubleVector>> pieces(LocalStep run, Draws draws) {
    Slices slices = run.slices();
    List<Elements<DoubleVector>> all = new ArrayList<>();
    for (int rank = 0; rank < slices.ranks(); rank++) {
      int start = (int) slices.start(rank);
      int length = (int) slices.length(rank);
      Map<String, List<DoubleVector>> own = new HashMap<>();
      for (String name : method.elementState()) {
        own.put(name, DoubleVector.over(run.remembered(name + rank, run.tasks(), length)));
      }
      List<DoubleVector> rows = DoubleVector.over(LocalStep.cut(run.rows(), start, start + length));
      if (length > 0) {
        all.add(new Elements<>(rows, own, start, draws));
      }
    }
    return all;
  }

  @Override
  double[] combine(LocalStep run, Weighing weighing) {
    double[] sum = new double[run.rows()[0].length];
    int at = 0;
    for (Elements<DoubleVector> piece : pieces(run, run.draws())) {
      double[] into = new double[Math.toIntExact(piece.gradient(0).length())];
      method.combine(piece, weighing.shared(), DoubleVector.over(into));
      System.arraycopy(into, 0, sum, at, into.length);
      at += into.length;
    }
    return sum;
  }
}
