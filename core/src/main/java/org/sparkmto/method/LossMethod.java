package org.sparkmto.method;

/** A method that needs no more than the losses of the tasks: one ordinary backward pass. */
public non-sealed interface LossMethod extends Method {

  /** The weights of the active tasks. */
  TaskWeights weigh(StepView tasks);
}
