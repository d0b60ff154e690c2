package org.sparkmto.control;

/**
 * A uniform pole on a cart, without friction (Barto, Sutton and Anderson, "Neuronlike adaptive
 * elements that can solve difficult learning control problems", 1983, appendix). Coordinates are
 * the cart's place and the pole's angle, 0 upright; the force is on the cart, and a torque on the
 * pole is not looked at.
 *
 * @param cart mass of the cart, kg
 * @param pole mass of the pole, kg
 * @param half half the length of the pole, m
 * @param gravity m/s^2
 */
record CartPole(double cart, double pole, double half, double gravity) implements Mechanics {

  @Override
  public int coordinates() {
    return 2;
  }

  @Override
  public double[] accelerations(double[] state, double[] forces) {
    double sine = Math.sin(state[1]);
    double cosine = Math.cos(state[1]);
    double total = cart + pole;
    double push = (forces[0] + pole * half * state[3] * state[3] * sine) / total;
    double turn =
        (gravity * sine - cosine * push) / (half * (4.0 / 3 - pole * cosine * cosine / total));
    return new double[] {push - pole * half * turn * cosine / total, turn};
  }

  @Override
  public double energy(double[] state) {
    return (cart + pole) * state[2] * state[2] / 2
        + pole * half * state[2] * state[3] * Math.cos(state[1])
        + 2.0 / 3 * pole * half * half * state[3] * state[3]
        + pole * gravity * half * Math.cos(state[1]);
  }
}
