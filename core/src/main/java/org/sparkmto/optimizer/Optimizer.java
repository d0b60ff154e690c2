package org.sparkmto.optimizer;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.sparkmto.elementwise.DoubleVector;
import org.sparkmto.elementwise.ElementVector;
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
 * <p>The formula is the same wherever the numbers lie: those of a network in floats of a device,
 * the few scalars that some methods learn beside it in an array of doubles.
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
   * Makes one step on a vector of parameters or on a chunk of it, in place.
   *
   * @param <V> where the numbers lie and in which precision
   * @param parameters the chunk; changed
   * @param gradient its gradient; read only
   * @param state one vector per name of {@link #state}; changed
   * @param step number of this step, counted from 1; the same for all chunks of a step
   * @param rate learning rate of this step
   * @throws IllegalArgumentException if {@code step} is below 1, the number of state vectors is
   *     wrong or lengths differ; nothing has been changed then
   */
  <V extends ElementVector<V>> void update(
      V parameters, V gradient, List<V> state, long step, double rate);

  /**
   * The effective learning rates of a step that was made, one for each parameter: what it
   * multiplied the gradient by, with momentum and decay left out (Hervella et al., "Multi-Adaptive
   * Optimization", 2023, eq. 5 and 6).
   *
   * @param parameters a chunk of them; read only
   * @param state after the step; read only
   * @param step number of the step, from 1
   * @param rate learning rate of the step
   * @return another vector; empty if the step is no such product
   */
  default <V extends ElementVector<V>> Optional<V> effectiveRates(
      V parameters, List<V> state, long step, double rate) {
    return Optional.empty();
  }

  /** The same step on arrays. */
  default void update(
      double[] parameters, double[] gradient, double[][] state, long step, double rate) {
    update(
        DoubleVector.over(parameters),
        DoubleVector.over(gradient),
        DoubleVector.over(state),
        step,
        rate);
  }
}
