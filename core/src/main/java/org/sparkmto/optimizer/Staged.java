package org.sparkmto.optimizer;

/**
 * Runs a loop in single precision on arrays that all begin at element 0. A loop over {@code
 * parameters[i]} and {@code state[offset + i]} is not vectorised by Java 17, because the two could
 * be one array; through copies in blocks that stay in the nearest cache Adam is three times as fast
 * (0.66 instead of 2.2 ns per element with AVX-512).
 */
final class Staged {
  private static final int BLOCK = 1024;

  private Staged() {}

  /** A loop over the first {@code length} elements of all arrays. */
  @FunctionalInterface
  interface Loop {
    void run(float[] parameters, float[] gradient, float[][] state, int length);
  }

  static void update(
      float[] parameters, float[] gradient, float[][] state, int at, int length, Loop loop) {
    if (at == 0) {
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
      for (int i = 0; i < s.length; i++) {
        System.arraycopy(state[i], at + from, s[i], 0, size);
      }
      loop.run(p, g, s, size);
      System.arraycopy(p, 0, parameters, from, size);
      for (int i = 0; i < s.length; i++) {
        System.arraycopy(s[i], 0, state[i], at + from, size);
      }
    }
  }
}
