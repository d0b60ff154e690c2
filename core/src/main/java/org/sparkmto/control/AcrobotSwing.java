package org.sparkmto.control;

import org.sparkmto.random.Draws;

/**
 * Two rods with a motor at the joint between them alone, whose tip is to come as high above the
 * fixed end as one rod is long (Sutton, "Generalization in reinforcement learning", 1996, figure
 * 5).
 *
 * @param torque the motor's greatest, N m
 */
record AcrobotSwing(String name, String summary, TwoRods rods, double torque)
    implements ControlTask {
  private static final double SECONDS = 0.1;

  @Override
  public int actions() {
    return 1;
  }

  @Override
  public double[] start(Draws draws) {
    double[] state = new double[4];
    for (int i = 0; i < state.length; i++) {
      state[i] = 0.2 * draws.uniform(i) - 0.1;
    }
    return state;
  }

  @Override
  public double[] next(double[] state, double[] action) {
    return rods.after(state, new double[] {0, torque * action[0]}, SECONDS, 4);
  }

  @Override
  public double[] observe(double[] state) {
    return new double[] {
      Math.cos(state[0]),
      Math.sin(state[0]),
      Math.cos(state[1]),
      Math.sin(state[1]),
      state[2] / 6,
      state[3] / 12,
      0,
      0
    };
  }

  private double height(double[] state) {
    return -rods.length1() * Math.cos(state[0]) - rods.length2() * Math.cos(state[0] + state[1]);
  }

  /** The height of the tip, from 0 hanging to 1 upright. */
  @Override
  public double reward(double[] state) {
    return (1 + height(state) / (rods.length1() + rods.length2())) / 2;
  }

  @Override
  public boolean atGoal(double[] state) {
    return height(state) > rods.length1();
  }

  @Override
  public int kept() {
    return 0;
  }
}
