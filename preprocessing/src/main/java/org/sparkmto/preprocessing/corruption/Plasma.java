package org.sparkmto.preprocessing.corruption;

import org.sparkmto.random.Draws;

/**
 * A random height map by the diamond-square algorithm, on a square whose opposite edges meet: the
 * middle of a square, and then of a diamond, is the mean of its four corners and something random
 * that gets smaller with the square.
 */
final class Plasma {
  private static final double FIRST = 100;

  private final int side;
  private final double[] heights;

  /**
   * @param least the side is the power of two that is not below this, and at least 2
   * @param decay what the random part is divided by from one square to the next smaller one
   */
  Plasma(int least, double decay, Draws draws) {
    side = Math.max(2, Integer.highestOneBit(Math.max(1, least - 1)) << 1);
    heights = new double[side * side];
    double part = FIRST;
    for (int step = side; step >= 2; step /= 2) {
      int half = step / 2;
      double reach = part * part;
      for (int y = 0; y < side; y += step) {
        for (int x = 0; x < side; x += step) {
          double corners = at(y, x) + at(y, x + step) + at(y + step, x) + at(y + step, x + step);
          fill(y + half, x + half, corners, reach, draws);
        }
      }
      for (int y = 0; y < side; y += half) {
        for (int x = (y / half) % 2 == 0 ? half : 0; x < side; x += step) {
          double corners = at(y - half, x) + at(y + half, x) + at(y, x - half) + at(y, x + half);
          fill(y, x, corners, reach, draws);
        }
      }
      part /= decay;
    }
    scale();
  }

  private void fill(int row, int column, double corners, double reach, Draws draws) {
    int place = row * side + column;
    heights[place] = corners / 4 + reach * (2 * draws.uniform(place) - 1);
  }

  private void scale() {
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    for (double height : heights) {
      lowest = Math.min(lowest, height);
      highest = Math.max(highest, height);
    }
    for (int i = 0; i < heights.length; i++) {
      heights[i] = (heights[i] - lowest) / (highest - lowest);
    }
  }

  /** The height at a place, 0 to 1; beyond an edge the opposite one follows. */
  double at(int row, int column) {
    return heights[Math.floorMod(row, side) * side + Math.floorMod(column, side)];
  }
}
