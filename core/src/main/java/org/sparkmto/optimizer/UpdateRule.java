package org.sparkmto.optimizer;

import java.util.Arrays;
import java.util.Objects;

/**
 * The frame of every optimiser: it checks a step before anything is overwritten, takes the
 * decoupled weight decay, and runs the rule's arithmetic on arrays that all begin at element 0. A
 * rule gives that arithmetic alone, as a loop for each precision.
 */
public interface UpdateRule extends Optimizer {

  /**
   * The arithmetic of a step in single precision, with any {@link #coupledDecay} and without the
   * {@link #decoupledDecay}, which the frame takes. Everything that no element changes is computed
   * in double and rounded once, outside the loop.
   *
   * @param step number of this step, from 1
   * @param rate learning rate of this step
   */
  Loop<float[]> floatLoop(long step, double rate);

  /** The arithmetic of a step in double precision. */
  Loop<double[]> doubleLoop(long step, double rate);

  /**
   * Updates elements.
   *
   * @param <A> arrays of numbers
   */
  @FunctionalInterface
  interface Loop<A> {
    /**
     * Updates the first {@code length} elements of all arrays but the gradient. The arrays may be
     * copies of chunks, so nothing but these elements means anything.
     *
     * @param state one array for each name of {@link Optimizer#state}
     */
    void run(A parameters, A gradient, A[] state, int length);
  }

  @Override
  default void update(
      float[] parameters,
      float[] gradient,
      float[][] state,
      int stateOffset,
      int length,
      long step,
      double rate) {
    check(
        Math.min(parameters.length, gradient.length),
        Arrays.stream(state).mapToInt(vector -> vector.length).toArray(),
        stateOffset,
        length,
        step);
    if (decoupledDecay() != 0) {
      float part = (float) (rate * decoupledDecay());
      for (int i = 0; i < length; i++) {
        parameters[i] -= part * parameters[i];
      }
    }
    Loop<float[]> loop = floatLoop(step, rate);
    Staging.run(loop, parameters, gradient, state, stateOffset, length, float[]::new);
  }

  @Override
  default void update(
      double[] parameters,
      double[] gradient,
      double[][] state,
      int stateOffset,
      int length,
      long step,
      double rate) {
    check(
        Math.min(parameters.length, gradient.length),
        Arrays.stream(state).mapToInt(vector -> vector.length).toArray(),
        stateOffset,
        length,
        step);
    if (decoupledDecay() != 0) {
      double part = rate * decoupledDecay();
      for (int i = 0; i < length; i++) {
        parameters[i] -= part * parameters[i];
      }
    }
    Loop<double[]> loop = doubleLoop(step, rate);
    Staging.run(loop, parameters, gradient, state, stateOffset, length, double[]::new);
  }

  private void check(int elements, int[] stateElements, int stateOffset, int length, long step) {
    if (step < 1) {
      throw new IllegalArgumentException("steps are counted from 1, this one is " + step);
    }
    if (stateElements.length != state().size()) {
      throw new IllegalArgumentException(
          this
              + " keeps state vectors "
              + state()
              + ", but "
              + stateElements.length
              + " were given");
    }
    Objects.checkFromIndexSize(0, length, elements);
    for (int held : stateElements) {
      Objects.checkFromIndexSize(stateOffset, length, held);
    }
  }
}
