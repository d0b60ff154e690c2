package org.sparkmto.preprocessing.image;

/**
 * Resamples one line of unsigned bytes with a triangle filter. The support is one input pixel on
 * upscaling and {@code in/out} pixels on downscaling; weights are normalised at the borders.
 *
 * <p>Weights are fixed-point numbers with 22 fractional bits and sums are rounded to the nearest
 * integer, so that the result is the same on every machine and agrees with Pillow's 8-bit path bit
 * for bit.
 */
final class TriangleFilter {
  private static final int BITS = 22;

  private final int[] first;
  private final int[][] weights;

  TriangleFilter(int in, int out) {
    if (in < 1 || out < 1) {
      throw new IllegalArgumentException("cannot resize " + in + " pixels to " + out);
    }
    first = new int[out];
    weights = new int[out][];
    for (int i = 0; i < out; i++) {
      double[] exact = exactWeights(in, out, i);
      first[i] = firstPixel(in, out, i);
      weights[i] = new int[exact.length];
      for (int k = 0; k < exact.length; k++) {
        weights[i][k] = (int) (exact[k] * (1 << BITS) + 0.5);
      }
    }
  }

  /** Filters a line of {@code from}, whose pixels are {@code fromStep} apart, into {@code to}. */
  void apply(byte[] from, int fromStart, int fromStep, byte[] to, int toStart, int toStep) {
    for (int i = 0; i < weights.length; i++) {
      int[] line = weights[i];
      int sum = 1 << (BITS - 1);
      int source = fromStart + first[i] * fromStep;
      for (int weight : line) {
        sum += weight * (from[source] & 0xff);
        source += fromStep;
      }
      to[toStart + i * toStep] = (byte) Math.min(255, sum >> BITS);
    }
  }

  /** Index of the first input pixel that output pixel {@code i} sees. */
  static int firstPixel(int in, int out, int i) {
    return Math.max(0, (int) (centre(in, out, i) - support(in, out) + 0.5));
  }

  /** Weights of the input pixels from {@link #firstPixel} on; they sum to 1. */
  static double[] exactWeights(int in, int out, int i) {
    double centre = centre(in, out, i);
    double support = support(in, out);
    int from = firstPixel(in, out, i);
    int to = Math.min(in, (int) (centre + support + 0.5));
    double[] weights = new double[to - from];
    double total = 0;
    for (int k = 0; k < weights.length; k++) {
      weights[k] = Math.max(0, 1 - Math.abs(from + k + 0.5 - centre) / support);
      total += weights[k];
    }
    for (int k = 0; k < weights.length; k++) {
      weights[k] /= total;
    }
    return weights;
  }

  private static double centre(int in, int out, int i) {
    return (i + 0.5) * in / out;
  }

  private static double support(int in, int out) {
    return Math.max(1, (double) in / out);
  }
}
