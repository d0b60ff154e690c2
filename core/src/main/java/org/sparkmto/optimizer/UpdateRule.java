package org.sparkmto.optimizer;

import java.util.List;
import org.sparkmto.elementwise.ElementVector;

/**
 * The frame of every optimiser: it checks a step before anything is overwritten and takes the
 * decoupled weight decay. A rule gives its arithmetic alone, once for every precision and device.
 */
public interface UpdateRule extends Optimizer {

  /**
   * The arithmetic of a step, with any {@link #coupledDecay} and without the {@link
   * #decoupledDecay}, which the frame takes.
   *
   * @param parameters to be changed
   * @param gradient read only
   * @param state one vector for each name of {@link #state}, to be changed
   * @param step number of this step, from 1
   * @param rate learning rate of this step
   */
  <V extends ElementVector<V>> void move(
      V parameters, V gradient, List<V> state, long step, double rate);

  @Override
  default <V extends ElementVector<V>> void update(
      V parameters, V gradient, List<V> state, long step, double rate) {
    if (step < 1) {
      throw new IllegalArgumentException("steps are counted from 1, this one is " + step);
    }
    if (state.size() != state().size()) {
      throw new IllegalArgumentException(
          "%s keeps state vectors %s, but %d were given".formatted(this, state(), state.size()));
    }
    requireLength(parameters, gradient, "gradient");
    state.forEach(vector -> requireLength(parameters, vector, "state vector"));
    if (decoupledDecay() != 0) {
      parameters.scale(1 - rate * decoupledDecay());
    }
    move(parameters, gradient, state, step, rate);
  }

  private static void requireLength(
      ElementVector<?> parameters, ElementVector<?> other, String what) {
    if (other.length() != parameters.length()) {
      throw new IllegalArgumentException(
          "a %s of %d elements for %d parameters"
              .formatted(what, other.length(), parameters.length()));
    }
  }
}
