package org.sparkmto.preprocessing.image;

/** How a camera was held, by the numbers of EXIF: what must be done to see the image upright. */
public enum Orientation {
  /** 1: nothing. */
  UPRIGHT(false, false, false),
  /** 2: mirror left and right. */
  MIRRORED(false, false, true),
  /** 3: turn by 180 degrees. */
  UPSIDE_DOWN(false, true, true),
  /** 4: mirror top and bottom. */
  FLIPPED(false, true, false),
  /** 5: mirror at the diagonal from the upper left. */
  TRANSPOSED(true, false, false),
  /** 6: turn by 90 degrees clockwise. */
  TURNED_LEFT(true, false, true),
  /** 7: mirror at the diagonal from the upper right. */
  TRANSVERSED(true, true, true),
  /** 8: turn by 90 degrees anticlockwise. */
  TURNED_RIGHT(true, true, false);

  private final boolean swapped;
  private final boolean fromBottom;
  private final boolean fromRight;

  Orientation(boolean swapped, boolean fromBottom, boolean fromRight) {
    this.swapped = swapped;
    this.fromBottom = fromBottom;
    this.fromRight = fromRight;
  }

  /** The orientation of a number; upright for every number but 1 to 8, as all programs take it. */
  static Orientation of(int number) {
    return number >= 1 && number <= 8 ? values()[number - 1] : UPRIGHT;
  }

  /** The image as a person wants to see it; itself, if it is upright already. */
  Image upright(Image stored) {
    if (this == UPRIGHT) {
      return stored;
    }
    int height = swapped ? stored.width() : stored.height();
    int width = swapped ? stored.height() : stored.width();
    byte[] from = stored.samples();
    byte[] to = new byte[from.length];
    int next = 0;
    for (int c = 0; c < stored.channels(); c++) {
      int plane = c * height * width;
      for (int y = 0; y < height; y++) {
        int row = fromBottom ? height - 1 - y : y;
        for (int x = 0; x < width; x++) {
          int column = fromRight ? width - 1 - x : x;
          to[next++] = from[plane + (swapped ? column * height + row : row * width + column)];
        }
      }
    }
    return new Image(stored.channels(), height, width, to);
  }
}
