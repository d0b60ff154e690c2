package org.sparkmto.metric;

/**
 * Thins a map of edge probabilities to ridges one pixel wide: non-maximum suppression across the
 * edge.
 *
 * <p>The direction across the edge is that in which the map, smoothed by the binomial 1 4 6 4 1 in
 * both axes, curves most, up or down: the eigenvector of its Hessian's eigenvalue of the largest
 * magnitude (central differences; borders are repeated). On a flank, which curves upwards, the most
 * downward direction would run along the edge. A pixel stays if its own probability is at least
 * that one pixel ahead in this direction and above that one pixel behind, both bilinear in the
 * unsmoothed map; ahead is to the right, of vertical directions downwards. So of a plateau across
 * an edge the first pixel stays, a map all of one probability has no edge, and an edge along the
 * very border of the image, whose other side is not to be seen, is none.
 */
final class EdgeThinning {
  private static final double[] BINOMIAL = {1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0};

  private final double[] map;
  private final int height;
  private final int width;

  private EdgeThinning(double[] map, int height, int width) {
    this.map = map;
    this.height = height;
    this.width = width;
  }

  /**
   * Which pixels stay.
   *
   * @param map probabilities, row by row
   */
  static boolean[] of(double[] map, int width) {
    return new EdgeThinning(map, map.length / width, width).ridges();
  }

  private boolean[] ridges() {
    EdgeThinning smooth = smoothed();
    boolean[] ridges = new boolean[map.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double middle = smooth.at(y, x);
        double xx = smooth.at(y, x + 1) - 2 * middle + smooth.at(y, x - 1);
        double yy = smooth.at(y + 1, x) - 2 * middle + smooth.at(y - 1, x);
        double xy =
            (smooth.at(y + 1, x + 1)
                    - smooth.at(y + 1, x - 1)
                    - smooth.at(y - 1, x + 1)
                    + smooth.at(y - 1, x - 1))
                / 4;
        // That of the larger eigenvalue, in (-90, 90] degrees; adding 0 turns -0 into 0.
        double upward = Math.atan2(2 * xy + 0.0, xx - yy) / 2;
        double downward = upward > 0 ? upward - Math.PI / 2 : upward + Math.PI / 2;
        double across = xx + yy > 0 ? upward : downward;
        double right = Math.cos(across);
        double down = Math.sin(across);
        double own = at(y, x);
        ridges[y * width + x] =
            own >= between(y + down, x + right) && own > between(y - down, x - right);
      }
    }
    return ridges;
  }

  private EdgeThinning smoothed() {
    EdgeThinning rows = new EdgeThinning(new double[map.length], height, width);
    EdgeThinning both = new EdgeThinning(new double[map.length], height, width);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int tap = 0; tap < BINOMIAL.length; tap++) {
          rows.map[y * width + x] += BINOMIAL[tap] * at(y, x + tap - 2);
        }
      }
    }
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int tap = 0; tap < BINOMIAL.length; tap++) {
          both.map[y * width + x] += BINOMIAL[tap] * rows.at(y + tap - 2, x);
        }
      }
    }
    return both;
  }

  private double at(int y, int x) {
    return map[clamped(y, height) * width + clamped(x, width)];
  }

  private static int clamped(int place, int length) {
    return Math.max(0, Math.min(length - 1, place));
  }

  private double between(double y, double x) {
    int top = (int) Math.floor(y);
    int left = (int) Math.floor(x);
    double down = y - top;
    double right = x - left;
    return (1 - down) * ((1 - right) * at(top, left) + right * at(top, left + 1))
        + down * ((1 - right) * at(top + 1, left) + right * at(top + 1, left + 1));
  }
}
