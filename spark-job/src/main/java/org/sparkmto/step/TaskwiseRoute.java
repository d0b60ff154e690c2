package org.sparkmto.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.Slices;
import org.sparkmto.method.TaskwiseMethod;
import org.sparkmto.method.TaskwiseRule;
import org.sparkmto.method.Vector;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.TaskRows;
import org.sparkmto.network.TensorElements;
import org.sparkmto.optimizer.Schedule;
import org.sparkmto.timing.StepPhase;

/**
 * Methods with an optimiser per task: each rank updates its slice of the shared parameters with the
 * optimisers' states of that slice, then slices are gathered. Gradients are of one point.
 */
class TaskwiseRoute extends RowsRoute {
  private final TaskwiseRule rule;
  private final FlatVector state;
  private final float[] updates;
  private double[] labelled;

  TaskwiseRoute(TaskwiseMethod method, TrainingConfiguration configuration, Rank rank) {
    this(TaskwiseRule.of(method, configuration.optimizer()), configuration.schedule(), rank);
  }

  private TaskwiseRoute(TaskwiseRule rule, Schedule schedule, Rank rank) {
    super(
        1,
        0,
        rank,
        new ParameterUpdate(
            rule.ofHead(),
            schedule,
            rank.replica(),
            rank.replica().layout().shared(),
            rank.group()));
    this.rule = rule;
    this.state =
        rows()
            .vector()
            .zerosBeside((long) rule.step().state().size() * rows().tasks() * rows().length());
    this.updates = new float[rows().tasks()];
  }

  /** The shared part of the gradient stays as it is: every task moves by its own row. */
  @Override
  StepAnswer.Weights combine(Supplier<Totals> totals, StepExchange exchange) {
    look(exchange);
    GradientSummary seen = squaredNorms();
    Totals found = totals.get();
    labelled = found.labelled();
    return exchange.weights(found, seen);
  }

  @Override
  void move(StepExchange exchange) {
    decay(exchange);
    int[] moving = moving(labelled);
    move(moving, moving.length, exchange);
    gather();
    super.move(exchange);
  }

  /** The squared norms of all rows. */
  final GradientSummary squaredNorms() {
    return clock().during(StepPhase.GRAM, this::norms);
  }

  private GradientSummary norms() {
    try (PointerScope scope = new PointerScope()) {
      double[] squares = TaskRows.squaredNorms(rows().matrix());
      group().sum(squares);
      return new GradientSummary.SquaredNorms(Vector.of(squares));
    }
  }

  /** The decoupled decay of the slice, and of the heads, once per step. */
  final void decay(StepExchange exchange) {
    if (rule.decay() == 0) {
      return;
    }
    double kept = 1 - update().rate(exchange.step(), exchange.epoch()) * rule.decay();
    long shared = replica().layout().shared();
    try (PointerScope scope = new PointerScope()) {
      FlatVector parameters = replica().parameters();
      parameters.elements(rows().start(), rows().length()).scale(kept);
      parameters.elements(shared, replica().layout().total() - shared).scale(kept);
    }
  }

  /** The tasks that have labels in this step. */
  static int[] moving(double[] labelled) {
    return IntStream.range(0, labelled.length).filter(task -> labelled[task] > 0).toArray();
  }

  /**
   * The steps of some tasks' optimisers on this rank's slice, from one point.
   *
   * @param sharing how many tasks share the L2 penalty in this step
   */
  final void move(int[] tasks, int sharing, StepExchange exchange) {
    double rate = update().rate(exchange.step(), exchange.epoch());
    for (int task : tasks) {
      updates[task]++;
    }
    rows()
        .vector()
        .byPieces(
            0,
            rows().length(),
            (at, count) -> {
              TensorElements parameters =
                  replica().parameters().elements(rows().start() + at, count);
              TensorElements point = rule.penalty() == 0 ? parameters : parameters.copy();
              for (int task : tasks) {
                moveBy(task, at, parameters, point, sharing, rate);
              }
            });
  }

  private void moveBy(
      int task,
      long at,
      TensorElements parameters,
      TensorElements point,
      int sharing,
      double rate) {
    long count = parameters.length();
    List<TensorElements> own = state(task, at, count);
    TensorElements gradient = rows().vector().elements(task * rows().length() + at, count);
    rule.step()
        .update(
            parameters, rule.penalised(gradient, point, sharing), own, (long) updates[task], rate);
  }

  /** Every task has rates of its own. */
  @Override
  final boolean leaveContributions(Tensor parts, long start, StepExchange exchange) {
    double rate = update().rate(exchange.step(), exchange.epoch());
    boolean[] told = {true};
    try (FlatVector rates = rows().combined().zerosBeside(rows().length())) {
      for (int task = 0; task < rows().tasks(); task++) {
        int one = task;
        rates.clear();
        rates.byPieces(
            0,
            updates[task] == 0 ? 0 : rows().length(),
            (at, count) -> {
              List<TensorElements> own = state(one, at, count);
              rule.step()
                  .effectiveRates(rates.elements(at, count), own, (long) updates[one], rate)
                  .ifPresentOrElse(
                      found -> rates.elements(at, count).add(1, found), () -> told[0] = false);
            });
        parts.select(0, task).copy_(rows().block(0).select(0, task)).mul_(rates.tensor());
      }
    }
    return told[0];
  }

  private List<TensorElements> state(int task, long at, long count) {
    List<TensorElements> own = new ArrayList<>();
    for (int name = 0; name < rule.step().state().size(); name++) {
      own.add(state.elements(place(name, task) + at, count));
    }
    return own;
  }

  private long place(int name, int task) {
    return ((long) name * rows().tasks() + task) * rows().length();
  }

  /** Gives every rank the parameters that the others have updated. */
  final void gather() {
    if (group().size() == 1) {
      return;
    }
    Slices slices = rows().slices();
    try (PointerScope scope = new PointerScope()) {
      Tensor all = replica().parameters().tensor().narrow(0, 0, slices.elements());
      rows().combined().tensor().copy_(all.narrow(0, rows().start(), rows().length()));
      group().gatherSlices(rows().combined().tensor(), all, slices);
    }
  }

  @Override
  public final Optional<RowState> rowState() {
    return Optional.of(new RowState(rule.step().state(), state, rows().slices(), group(), updates));
  }

  @Override
  public final void close() {
    super.close();
    state.close();
  }
}
