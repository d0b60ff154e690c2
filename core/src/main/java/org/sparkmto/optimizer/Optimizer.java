package org.sparkmto.optimizer;

import java.util.List;
import java.util.function.Function;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * An update rule for a vector of parameters. Element {@code i} of the result depends on element
 * {@code i} of the parameters, the gradient and the state alone, so a vector may be updated chunk
 * by chunk, and each chunk by whoever owns it.
 *
 * <p>A rule keeps nothing itself: its state lies in vectors as long as the parameters, which the
 * caller owns, sets to zero before the first step, and saves with a checkpoint. Instances are
 * immutable and may be shared between threads.
 *
 * <p>Both precisions compute the same formula: {@code float} is for the parameters of a network,
 * {@code double} for the few scalars that some methods learn beside it.
 */
public interface Optimizer {

  /**
   * Declares an update rule.
   *
   * @param name how a configuration names it: lower-case words and numbers joined by hyphens
   * @param summary one line for people: what it is
   * @param options what can be set, in the order of help and tables
   * @param factory makes it of complete options; an {@link IllegalArgumentException} refuses those
   *     that contradict each other
   */
  static Entry<Optimizer> entry(
      String name,
      String summary,
      List<Option> options,
      Function<Options, ? extends Optimizer> factory) {
    return new Entry<>(Optimizers.KIND, name, summary, options, factory);
  }

  /**
   * Names of the state vectors, in the order in which {@code update} expects them; may be empty.
   */
  List<String> state();

  /**
   * The factor {@code lambda} of a weight decay that {@code update} applies beside the gradient's
   * step, {@code p -= rate * lambda * p}; 0 for a rule without one. Whoever applies a rule several
   * times per step, once for each task, decays once and steps with {@link #withoutDecay}.
   */
  default double decoupledDecay() {
    return 0;
  }

  /** This rule without its decoupled weight decay; the state vectors are the same. */
  default Optimizer withoutDecay() {
    return this;
  }

  /**
   * The factor of the L2 penalty whose gradient {@code update} adds to the gradient; 0 for a rule
   * without one.
   */
  default double coupledDecay() {
    return 0;
  }

  /**
   * This rule with another factor of its L2 penalty; the state vectors are the same. A rule that
   * knows none stays as it is. Whoever applies a rule several times per step, once for each task,
   * gives each a share of the penalty.
   *
   * @throws IllegalArgumentException if the factor is negative
   */
  default Optimizer withCoupledDecay(double factor) {
    return this;
  }

  /**
   * Makes one step on a chunk, in place.
   *
   * @param parameters the chunk in its first {@code length} elements; overwritten
   * @param gradient its gradient, likewise; read only
   * @param state one vector per name of {@link #state}; elements {@code stateOffset} to {@code
   *     stateOffset + length - 1} belong to the chunk and are overwritten
   * @param stateOffset where the chunk begins in the state vectors
   * @param length elements of the chunk
   * @param step number of this step, counted from 1; the same for all chunks of a step
   * @param rate learning rate of this step
   * @throws IllegalArgumentException if {@code step} is below 1 or the number of state vectors is
   *     wrong
   * @throws IndexOutOfBoundsException if an array is too short; nothing has been changed then
   */
  void update(
      float[] parameters,
      float[] gradient,
      float[][] state,
      int stateOffset,
      int length,
      long step,
      double rate);

  /** The same step in double precision. */
  void update(
      double[] parameters,
      double[] gradient,
      double[][] state,
      int stateOffset,
      int length,
      long step,
      double rate);
}
