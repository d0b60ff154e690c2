package org.sparkmto.input;

import java.util.List;
import org.sparkmto.random.Draws;

/**
 * Enlarges a part of the image to the size of the whole: a scale s of the list, all alike likely,
 * and a place of the part, 1/s as high and wide as the image, uniform among those inside the image
 * (RandomScaleCrop of MTAN's code). The reference cuts at whole pixels and aligns the corners of
 * what it interpolates but not of labels; here the part has exactly the size 1/s and all maps are
 * sampled at the same places.
 *
 * @param scales each 1 or more
 */
record ScaleCrop(List<Double> scales) implements Transform {
  ScaleCrop {
    scales = List.copyOf(scales);
  }

  @Override
  public String name() {
    return "scale-crop";
  }

  @Override
  public View draw(Draws draws, MapSize image) {
    double scale = scales.get(draws.below(scales.size(), 0));
    double room = 1 - 1 / scale;
    return View.enlarged(scale, room * draws.uniform(1), room * draws.uniform(2), image.aspect());
  }
}
