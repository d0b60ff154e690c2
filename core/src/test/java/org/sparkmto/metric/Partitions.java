package org.sparkmto.metric;

import java.util.Random;

/** Samples that are counted in parts. */
final class Partitions {
  private Partitions() {}

  /** Adds a part of the samples, from one place to another. */
  interface Part {
    void add(double[] sums, int from, int to);
  }

  /** The sums over random parts, each counted alone. */
  static double[] sums(int sums, int samples, long seed, Part part) {
    Random random = new Random(seed);
    double[] all = new double[sums];
    for (int from = 0; from < samples; ) {
      int to = from + 1 + random.nextInt(samples - from);
      double[] own = new double[sums];
      part.add(own, from, to);
      for (int i = 0; i < sums; i++) {
        all[i] += own[i];
      }
      from = to;
    }
    return all;
  }
}
