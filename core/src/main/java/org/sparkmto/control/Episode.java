package org.sparkmto.control;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What happened in an episode.
 *
 * @param task its number
 * @param observations one more than actions, row after row
 * @param actions row after row
 * @param rewards one for each action
 * @param success whether the goal was reached as the task demands
 */
@SuppressWarnings("ArrayRecordComponent") // sent from executors, never compared
public record Episode(
    int task, double[] observations, double[] actions, double[] rewards, boolean success)
    implements Serializable {

  /** The mean reward of a step. */
  public double meanReward() {
    return Arrays.stream(rewards).average().orElseThrow();
  }
}
