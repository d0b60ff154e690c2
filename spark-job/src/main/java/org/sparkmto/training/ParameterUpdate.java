package org.sparkmto.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.network.Replica;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Schedule;

/**
 * The optimiser's step on a rank's copy, or on a part of it, piece by piece through small arrays,
 * and the optimiser's state. Element by element, so every rank computes the same bits.
 */
final class ParameterUpdate {
  /** Fits the second-level cache with parameters, gradient and two state vectors. */
  private static final int PIECE = 1 << 14;

  private final Optimizer optimizer;
  private final Schedule schedule;
  private final int first;
  private final int end;
  private final float[][] state;
  private final float[] parameters = new float[PIECE];
  private final float[] gradient = new float[PIECE];

  /** The update of all of {@code elements} parameters. */
  ParameterUpdate(Optimizer optimizer, Schedule schedule, long elements) {
    this(optimizer, schedule, 0, elements);
  }

  /** The update of the parameters from {@code first} on and before {@code end}. */
  ParameterUpdate(Optimizer optimizer, Schedule schedule, long first, long end) {
    this.optimizer = optimizer;
    this.schedule = schedule;
    this.first = Math.toIntExact(first);
    this.end = Math.toIntExact(end);
    this.state = new float[optimizer.state().size()][this.end - this.first];
  }

  /** Makes the step on all its parameters. */
  void apply(Replica replica, long step, long epoch) {
    apply(replica, first, end, step, epoch);
  }

  /** Makes the step on some of its parameters, given by their places in the replica. */
  void apply(Replica replica, long from, long to, long step, long epoch) {
    double rate = rate(step, epoch);
    for (int at = Math.toIntExact(from); at < to; at += PIECE) {
      int length = (int) Math.min(PIECE, to - at);
      replica.parameters().read(at, parameters, 0, length);
      replica.gradient().read(at, gradient, 0, length);
      optimizer.update(parameters, gradient, state, at - first, length, step + 1, rate);
      replica.parameters().write(at, parameters, 0, length);
    }
  }

  double rate(long step, long epoch) {
    return schedule.rate(step, epoch);
  }

  /** The state vectors by name; the arrays themselves, for saving and for restoring into. */
  Map<String, float[]> state() {
    List<String> names = optimizer.state();
    Map<String, float[]> vectors = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      vectors.put(names.get(i), state[i]);
    }
    return vectors;
  }
}
