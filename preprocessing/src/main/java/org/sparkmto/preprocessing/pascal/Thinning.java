package org.sparkmto.preprocessing.pascal;

/**
 * Thins lines to a width of one pixel: the parallel algorithm of Guo and Hall ("Parallel thinning
 * with two-subiteration algorithms", CACM 1989), with the conditions under which MATLAB's {@code
 * bwmorph(..., 'thin')} and scikit-image's {@code thin} state it. What is outside of the image is
 * background.
 */
final class Thinning {
  private static final boolean[][] DELETED = {table(true), table(false)};

  private Thinning() {}

  /** Thins in place until nothing changes. Every round takes pixels away, so it ends. */
  static void thin(boolean[] mask, int height, int width) {
    int[] marked = new int[mask.length];
    boolean changed = true;
    while (changed) {
      changed = false;
      for (boolean[] deleted : DELETED) {
        int count = 0;
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            if (mask[y * width + x] && deleted[neighbours(mask, height, width, y, x)]) {
              marked[count++] = y * width + x;
            }
          }
        }
        for (int i = 0; i < count; i++) {
          mask[marked[i]] = false;
        }
        changed |= count > 0;
      }
    }
  }

  /** Bit k is the neighbour k: east, then on against the clock. */
  private static int neighbours(boolean[] mask, int height, int width, int y, int x) {
    int bits = 0;
    int[] dy = {0, -1, -1, -1, 0, 1, 1, 1};
    int[] dx = {1, 1, 0, -1, -1, -1, 0, 1};
    for (int k = 0; k < 8; k++) {
      int v = y + dy[k];
      int u = x + dx[k];
      if (v >= 0 && v < height && u >= 0 && u < width && mask[v * width + u]) {
        bits |= 1 << k;
      }
    }
    return bits;
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
