package org.sparkmto.training;

import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.method.Slices;
import org.sparkmto.method.TaskwiseMethod;
import org.sparkmto.method.TaskwiseRule;
import org.sparkmto.network.Cut;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.Replica;

/**
 * Methods with an optimiser per task: each rank updates its slice of the shared parameters with the
 * optimisers' states of that slice, then slices are gathered. Gradients are of one point, or tasks
 * take turns.
 */
final class TaskwiseRoute implements GradientRoute {
  private static final int PIECE = 1 << 13;

  private final boolean alternates;
  private final TaskwiseRule rule;
  private final Replica replica;
  private final RankGroup group;
  private final ParameterUpdate heads;
  private final GradientRows rows;
  private final FlatVector state;
  private final float[] updates;
  private final float[] parameters = new float[PIECE];
  private final float[] point = new float[PIECE];
  private final float[] gradient = new float[PIECE];
  private final float[][] own;

  TaskwiseRoute(
      TaskwiseMethod method,
      TrainingConfiguration configuration,
      Replica replica,
      RankGroup group) {
    this.alternates = method.alternates();
    this.rule = TaskwiseRule.of(method, configuration.optimizer());
    this.replica = replica;
    this.group = group;
    long shared = replica.layout().shared();
    this.heads =
        new ParameterUpdate(
            rule.ofHead(), configuration.schedule(), shared, replica.layout().total());
    this.rows = new GradientRows(replica, group, 1);
    this.state = FlatVector.zeros((long) rule.step().state().size() * rows.tasks() * rows.length());
    this.updates = new float[rows.tasks()];
    this.own = new float[rule.step().state().size()][PIECE];
  }

  @Override
  public void step(Batch batch, Counsel counsel) {
    if (alternates) {
      turns(batch, counsel);
    } else {
      atOnce(batch, counsel);
    }
  }

  private void atOnce(Batch batch, Counsel counsel) {
    double[] labelled;
    try (ForwardPass pass = replica.forward(batch, Cut.AT_REPRESENTATION)) {
      pass.backwardHeads();
      Totals totals = counsel.totals(pass);
      labelled = totals.labelled();
      rows.fill(0, pass, labelled);
      double[] weights = ask(totals.meanLosses(), counsel);
      HeadGradients.combine(replica, group, totals.perLabel(weights));
    }
    decay(counsel);
    int[] moving = moving(labelled);
    update(moving, moving.length, counsel);
    gather();
    heads.apply(replica, counsel.step(), counsel.epoch());
  }

  /** Every loss is taken, and told to the driver, where its task's turn finds the parameters. */
  private void turns(Batch batch, Counsel counsel) {
    int tasks = rows.tasks();
    double[] losses = new double[tasks];
    for (int task = 0; task < tasks; task++) {
      double[] only = new double[tasks];
      only[task] = 1;
      double[] labelled;
      try (ForwardPass pass = replica.forward(batch, Cut.NONE);
          PointerScope scope = new PointerScope()) {
        Totals totals = counsel.totals(pass);
        losses[task] = totals.meanLosses()[task];
        labelled = totals.labelled();
        double[] weights = totals.perLabel(only);
        pass.backward(weights, weights);
        group.sum(replica.gradient().tensor());
        Tensor mine = replica.gradient().tensor().narrow(0, rows.start(), rows.length());
        rows.matrix().select(0, task).copy_(mine);
      }
      if (task == 0) {
        // Not before: every rank holds but its slice, and gradients are of where a step begins.
        decay(counsel);
      }
      if (labelled[task] > 0) {
        update(new int[] {task}, moving(labelled).length, counsel);
      }
      gather();
      long from = replica.layout().headOffset(task);
      heads.apply(
          replica, from, replica.layout().headOffset(task + 1), counsel.step(), counsel.epoch());
    }
    ask(losses, counsel);
  }

  /** Tells the driver losses and squared norms; its weights are 1 for tasks that count. */
  private double[] ask(double[] losses, Counsel counsel) {
    double[] squares = new double[losses.length];
    for (int task = 0; task < squares.length; task++) {
      for (long at = 0; at < rows.length(); at += PIECE) {
        int count = (int) Math.min(PIECE, rows.length() - at);
        rows.vector().read(task * rows.length() + at, gradient, 0, count);
        for (int i = 0; i < count; i++) {
          squares[task] += (double) gradient[i] * gradient[i];
        }
      }
    }
    group.sum(squares);
    return counsel.ask(0, losses, new double[0], squares, losses.length, 0).heads();
  }

  /** The decoupled decay of the slice, and of the heads, once per step. */
  private void decay(Counsel counsel) {
    if (rule.decay() == 0) {
      return;
    }
    float kept = (float) (1 - heads.rate(counsel.step(), counsel.epoch()) * rule.decay());
    long shared = replica.layout().shared();
    scale(rows.start(), rows.start() + rows.length(), kept);
    scale(shared, replica.layout().total(), kept);
  }

  private void scale(long from, long to, float factor) {
    for (long at = from; at < to; at += PIECE) {
      int count = (int) Math.min(PIECE, to - at);
      replica.parameters().read(at, parameters, 0, count);
      for (int i = 0; i < count; i++) {
        parameters[i] *= factor;
      }
      replica.parameters().write(at, parameters, 0, count);
    }
  }

  /** The tasks that have labels in this step. */
  private static int[] moving(double[] labelled) {
    return IntStream.range(0, labelled.length).filter(task -> labelled[task] > 0).toArray();
  }

  /**
   * The steps of some tasks' optimisers on this rank's slice, from one point.
   *
   * @param sharing how many tasks share the L2 penalty in this step
   */
  private void update(int[] tasks, int sharing, Counsel counsel) {
    double rate = heads.rate(counsel.step(), counsel.epoch());
    for (int task : tasks) {
      updates[task]++;
    }
    for (long at = 0; at < rows.length(); at += PIECE) {
      int count = (int) Math.min(PIECE, rows.length() - at);
      replica.parameters().read(rows.start() + at, parameters, 0, count);
      System.arraycopy(parameters, 0, point, 0, count);
      for (int task : tasks) {
        rows.vector().read(task * rows.length() + at, gradient, 0, count);
        rule.penalise(gradient, point, count, sharing);
        for (int name = 0; name < own.length; name++) {
          state.read(place(name, task) + at, own[name], 0, count);
        }
        rule.step().update(parameters, gradient, own, 0, count, (long) updates[task], rate);
        for (int name = 0; name < own.length; name++) {
          state.write(place(name, task) + at, own[name], 0, count);
        }
      }
      replica.parameters().write(rows.start() + at, parameters, 0, count);
    }
  }

  private long place(int name, int task) {
    return ((long) name * rows.tasks() + task) * rows.length();
  }

  /** Gives every rank the parameters that the others have updated. */
  private void gather() {
    if (group.size() == 1) {
      return;
    }
    Slices slices = rows.slices();
    try (PointerScope scope = new PointerScope()) {
      Tensor all = replica.parameters().tensor().narrow(0, 0, slices.elements());
      rows.combined().tensor().copy_(all.narrow(0, rows.start(), rows.length()));
      group.gatherSlices(rows.combined().tensor(), all, slices);
    }
  }

  @Override
  public Map<String, float[]> optimizerState() {
    return heads.state();
  }

  @Override
  public Optional<RowState> rowState() {
    return Optional.of(new RowState(rule.step().state(), state, rows.slices(), group, updates));
  }

  @Override
  public void close() {
    rows.close();
    state.close();
  }
}
