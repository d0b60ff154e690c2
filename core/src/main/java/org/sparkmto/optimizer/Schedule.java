package org.sparkmto.optimizer;

import java.util.List;
import java.util.function.Function;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** A learning rate as a function of training's progress alone. */
public interface Schedule {

  /**
   * Declares a schedule. It has the option {@code rate}, the rate at its start, and {@code
   * warm-up-steps} besides its own.
   *
   * @param name how a configuration names it: lower-case words and numbers joined by hyphens
   * @param summary one line for people: what it is
   * @param options what else can be set, in the order of help and tables
   * @param factory makes it of complete options; an {@link IllegalArgumentException} refuses those
   *     that contradict each other
   */
  static Entry<Schedule> entry(
      String name,
      String summary,
      List<Option> options,
      Function<Options, ? extends Schedule> factory) {
    return WarmUp.entry(name, summary, options, factory);
  }

  /**
   * The learning rate of a step.
   *
   * @param step steps made before this one, so the first step of a run is 0
   * @param epoch epochs completed before this step, so the first epoch of a run is 0
   */
  double rate(long step, long epoch);
}
