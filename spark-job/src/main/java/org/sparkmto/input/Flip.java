package org.sparkmto.input;

import org.sparkmto.random.Draws;

/** Mirrors left and right with probability 1/2. */
record Flip() implements Transform {
  @Override
  public String name() {
    return "flip";
  }

  @Override
  public View draw(Draws draws, MapSize image) {
    return draws.uniform(0) < 0.5 ? View.mirrored(image.aspect()) : View.whole(image.aspect());
  }
}
