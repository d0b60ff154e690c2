package org.sparkmto.control;

/**
 * A uniform rod that turns about its end: {@code m l^2 / 3 theta'' = m g l / 2 sin(theta) + torque
 * - friction theta'}, the pendulum of Gymnasium's Pendulum-v1. The angle is 0 upright; without
 * gravity it is an arm of one link in a horizontal plane.
 *
 * @param mass of the rod, kg
 * @param length m
 * @param gravity m/s^2
 * @param friction of the joint, N m s
 */
record Rod(double mass, double length, double gravity, double friction) implements Mechanics {

  @Override
  public int coordinates() {
    return 1;
  }

  double inertia() {
    return mass * length * length / 3;
  }

  @Override
  public double[] accelerations(double[] state, double[] forces) {
    double torque =
        mass * gravity * length / 2 * Math.sin(state[0]) + forces[0] - friction * state[1];
    return new double[] {torque / inertia()};
  }

  @Override
  public double energy(double[] state) {
    return inertia() * state[1] * state[1] / 2 + mass * gravity * length / 2 * Math.cos(state[0]);
  }
}
