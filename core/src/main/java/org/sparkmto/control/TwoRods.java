package org.sparkmto.control;

/**
 * Two uniform rods, the second on the end of the first (Spong, "The swing up control problem for
 * the acrobot", 1995, equations 1 to 9, with the angle from below). Coordinates are the angle of
 * the first rod, 0 hanging, and that of the second from the first; forces are the torques of the
 * two joints. Without gravity it is an arm in a horizontal plane.
 *
 * @param mass1 of the first rod, kg
 * @param mass2 of the second
 * @param length1 of the first rod, m
 * @param length2 of the second
 * @param gravity m/s^2
 * @param friction of each joint, N m s
 */
record TwoRods(
    double mass1, double mass2, double length1, double length2, double gravity, double friction)
    implements Mechanics {

  @Override
  public int coordinates() {
    return 2;
  }

  private double inertia1() {
    return mass1 * length1 * length1 / 3;
  }

  private double inertia2() {
    return mass2 * length2 * length2 / 3;
  }

  /** The part of the inertia that both rods have together: {@code m2 l1 lc2}. */
  private double coupling() {
    return mass2 * length1 * length2 / 2;
  }

  /** The matrix of inertia: its entries 11, 12 and 22. */
  private double[] inertia(double angle2) {
    double coupled = coupling() * Math.cos(angle2);
    double second = inertia2();
    return new double[] {
      inertia1() + second + mass2 * length1 * length1 + 2 * coupled, second + coupled, second
    };
  }

  @Override
  public double[] accelerations(double[] state, double[] forces) {
    double[] d = inertia(state[1]);
    double h = coupling() * Math.sin(state[1]);
    double fall2 = mass2 * length2 / 2 * gravity * Math.sin(state[0] + state[1]);
    double fall1 = (mass1 / 2 + mass2) * length1 * gravity * Math.sin(state[0]) + fall2;
    double torque1 =
        forces[0] - friction * state[2] + h * state[3] * (state[3] + 2 * state[2]) - fall1;
    double torque2 = forces[1] - friction * state[3] - h * state[2] * state[2] - fall2;
    double determinant = d[0] * d[2] - d[1] * d[1];
    return new double[] {
      (d[2] * torque1 - d[1] * torque2) / determinant,
      (d[0] * torque2 - d[1] * torque1) / determinant
    };
  }

  @Override
  public double energy(double[] state) {
    double[] d = inertia(state[1]);
    return d[0] * state[2] * state[2] / 2
        + d[1] * state[2] * state[3]
        + d[2] * state[3] * state[3] / 2
        - (mass1 / 2 + mass2) * length1 * gravity * Math.cos(state[0])
        - mass2 * length2 / 2 * gravity * Math.cos(state[0] + state[1]);
  }
}
