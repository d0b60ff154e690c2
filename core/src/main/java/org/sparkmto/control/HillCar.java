package org.sparkmto.control;

/**
 * A car in a valley: {@code x'' = force - slope cos(3 x)} (Moore, "Efficient memory-based learning
 * for robot control", 1990; as in Sutton and Barto, "Reinforcement learning", 2nd edition, example
 * 10.1, of which this is the continuous time). Time is in steps of that example, and forces are for
 * each unit of mass.
 *
 * @param slope 0.0025 in the example
 */
record HillCar(double slope) implements Mechanics {

  @Override
  public int coordinates() {
    return 1;
  }

  @Override
  public double[] accelerations(double[] state, double[] forces) {
    return new double[] {forces[0] - slope * Math.cos(3 * state[0])};
  }

  @Override
  public double energy(double[] state) {
    return state[1] * state[1] / 2 + slope / 3 * Math.sin(3 * state[0]);
  }
}
