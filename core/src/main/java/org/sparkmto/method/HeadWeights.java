package org.sparkmto.method;

/** Which weights the gradients of the task-specific parameters (the heads) are multiplied by. */
public enum HeadWeights {
  /** What the method's paper does. */
  OWN,
  /** 1: every head follows its own loss. */
  ONES,
  /** The same weights as the shared part. */
  SHARED
}
