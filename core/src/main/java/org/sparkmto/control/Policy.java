package org.sparkmto.control;

import java.io.Serializable;
import org.sparkmto.random.Draws;

/**
 * The actor as it was at one time: from an observation of a task to an action.
 *
 * @param network its shape, with a mean and a spread for each number of an action
 * @param shared parameters
 * @param heads parameters of all tasks
 */
@SuppressWarnings("ArrayRecordComponent") // written once, sent to executors, never compared
public record Policy(HeadedNetwork network, double[] shared, double[] heads)
    implements Serializable {

  /** An action of the distribution, by these draws. */
  double[] explore(int task, double[] observation, Draws draws) {
    double[] output = outputs(task, observation);
    double[] action = new double[ControlTask.WIDEST_ACTION];
    for (int i = 0; i < action.length; i++) {
      action[i] = new SquashedGaussian(output[2 * i], output[2 * i + 1], draws.normal(i)).action();
    }
    return action;
  }

  /** The action in the middle of the distribution. */
  double[] decide(int task, double[] observation) {
    double[] output = outputs(task, observation);
    double[] action = new double[ControlTask.WIDEST_ACTION];
    for (int i = 0; i < action.length; i++) {
      action[i] = Math.tanh(output[2 * i]);
    }
    return action;
  }

  private double[] outputs(int task, double[] observation) {
    return network
        .forward(new HeadedNetwork.Place(shared, 0, heads, 0), task, observation)
        .output();
  }
}
