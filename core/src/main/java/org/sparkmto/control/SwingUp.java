package org.sparkmto.control;

import org.sparkmto.random.Draws;

/**
 * A pendulum of which the motor cannot lift the weight at once, to be swung up and held there.
 *
 * @param torque the motor's greatest, N m
 */
record SwingUp(String name, String summary, Rod rod, double torque) implements ControlTask {
  private static final double SECONDS = 0.05;

  /** Gymnasium's cost of a state at its greatest. */
  private static final double WORST = Math.PI * Math.PI + 0.1 * 64;

  @Override
  public int actions() {
    return 1;
  }

  @Override
  public double[] start(Draws draws) {
    return new double[] {Math.PI * (2 * draws.uniform(0) - 1), 2 * draws.uniform(1) - 1};
  }

  @Override
  public double[] next(double[] state, double[] action) {
    return rod.after(state, new double[] {torque * action[0]}, SECONDS, 2);
  }

  @Override
  public double[] observe(double[] state) {
    return new double[] {Math.cos(state[0]), Math.sin(state[0]), state[1] / 8, 0, 0, 0, 0, 0};
  }

  /** Pendulum-v1's cost of angle and speed, turned round and cut to [0, 1]. */
  @Override
  public double reward(double[] state) {
    double angle = Math.IEEEremainder(state[0], 2 * Math.PI);
    return Math.max(0, 1 - (angle * angle + 0.1 * state[1] * state[1]) / WORST);
  }

  @Override
  public boolean atGoal(double[] state) {
    return Math.cos(state[0]) > Math.cos(0.3);
  }

  @Override
  public int kept() {
    return 10;
  }
}
