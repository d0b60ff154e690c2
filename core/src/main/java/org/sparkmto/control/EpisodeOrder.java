package org.sparkmto.control;

import java.io.Serializable;
import org.sparkmto.random.Draws;

/**
 * An episode that is to be played. It is a function of this order and a policy, whoever plays it.
 *
 * @param seed of the run
 * @param task its number
 * @param number of the episode within task and purpose
 * @param purpose what it is played for
 */
public record EpisodeOrder(long seed, int task, long number, Purpose purpose)
    implements Serializable {

  /** What an episode is for, which says how actions are chosen. */
  public enum Purpose {
    /** To fill memories at the beginning: any action. */
    ANYTHING,
    /** To learn from: actions of the policy's distribution. */
    EXPLORING,
    /** To judge the policy: the middle of its distribution. */
    JUDGING
  }

  /** Plays it. */
  public Episode play(Policy policy) {
    Draws draws = Draws.of(seed).of("episode " + purpose).at(task).at(number);
    return play(ControlTasks.all().get(task), task, policy, purpose, draws);
  }

  /**
   * Plays an episode of some rules.
   *
   * @param task the number under which the policy knows them
   */
  static Episode play(ControlTask rules, int task, Policy policy, Purpose purpose, Draws draws) {
    double[] state = rules.start(draws.of("start"));
    double[] seen = new double[(ControlTask.STEPS + 1) * ControlTask.WIDEST_OBSERVATION];
    double[] actions = new double[ControlTask.STEPS * ControlTask.WIDEST_ACTION];
    double[] rewards = new double[ControlTask.STEPS];
    boolean once = false;
    int kept = 0;
    put(rules.observe(state), seen, 0);
    for (int step = 0; step < ControlTask.STEPS; step++) {
      double[] seenNow = rules.observe(state);
      double[] action = action(task, policy, seenNow, purpose, draws.of("action").at(step));
      for (int i = rules.actions(); i < action.length; i++) {
        action[i] = 0;
      }
      state = rules.next(state, action);
      put(action, actions, step);
      put(rules.observe(state), seen, step + 1);
      rewards[step] = rules.reward(state);
      boolean there = rules.atGoal(state);
      once |= there;
      kept = there ? kept + 1 : 0;
    }
    boolean success = rules.kept() == 0 ? once : kept >= rules.kept();
    return new Episode(task, seen, actions, rewards, success);
  }

  private static double[] action(
      int task, Policy policy, double[] observation, Purpose purpose, Draws draws) {
    return switch (purpose) {
      case ANYTHING -> {
        double[] any = new double[ControlTask.WIDEST_ACTION];
        for (int i = 0; i < any.length; i++) {
          any[i] = 2 * draws.uniform(i) - 1;
        }
        yield any;
      }
      case EXPLORING -> policy.explore(task, observation, draws);
      case JUDGING -> policy.decide(task, observation);
    };
  }

  private static void put(double[] row, double[] rows, int at) {
    System.arraycopy(row, 0, rows, at * row.length, row.length);
  }
}
