package org.sparkmto.preprocessing.corruption;

/**
 * An image seen nearer: as many whole pixels as are needed are cut out of the middle and enlarged
 * by linear interpolation, and the first pixels of what is too much are cut off again. As the paper
 * does it, so an enlargement may lie half a pixel beside the middle.
 */
final class Zoom {
  private Zoom() {}

  /**
   * Enlarged planes of the same size.
   *
   * @param factor 1 or more
   */
  static Planes of(Planes from, double factor) {
    Planes to = from.blank();
    double[] rows = places(from.height(), factor);
    double[] columns = places(from.width(), factor);
    for (int c = 0; c < from.channels(); c++) {
      for (int y = 0; y < from.height(); y++) {
        for (int x = 0; x < from.width(); x++) {
          to.set(c, y, x, from.between(c, rows[y], columns[x]));
        }
      }
    }
    return to;
  }

  /** Where the pixels of a line come from; first and last of what is cut out stay such. */
  private static double[] places(int length, double factor) {
    int cut = (int) Math.ceil(length / factor);
    int first = (length - cut) / 2;
    int enlarged = (int) Math.rint(cut * factor);
    int off = (enlarged - length) / 2;
    double step = enlarged == 1 ? 0 : (cut - 1.0) / (enlarged - 1);
    double[] places = new double[length];
    for (int i = 0; i < length; i++) {
      places[i] = first + (off + i) * step;
    }
    return places;
  }
}
