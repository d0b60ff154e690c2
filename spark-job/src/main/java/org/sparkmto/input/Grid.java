package org.sparkmto.input;

/**
 * Where the pixels of a map come from, in its own pixels: pixel {@code (column, row)} shows what
 * was at {@code (xx column + xy row + x0, yx column + yy row + y0)}, whole numbers being centres of
 * pixels.
 */
record Grid(
    int height, int width, double xx, double xy, double x0, double yx, double yy, double y0) {

  /** {@link #nearest} of a pixel that comes from outside the map. */
  static final int OUTSIDE = -1;

  /** Rounding must not make a mirrored or unmoved pixel a mixture of two. */
  private static final double SAME_PLACE = 1e-6;

  double x(int column, int row) {
    return settled(xx * column + xy * row + x0);
  }

  double y(int column, int row) {
    return settled(yx * column + yy * row + y0);
  }

  /** Index of the pixel that covers a place, or {@link #OUTSIDE}. */
  int nearest(double x, double y) {
    int column = (int) Math.floor(x + 0.5);
    int row = (int) Math.floor(y + 0.5);
    boolean inside = column >= 0 && column < width && row >= 0 && row < height;
    return inside ? row * width + column : OUTSIDE;
  }

  /**
   * Fills a map with the nearest pixels of another.
   *
   * @param source the map as it was: channel after channel, rows, columns
   * @param target where it is to stand
   * @param from first byte of the map in {@code target}
   * @param missing bytes of an element that comes from outside; its length is that of all elements
   */
  void copyNearest(byte[] source, byte[] target, int from, byte[] missing) {
    int each = missing.length;
    int plane = height * width * each;
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        int nearest = nearest(x(column, row), y(column, row));
        int to = from + (row * width + column) * each;
        for (int channel = 0; channel < source.length; channel += plane) {
          byte[] read = nearest == OUTSIDE ? missing : source;
          int at = nearest == OUTSIDE ? 0 : channel + nearest * each;
          for (int b = 0; b < each; b++) {
            target[to + channel + b] = read[at + b];
          }
        }
      }
    }
  }

  private static double settled(double place) {
    double whole = Math.rint(place);
    return Math.abs(place - whole) < SAME_PLACE ? whole : place;
  }
}
