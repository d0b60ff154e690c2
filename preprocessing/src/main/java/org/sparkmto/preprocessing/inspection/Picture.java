package org.sparkmto.preprocessing.inspection;

import org.sparkmto.drawing.Canvas;

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

  /** Draws it with its upper left corner at a place; its pixels become squares. */
  void draw(Canvas canvas, int x, int y, int factor) {
    for (int row = 0; row < height * factor; row++) {
      for (int column = 0; column < width * factor; column++) {
        int colour = colour(row / factor, column / factor);
        canvas.set(x + column, y + row, colour == NOTHING ? hatch(row, column) : colour);
      }
    }
  }

  /** Where there is no value: dark, with lines, so that nobody takes it for a small value. */
  static int hatch(int row, int column) {
    return (row + column) % 8 < 2 ? 0x5a5a5a : 0x1e1e1e;
  }
}
