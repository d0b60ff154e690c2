package org.sparkmto.preprocessing.nyuv2;

/** The part of an image of NYUv2 that is kept. */
enum ValidRegion {
  /** All of it. */
  NONE {
    @Override
    Bounds in(int height, int width) {
      return new Bounds(0, height, 0, width);
    }
  },
  /**
   * Rows 45 to 471 and columns 41 to 601 of 480 and 640, counted from 1: where the toolbox's
   * projection of the depth camera has values, and without the white frame of the colour image.
   */
  PROJECTED {
    @Override
    Bounds in(int height, int width) {
      return new Bounds(
          scaled(44, height, 480),
          Math.max(1, scaled(471, height, 480)),
          scaled(40, width, 640),
          Math.max(1, scaled(601, width, 640)));
    }
  };

  /** Rows {@code top..bottom-1} and columns {@code left..right-1}. */
  record Bounds(int top, int bottom, int left, int right) {}

  abstract Bounds in(int height, int width);

  private static int scaled(int edge, int length, int original) {
    return (int) ((2L * edge * length + original) / (2L * original));
  }
}
