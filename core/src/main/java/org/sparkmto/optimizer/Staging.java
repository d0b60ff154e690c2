package org.sparkmto.optimizer;

/**
 * Runs a loop on arrays that all begin at element 0. A loop over {@code parameters[i]} and {@code
 * state[offset + i]} is not vectorised by Java 17, because the two could be one array; through
 * copies in blocks that stay in the nearest cache Adam is three times as fast (0.66 instead of 2.2
 * ns per element with AVX-512).
 */
final class Staging {
  private static final int BLOCK = 1024;

  private Staging() {}

  static void run(
      UpdateRule.FloatLoop loop,
      float[] parameters,
      float[] gradient,
      float[][] state,
      int at,
      int length) {
    if (at == 0 || state.length == 0) {
      loop.run(parameters, gradient, state, length);
      return;
    }
    int block = Math.min(BLOCK, length);
    float[] p = new float[block];
    float[] g = new float[block];
    float[][] s = new float[state.length][block];
    for (int from = 0; from < length; from += block) {
      int size = Math.min(block, length - from);
      System.arraycopy(parameters, from, p, 0, size);
      System.arraycopy(gradient, from, g, 0, size);
      copy(state, at + from, s, 0, size);
      loop.run(p, g, s, size);
      System.arraycopy(p, 0, parameters, from, size);
      copy(s, 0, state, at + from, size);
    }
  }

  static void run(
      UpdateRule.DoubleLoop loop,
      double[] parameters,
      double[] gradient,
      double[][] state,
      int at,
      int length) {
    if (at == 0 || state.length == 0) {
      loop.run(parameters, gradient, state, length);
      return;
    }
    int block = Math.min(BLOCK, length);
    double[] p = new double[block];
    double[] g = new double[block];
    double[][] s = new double[state.length][block];
    for (int from = 0; from < length; from += block) {
      int size = Math.min(block, length - from);
      System.arraycopy(parameters, from, p, 0, size);
      System.arraycopy(gradient, from, g, 0, size);
      copy(state, at + from, s, 0, size);
      loop.run(p, g, s, size);
      System.arraycopy(p, 0, parameters, from, size);
      copy(s, 0, state, at + from, size);
    }
  }

  /** Copies the same elements of every array. */
  private static void copy(Object[] from, int start, Object[] to, int first, int length) {
    for (int i = 0; i < from.length; i++) {
      System.arraycopy(from[i], start, to[i], first, length);
    }
  }
}
