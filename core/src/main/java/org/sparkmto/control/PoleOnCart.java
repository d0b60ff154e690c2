package org.sparkmto.control;

import org.sparkmto.random.Draws;

/**
 * A pole to be held upright on a cart that has bumpers at both ends of its track, which take its
 * speed.
 *
 * @param hanging whether the pole starts hanging and is to be swung up first
 * @param force the greatest on the cart, N
 * @param seconds of an action
 */
record PoleOnCart(
    String name, String summary, CartPole system, boolean hanging, double force, double seconds)
    implements ControlTask {
  private static final double TRACK = 2.4;

  @Override
  public int actions() {
    return 1;
  }

  @Override
  public double[] start(Draws draws) {
    double[] state = new double[4];
    for (int i = 0; i < state.length; i++) {
      state[i] = 0.1 * draws.uniform(i) - 0.05;
    }
    state[1] += hanging ? Math.PI : 0;
    return state;
  }

  @Override
  public double[] next(double[] state, double[] action) {
    double[] next = system.after(state, new double[] {force * action[0], 0}, seconds, 2);
    Bumpers.stop(next, 0, 2, -TRACK, TRACK);
    return next;
  }

  @Override
  public double[] observe(double[] state) {
    return new double[] {
      state[0] / TRACK, state[2] / 3, Math.cos(state[1]), Math.sin(state[1]), state[3] / 6, 0, 0, 0
    };
  }

  /** How high the pole is, less where the cart is far from the middle. */
  @Override
  public double reward(double[] state) {
    double off = state[0] / TRACK;
    return (1 + Math.cos(state[1])) / 2 * (1 - off * off / 2);
  }

  @Override
  public boolean atGoal(double[] state) {
    return Math.cos(state[1]) > Math.cos(0.3) && Math.abs(state[0]) < TRACK;
  }

  /** A pole that falls may stand for a while where it comes round. */
  @Override
  public int kept() {
    return hanging ? 10 : 50;
  }
}
