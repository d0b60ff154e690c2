package org.sparkmto.control;

import java.io.Serializable;

/**
 * A mechanical system by its equation of motion. A state has the coordinates and then their
 * velocities, in SI units and radians unless the system says otherwise.
 */
public interface Mechanics extends Serializable {

  /** How many coordinates, and velocities, a state has. */
  int coordinates();

  /**
   * The accelerations of the coordinates.
   *
   * @param state coordinates, then velocities; whatever follows is not looked at
   * @param forces one per coordinate: a force where it is a length, a torque where it is an angle
   */
  double[] accelerations(double[] state, double[] forces);

  /** Kinetic and potential energy; constant without friction and forces. */
  double energy(double[] state);

  /**
   * The state after a time in which the forces are constant, by Runge and Kutta's classical method
   * of fourth order.
   *
   * @param pieces into how many equal steps the time is cut
   * @return another array; what follows the velocities is as it was
   */
  default double[] after(double[] state, double[] forces, double seconds, int pieces) {
    double[] now = state.clone();
    double h = seconds / pieces;
    for (int piece = 0; piece < pieces; piece++) {
      double[] a = rates(now, forces);
      double[] b = rates(moved(now, a, h / 2), forces);
      double[] c = rates(moved(now, b, h / 2), forces);
      double[] d = rates(moved(now, c, h), forces);
      for (int i = 0; i < a.length; i++) {
        now[i] += h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]);
      }
    }
    return now;
  }

  private double[] rates(double[] state, double[] forces) {
    int n = coordinates();
    double[] rates = new double[2 * n];
    System.arraycopy(state, n, rates, 0, n);
    System.arraycopy(accelerations(state, forces), 0, rates, n, n);
    return rates;
  }

  private static double[] moved(double[] state, double[] rates, double by) {
    double[] moved = state.clone();
    for (int i = 0; i < rates.length; i++) {
      moved[i] += by * rates[i];
    }
    return moved;
  }
}
