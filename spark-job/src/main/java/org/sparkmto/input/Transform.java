package org.sparkmto.input;

import org.sparkmto.random.Draws;

/** A way to look at a sample anew, drawn for each sample of each epoch. */
interface Transform {

  /** Name of the transform, and of its draws: switching one on leaves the draws of others alone. */
  String name();

  /**
   * How this sample is looked at.
   *
   * @param draws of this sample in this epoch for this transform
   * @param image its size; pixels are taken to be square
   */
  View draw(Draws draws, MapSize image);
}
