package org.sparkmto.input;

import org.sparkmto.random.Draws;

/**
 * Turns the image about its centre by an angle that is uniform between {@code -degrees} and {@code
 * degrees}. For a camera whose principal point is the centre this is a roll about the optical axis:
 * depths stay, and directions turn in the image plane.
 */
record Rotation(double degrees) implements Transform {
  @Override
  public String name() {
    return "rotation";
  }

  @Override
  public View draw(Draws draws, MapSize image) {
    return View.turned((2 * draws.uniform(0) - 1) * degrees, image.aspect());
  }
}
