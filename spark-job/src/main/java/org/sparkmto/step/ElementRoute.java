package org.sparkmto.step;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.ElementMethod;
import org.sparkmto.method.Elements;
import org.sparkmto.method.GradientForm;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.Vector;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.TaskRows;
import org.sparkmto.network.TensorElements;
import org.sparkmto.random.Draws;
import org.sparkmto.timing.StepPhase;

/**
 * Methods that act element by element: they run on every rank's slice of the K gradients, with the
 * state of that slice. Squared norms and the method's sums, K numbers each, go to the driver.
 */
final class ElementRoute extends RowsRoute {
  private final ElementMethod method;
  private final Draws draws;
  private final FlatVector state;

  ElementRoute(ElementMethod method, Draws draws, Rank rank, ParameterUpdate update) {
    super(1, 0, rank, update);
    this.method = method;
    this.draws = draws.of("method");
    this.state =
        rows()
            .vector()
            .zerosBeside((long) method.elementState().size() * rows().tasks() * rows().length());
  }

  @Override
  StepAnswer.Weights combine(Supplier<Totals> totals, StepExchange exchange) {
    Draws ofStep = draws.at(exchange.step());
    look(exchange);
    GradientSummary seen = clock().during(StepPhase.GRAM, () -> measure(ofStep));
    StepAnswer.Weights weights = exchange.weights(totals.get(), seen);
    clock().spend(StepPhase.GRAM, () -> combine(weights.shared(), ofStep));
    return weights;
  }

  /** Squared norms, then the method's sums, over all slices. */
  private GradientSummary measure(Draws ofStep) {
    int tasks = rows().tasks();
    double[] sums = new double[tasks];
    rows()
        .vector()
        .byPieces(
            0, rows().length(), (at, count) -> method.measure(piece(at, count, ofStep), sums));
    double[] numbers = new double[2 * tasks];
    try (PointerScope scope = new PointerScope()) {
      System.arraycopy(TaskRows.squaredNorms(rows().matrix()), 0, numbers, 0, tasks);
    }
    System.arraycopy(sums, 0, numbers, tasks, tasks);
    group().sum(numbers);
    return GradientForm.ELEMENT_SUMS.read(tasks, 1, numbers);
  }

  private void combine(Vector weights, Draws ofStep) {
    FlatVector combined = rows().combined();
    combined.clear();
    combined.byPieces(
        0,
        combined.length(),
        (at, count) ->
            method.combine(piece(at, count, ofStep), weights, combined.elements(at, count)));
    rows().gather();
  }

  private Elements<TensorElements> piece(long at, long count, Draws ofStep) {
    Map<String, List<TensorElements>> own = new HashMap<>();
    for (int name = 0; name < method.elementState().size(); name++) {
      own.put(method.elementState().get(name), taskwise(state, name * rows().tasks(), at, count));
    }
    return new Elements<>(
        taskwise(rows().vector(), 0, at, count), own, rows().start() + at, ofStep);
  }

  private List<TensorElements> taskwise(FlatVector from, int firstRow, long at, long count) {
    return IntStream.range(firstRow, firstRow + rows().tasks())
        .mapToObj(row -> from.elements(row * rows().length() + at, count))
        .toList();
  }

  /** What is of which task, each such method decides element by element, and does not say. */
  @Override
  boolean weighParts(Tensor parts, StepExchange exchange) {
    return false;
  }

  @Override
  public Optional<RowState> rowState() {
    return method.elementState().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new RowState(method.elementState(), state, rows().slices(), group(), new float[0]));
  }

  @Override
  public void close() {
    super.close();
    state.close();
  }
}
