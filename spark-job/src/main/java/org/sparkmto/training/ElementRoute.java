package org.sparkmto.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.ElementMethod;
import org.sparkmto.method.Elements;
import org.sparkmto.method.GradientForm;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.Vector;
import org.sparkmto.network.FlatVector;
import org.sparkmto.random.Draws;
import org.sparkmto.timing.StepPhase;

/**
 * Methods that act element by element: they run on every rank's slice of the K gradients, with the
 * state of that slice. Squared norms and the method's sums, K numbers each, go to the driver.
 */
final class ElementRoute extends RowsRoute {
  /**
   * Elements that are read from each row at a time; a read costs as much as some thousand of them.
   */
  private static final int PIECE = 1 << 15;

  private final ElementMethod method;
  private final Draws draws;
  private final FlatVector state;
  private final float[] floats = new float[PIECE];

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
  StepAnswer.Weights combine(Totals totals, StepExchange exchange) {
    Draws ofStep = draws.at(exchange.step());
    look(exchange);
    StepAnswer.Weights weights =
        exchange.weights(totals, clock().during(StepPhase.GRAM, () -> measure(ofStep)));
    clock().spend(StepPhase.GRAM, () -> combine(weights.shared(), ofStep));
    return weights;
  }

  /** Squared norms, then the method's sums, over all slices. */
  private GradientSummary measure(Draws ofStep) {
    GradientRows rows = rows();
    int tasks = rows.tasks();
    double[] squares = new double[tasks];
    double[] sums = new double[tasks];
    for (long at = 0; at < rows.length(); at += PIECE) {
      int count = (int) Math.min(PIECE, rows.length() - at);
      Map<String, List<double[]>> own = new HashMap<>();
      for (int name = 0; name < method.elementState().size(); name++) {
        own.put(method.elementState().get(name), read(state, name * tasks, at, count));
      }
      List<double[]> gradients = read(rows.vector(), 0, at, count);
      for (int task = 0; task < tasks; task++) {
        for (double value : gradients.get(task)) {
          squares[task] += value * value;
        }
      }
      method.measure(new Elements(gradients, own, rows.start() + at, ofStep), sums);
      for (int name = 0; name < method.elementState().size(); name++) {
        write(own.get(method.elementState().get(name)), name * tasks, at);
      }
    }
    double[] numbers = Arrays.copyOf(squares, 2 * tasks);
    System.arraycopy(sums, 0, numbers, tasks, tasks);
    group().sum(numbers);
    return GradientForm.ELEMENT_SUMS.read(tasks, 1, numbers);
  }

  private void combine(Vector weights, Draws ofStep) {
    GradientRows rows = rows();
    for (long at = 0; at < rows.length(); at += PIECE) {
      int count = (int) Math.min(PIECE, rows.length() - at);
      double[] into = new double[count];
      method.combine(
          new Elements(read(rows.vector(), 0, at, count), Map.of(), rows.start() + at, ofStep),
          weights,
          into);
      for (int i = 0; i < count; i++) {
        floats[i] = (float) into[i];
      }
      rows.combined().write(at, floats, 0, count);
    }
    rows.gather();
  }

  private List<double[]> read(FlatVector from, int firstRow, long at, int count) {
    List<double[]> values = new ArrayList<>();
    for (int task = 0; task < rows().tasks(); task++) {
      from.read((firstRow + task) * rows().length() + at, floats, 0, count);
      double[] row = new double[count];
      for (int i = 0; i < count; i++) {
        row[i] = floats[i];
      }
      values.add(row);
    }
    return values;
  }

  private void write(List<double[]> values, int firstRow, long at) {
    for (int task = 0; task < values.size(); task++) {
      double[] row = values.get(task);
      for (int i = 0; i < row.length; i++) {
        floats[i] = (float) row[i];
      }
      state.write((firstRow + task) * rows().length() + at, floats, 0, row.length);
    }
  }

  @Override
  Optional<RowState> rowState() {
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
