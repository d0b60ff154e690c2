package org.sparkmto.control;

import org.sparkmto.control.HeadedNetwork.Place;

/**
 * Two networks that judge an action in a state, of which the lower judgement counts (Fujimoto et
 * al., 2018). The parameters of the second lie behind those of the first.
 *
 * @param network the shape of each
 */
record TwinCritics(HeadedNetwork network) {
  static final int COUNT = 2;

  /** Critics of so many tasks. */
  static TwinCritics of(int tasks, int hidden) {
    int inputs = ControlTask.WIDEST_OBSERVATION + ControlTask.WIDEST_ACTION;
    return new TwinCritics(new HeadedNetwork(inputs, tasks, hidden, 1));
  }

  int sharedSize() {
    return COUNT * network.sharedSize();
  }

  int headsSize() {
    return COUNT * network.headsSize();
  }

  /** Where the parameters of one of the two lie. */
  Place place(int twin, double[] shared, double[] heads) {
    return new Place(shared, twin * network.sharedSize(), heads, twin * network.headsSize());
  }

  /** What critics see: an observation, then an action. */
  static double[] joined(double[] observations, double[] actions) {
    int seen = ControlTask.WIDEST_OBSERVATION;
    int done = ControlTask.WIDEST_ACTION;
    double[] joined = new double[observations.length + actions.length];
    for (int row = 0; row < joined.length / (seen + done); row++) {
      System.arraycopy(observations, row * seen, joined, row * (seen + done), seen);
      System.arraycopy(actions, row * done, joined, row * (seen + done) + seen, done);
    }
    return joined;
  }
}
