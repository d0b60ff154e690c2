package org.sparkmto.control;

import java.io.Serializable;
import org.sparkmto.random.Draws;

/**
 * A task of control: from where episodes start, what an action does, what is seen, what is paid,
 * and when an episode is a success. A pure function of its arguments; every episode has {@link
 * #STEPS} steps, and nothing ends it before.
 */
public interface ControlTask extends Serializable {
  /** Actions in an episode. */
  int STEPS = 100;

  /** How many numbers of an observation the widest task has; those of others end in zeros. */
  int WIDEST_OBSERVATION = 8;

  /** How many numbers of an action the widest task has. */
  int WIDEST_ACTION = 2;

  /** Lower-case words joined by hyphens. */
  String name();

  /** One line for people: what is to be done. */
  String summary();

  /** How many numbers an action has, from 1 to {@link #WIDEST_ACTION}. */
  int actions();

  /** Where an episode starts. */
  double[] start(Draws draws);

  /**
   * The state after an action.
   *
   * @param state read only
   * @param action numbers from -1 to 1, of which the first {@link #actions} count
   */
  double[] next(double[] state, double[] action);

  /** What an agent sees: numbers of the size of 1, {@link #WIDEST_OBSERVATION} of them. */
  double[] observe(double[] state);

  /** What arriving in a state pays, in [0, 1]. */
  double reward(double[] state);

  /** Whether the goal is reached in this state. */
  boolean atGoal(double[] state);

  /**
   * How many of an episode's last states must all be at the goal for a success; 0 where it is
   * enough to have been there once.
   */
  int kept();
}
