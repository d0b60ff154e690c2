package org.sparkmto.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.network.Replica;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Schedule;

/**
 * The optimiser's step on a rank's copy, piece by piece through small arrays, and the optimiser's
 * state. Element by element, so every rank computes the same bits.
 */
final class ParameterUpdate {
  /** Fits the second-level cache with parameters, gradient and two state vectors. */
  private static final int PIECE = 1 << 14;

  private final Optimizer optimizer;
  private final Schedule schedule;
  private final float[][] state;
  private final float[] parameters = new float[PIECE];
  private final float[] gradient = new float[PIECE];

  ParameterUpdate(Optimizer optimizer, Schedule schedule, long elements) {
    this.optimizer = optimizer;
    this.schedule = schedule;
    this.state = new float[optimizer.state().size()][Math.toIntExact(elements)];
  }

  void apply(Replica replica, long step, long epoch) {
    int elements = Math.toIntExact(replica.parameters().length());
    double rate = schedule.rate(step, epoch);
    for (int at = 0; at < elements; at += PIECE) {
      int length = Math.min(PIECE, elements - at);
      replica.parameters().read(at, parameters, 0, length);
      replica.gradient().read(at, gradient, 0, length);
      optimizer.update(parameters, gradient, state, at, length, step + 1, rate);
      replica.parameters().write(at, parameters, 0, length);
    }
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
