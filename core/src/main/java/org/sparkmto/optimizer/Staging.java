package org.sparkmto.optimizer;

import java.util.function.IntFunction;

/**
 * Runs a loop on arrays that all begin at element 0. A loop over {@code parameters[i]} and {@code
 * state[offset + i]} is not vectorised by Java 17, because the two could be one array; through
 * copies in blocks that stay in the nearest cache Adam is three times as fast (0.66 instead of 2.2
 * ns per element with AVX-512).
 */
final class Staging {
  private static final int BLOCK = 1024;

  private Staging() {}

  /**
   * Runs a rule on a chunk.
   *
   * @param <A> arrays of numbers
   * @param vector makes an array of a length
   */
  static <A> void run(
      UpdateRule.Loop<A> loop,
      A parameters,
      A gradient,
      A[] state,
      int at,
      int length,
      IntFunction<A> vector) {
    if (at == 0 || state.length == 0) {
      loop.run(parameters, gradient, state, length);
      return;
    }
    int block = Math.min(BLOCK, length);
    A p = vector.apply(block);
    A g = vector.apply(block);
    A[] s = state.clone();
    for (int i = 0; i < s.length; i++) {
      s[i] = vector.apply(block);
    }
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
