package org.sparkmto.metric;

import java.util.Arrays;

/**
 * A largest one-to-one matching of predicted to true edge pixels no further apart than a distance,
 * grown one predicted pixel at a time along augmenting paths (Kuhn's algorithm; here breadth
 * first).
 *
 * <p>After each pixel the matching is a largest one of all pixels offered so far, and a pixel that
 * finds no partner never will. Offered from the highest probability down, one matching therefore
 * counts the matched pixels of every threshold. What an unsuccessful search has reached stays
 * closed: no later path can leave it. All unsuccessful searches together are one pass over the
 * graph.
 */
final class EdgeMatching {
  private static final int NONE = -1;

  private final int width;
  private final int height;
  private final boolean[] truth;
  private final int[] rows;
  private final int[] columns;

  /** Of a true pixel, its predicted partner. */
  private final int[] partner;

  /** Of a true pixel, the predicted pixel from which the search came. */
  private final int[] from;

  /** Of a predicted pixel, its true partner. */
  private final int[] matched;

  /** The search that reached a true pixel last; closed ones are never reached again. */
  private final int[] reached;

  private final int[] queue;
  private int search;

  /**
   * Nothing offered yet.
   *
   * @param truth which pixels are true edges, row by row
   * @param distance the largest between partners, in pixels
   */
  EdgeMatching(boolean[] truth, int width, double distance) {
    this.truth = truth;
    this.width = width;
    this.height = truth.length / width;
    int reach = (int) Math.floor(distance);
    int side = 2 * reach + 1;
    int[] dy = new int[side * side];
    int[] dx = new int[side * side];
    int near = 0;
    for (int y = -reach; y <= reach; y++) {
      for (int x = -reach; x <= reach; x++) {
        if (y * y + x * x <= distance * distance) {
          dy[near] = y;
          dx[near++] = x;
        }
      }
    }
    this.rows = Arrays.copyOf(dy, near);
    this.columns = Arrays.copyOf(dx, near);
    this.partner = filled(truth.length);
    this.from = filled(truth.length);
    this.matched = filled(truth.length);
    this.reached = new int[truth.length];
    this.queue = new int[truth.length + 1];
  }

  private static int[] filled(int length) {
    int[] none = new int[length];
    Arrays.fill(none, NONE);
    return none;
  }

  /**
   * Offers one more predicted pixel.
   *
   * @return whether the matching has grown by one pair
   */
  boolean offer(int predicted) {
    search++;
    int head = 0;
    int tail = 0;
    queue[tail++] = predicted;
    while (head < tail) {
      int pixel = queue[head++];
      for (int i = 0; i < rows.length; i++) {
        int y = pixel / width + rows[i];
        int x = pixel % width + columns[i];
        if (y < 0 || y >= height || x < 0 || x >= width) {
          continue;
        }
        int other = y * width + x;
        if (!truth[other] || reached[other] >= search) {
          continue;
        }
        reached[other] = search;
        from[other] = pixel;
        if (partner[other] == NONE) {
          augment(other);
          return true;
        }
        queue[tail++] = partner[other];
      }
    }
    close(tail);
    return false;
  }

  /** Turns the path that ends at a free true pixel: every predicted pixel on it moves on. */
  private void augment(int free) {
    for (int end = free; end != NONE; ) {
      int pixel = from[end];
      int before = matched[pixel];
      matched[pixel] = end;
      partner[end] = pixel;
      end = before;
    }
  }

  /** The partners of all that was queued but the first are what the search has reached. */
  private void close(int tail) {
    for (int i = 1; i < tail; i++) {
      reached[matched[queue[i]]] = Integer.MAX_VALUE;
    }
  }
}
