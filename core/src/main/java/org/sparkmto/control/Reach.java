package org.sparkmto.control;

import org.sparkmto.random.Draws;

/**
 * An arm in a horizontal plane whose tip is to come to a place and stay there. A state has the
 * arm's and then the two numbers of the place.
 *
 * @param arm of one or two links
 * @param lengths of its links, from the fixed end
 * @param torque the greatest of each joint, N m
 */
@SuppressWarnings("ArrayRecordComponent") // never changed nor compared
record Reach(String name, String summary, Mechanics arm, double[] lengths, double torque)
    implements ControlTask {
  private static final double SECONDS = 0.05;

  @Override
  public int actions() {
    return arm.coordinates();
  }

  private double reach() {
    double sum = 0;
    for (double length : lengths) {
      sum += length;
    }
    return sum;
  }

  /** At rest in any posture; the place is where another posture has its tip. */
  @Override
  public double[] start(Draws draws) {
    int links = lengths.length;
    double[] there = new double[links];
    double[] state = new double[2 * links + 2];
    for (int link = 0; link < links; link++) {
      state[link] = Math.PI * (2 * draws.uniform(link) - 1);
      there[link] = Math.PI * (2 * draws.uniform(links + link) - 1);
    }
    System.arraycopy(tip(there), 0, state, 2 * links, 2);
    return state;
  }

  @Override
  public double[] next(double[] state, double[] action) {
    double[] torques = new double[actions()];
    for (int joint = 0; joint < torques.length; joint++) {
      torques[joint] = torque * action[joint];
    }
    return arm.after(state, torques, SECONDS, 2);
  }

  private double[] tip(double[] state) {
    double[] tip = new double[2];
    double angle = 0;
    for (int link = 0; link < lengths.length; link++) {
      angle += state[link];
      tip[0] += lengths[link] * Math.cos(angle);
      tip[1] += lengths[link] * Math.sin(angle);
    }
    return tip;
  }

  /** The way from the tip to the place, in lengths of the arm. */
  private double[] way(double[] state) {
    int place = 2 * lengths.length;
    double[] tip = tip(state);
    return new double[] {(state[place] - tip[0]) / reach(), (state[place + 1] - tip[1]) / reach()};
  }

  private double distance(double[] state) {
    double[] way = way(state);
    return Math.hypot(way[0], way[1]);
  }

  @Override
  public double[] observe(double[] state) {
    double[] seen = new double[WIDEST_OBSERVATION];
    int at = 0;
    for (int link = 0; link < lengths.length; link++) {
      seen[at++] = Math.cos(state[link]);
      seen[at++] = Math.sin(state[link]);
      seen[at++] = state[lengths.length + link] / 5;
    }
    System.arraycopy(way(state), 0, seen, at, 2);
    return seen;
  }

  /** Half for coming nearer, half for being near. */
  @Override
  public double reward(double[] state) {
    double distance = distance(state);
    return (1 - distance / 2 + Math.exp(-25 * distance * distance)) / 2;
  }

  @Override
  public boolean atGoal(double[] state) {
    return distance(state) < 0.1;
  }

  @Override
  public int kept() {
    return 10;
  }
}
