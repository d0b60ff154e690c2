package org.sparkmto.control;

import org.sparkmto.random.Draws;

/**
 * A car whose motor is too weak for the hill, so that it must first go back to gain speed: the
 * continuous mountain car, an action for two of its steps.
 *
 * @param force the greatest, for each unit of mass
 */
record HillClimb(String name, String summary, HillCar car, double force) implements ControlTask {
  private static final double LEAST = -1.2;
  private static final double GREATEST = 0.6;
  private static final double GOAL = 0.45;

  @Override
  public int actions() {
    return 1;
  }

  @Override
  public double[] start(Draws draws) {
    return new double[] {-0.6 + 0.2 * draws.uniform(0), 0};
  }

  @Override
  public double[] next(double[] state, double[] action) {
    double[] next = car.after(state, new double[] {force * action[0]}, 2, 2);
    Bumpers.stop(next, 0, 1, LEAST, GREATEST);
    return next;
  }

  @Override
  public double[] observe(double[] state) {
    return new double[] {state[0] + 0.3, state[1] / 0.05, 0, 0, 0, 0, 0, 0};
  }

  /** The energy, from 0 at rest in the valley to 1 where it is enough for the goal. */
  @Override
  public double reward(double[] state) {
    double least = car.energy(new double[] {-Math.PI / 6, 0});
    double enough = car.energy(new double[] {GOAL, 0});
    return Math.min(1, (car.energy(state) - least) / (enough - least));
  }

  @Override
  public boolean atGoal(double[] state) {
    return state[0] >= GOAL;
  }

  @Override
  public int kept() {
    return 0;
  }
}
