package org.sparkmto.preprocessing.inspection;

/** A small picture with what is to be said about it. */
final class Picture {
  /** Colour of a pixel without a value. */
  static final int NOTHING = -1;

  private final int height;
  private final int width;
  private final int[] colours;
  private final String caption;

  /**
   * @param colours by row and column, 0xRRGGBB or {@link #NOTHING}; not copied
   */
  Picture(int height, int width, int[] colours, String caption) {
    this.height = height;
    this.width = width;
    this.colours = colours;
    this.caption = caption;
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  int colour(int row, int column) {
    return colours[row * width + column];
  }

  String caption() {
    return caption;
  }
}
