package org.sparkmto.input;

import org.sparkmto.random.Draws;

/**
 * Shifts the image by whole pixels, uniform from {@code -pixels} to {@code pixels} across and down:
 * as padding it on all sides with black and cutting its size out at a random place.
 *
 * @param pixels of the image, at least 1
 */
record PadCrop(int pixels) implements Transform {
  @Override
  public String name() {
    return "pad-and-crop";
  }

  @Override
  public View draw(Draws draws, MapSize image) {
    double right = draws.below(2 * pixels + 1, 0) - pixels;
    double down = draws.below(2 * pixels + 1, 1) - pixels;
    return View.shifted(right / image.width(), down / image.height(), image.aspect());
  }
}
