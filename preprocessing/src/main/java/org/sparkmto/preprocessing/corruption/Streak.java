package org.sparkmto.preprocessing.corruption;

/**
 * Smoothing along a line, on one side of each pixel, with the weights of half a normal
 * distribution: what ImageMagick calls motion blur. Places are rounded to whole pixels, and the
 * border goes on beyond itself.
 */
final class Streak {
  private Streak() {}

  /**
   * Smoothed planes.
   *
   * @param radius the line has twice as many pixels, and one
   * @param deviation of the distribution, in pixels
   * @param degrees of the line, from left to right on, downwards
   */
  static Planes along(Planes from, double radius, double deviation, double degrees) {
    int length = 2 * (int) Math.ceil(radius) + 1;
    double[] weights = new double[length];
    int[] rows = new int[length];
    int[] columns = new int[length];
    double sum = 0;
    double angle = Math.toRadians(degrees);
    for (int i = 0; i < length; i++) {
      weights[i] = Math.exp(-0.5 * i * i / (deviation * deviation));
      sum += weights[i];
      columns[i] = (int) Math.ceil(i * Math.cos(angle) - 0.5);
      rows[i] = (int) Math.ceil(i * Math.sin(angle) - 0.5);
    }
    Planes to = from.blank();
    for (int c = 0; c < from.channels(); c++) {
      for (int y = 0; y < from.height(); y++) {
        for (int x = 0; x < from.width(); x++) {
          double mean = 0;
          for (int i = 0; i < length; i++) {
            mean +=
                weights[i]
                    * from.at(
                        c,
                        Planes.clamped(y + rows[i], from.height()),
                        Planes.clamped(x + columns[i], from.width()));
          }
          to.set(c, y, x, mean / sum);
        }
      }
    }
    return to;
  }
}
