package org.sparkmto.network;

/** How a forward pass is prepared for the backward passes that a method needs. */
public enum Cut {
  /** One graph from the inputs to the losses: one backward of a weighted sum. */
  NONE,
  /**
   * The graph is cut at the representation z, where every task gets its own copy: one backward
   * through all heads gives the K gradients at z, from which the encoder's backward goes on.
   */
  AT_REPRESENTATION,
  /** The same, and what goes into and comes out of the layers before z is remembered. */
  AT_LAYERS;

  /** Whether z is where the graph is cut. */
  boolean isAtRepresentation() {
    return this != NONE;
  }
}
