package org.sparkmto.preprocessing.pascal;

import java.util.BitSet;

/**
 * Thins lines to a width of one pixel: the parallel algorithm of Guo and Hall ("Parallel thinning
 * with two-subiteration algorithms", CACM 1989), with the conditions under which MATLAB's {@code
 * bwmorph(..., 'thin')} and scikit-image's {@code thin} state it. What is outside of the image is
 * background.
 */
final class Thinning {
  private static final int[] DOWN = {0, -1, -1, -1, 0, 1, 1, 1};
  private static final int[] RIGHT = {1, 1, 0, -1, -1, -1, 0, 1};
  private static final boolean[][] DELETED = {table(true), table(false)};

  private Thinning() {}

  /**
   * Thins in place until nothing changes. A pixel is looked at again when one beside it has gone,
   * so the time does not grow with the thickness of what is thinned.
   */
  static void thin(boolean[] mask, int height, int width) {
    BitSet[] open = {new BitSet(mask.length), new BitSet(mask.length)};
    for (int i = 0; i < mask.length; i++) {
      open[0].set(i, mask[i]);
      open[1].set(i, mask[i]);
    }
    BitSet gone = new BitSet(mask.length);
    while (!open[0].isEmpty() || !open[1].isEmpty()) {
      for (int round = 0; round < 2; round++) {
        for (int i = open[round].nextSetBit(0); i >= 0; i = open[round].nextSetBit(i + 1)) {
          gone.set(i, mask[i] && DELETED[round][neighbours(mask, height, width, i)]);
        }
        open[round].clear();
        for (int i = gone.nextSetBit(0); i >= 0; i = gone.nextSetBit(i + 1)) {
          mask[i] = false;
          for (int k = 0; k < 8; k++) {
            int neighbour = neighbour(height, width, i, k);
            if (neighbour >= 0) {
              open[0].set(neighbour);
              open[1].set(neighbour);
            }
          }
        }
        gone.clear();
      }
    }
  }

  /** Bit k is the neighbour k. */
  private static int neighbours(boolean[] mask, int height, int width, int pixel) {
    int bits = 0;
    for (int k = 0; k < 8; k++) {
      int neighbour = neighbour(height, width, pixel, k);
      bits |= neighbour >= 0 && mask[neighbour] ? 1 << k : 0;
    }
    return bits;
  }

  /** The neighbour k: east, then on against the clock; -1 outside of the image. */
  private static int neighbour(int height, int width, int pixel, int k) {
    int y = pixel / width + DOWN[k];
    int x = pixel % width + RIGHT[k];
    return y < 0 || y >= height || x < 0 || x >= width ? -1 : y * width + x;
  }

  /** For every neighbourhood, whether its centre goes in the first or second subiteration. */
  private static boolean[] table(boolean first) {
    boolean[] table = new boolean[256];
    for (int bits = 0; bits < 256; bits++) {
      int crossings = 0;
      int pairs = 0;
      int otherPairs = 0;
      for (int i = 0; i < 4; i++) {
        boolean side = is(bits, 2 * i);
        boolean corner = is(bits, 2 * i + 1);
        boolean nextSide = is(bits, 2 * i + 2);
        crossings += !side && (corner || nextSide) ? 1 : 0;
        pairs += side || corner ? 1 : 0;
        otherPairs += corner || nextSide ? 1 : 0;
      }
      int least = Math.min(pairs, otherPairs);
      // East, its two northern neighbours and south-east; or all of them turned by 180 degrees.
      int turn = first ? 0 : 4;
      boolean kept =
          (is(bits, turn + 1) || is(bits, turn + 2) || !is(bits, turn + 7)) && is(bits, turn);
      table[bits] = crossings == 1 && least >= 2 && least <= 3 && !kept;
    }
    return table;
  }

  private static boolean is(int bits, int neighbour) {
    return (bits & (1 << (neighbour % 8))) != 0;
  }
}
