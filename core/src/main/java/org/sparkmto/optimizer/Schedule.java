package org.sparkmto.optimizer;

/** A learning rate as a function of training's progress alone. */
public interface Schedule {

  /**
   * The learning rate of a step.
   *
   * @param step steps made before this one, so the first step of a run is 0
   * @param epoch epochs completed before this step, so the first epoch of a run is 0
   */
  double rate(long step, long epoch);
}
