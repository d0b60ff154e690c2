package org.sparkmto.control;

/** Two ends of a track, which take the speed of what meets them. */
final class Bumpers {
  private Bumpers() {}

  /** Puts a coordinate that has left the track back on its end, at rest. */
  static void stop(double[] state, int place, int speed, double least, double greatest) {
    if (state[place] < least || state[place] > greatest) {
      state[place] = Math.min(Math.max(state[place], least), greatest);
      state[speed] = 0;
    }
  }
}
