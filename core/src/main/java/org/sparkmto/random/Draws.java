package org.sparkmto.random;

/**
 * Random numbers that are a function of a key alone: (seed, step, purpose, index). The same key
 * gives the same number on every machine, in every order of asking and after every restart, which
 * is what makes a run independent of how many ranks compute it and of how often it was resumed.
 */
public interface Draws {

  /** The draws of a seed, at step 0 for no particular purpose. */
  static Draws of(long seed) {
    return KeyedDraws.ofSeed(seed);
  }

  /** The draws of a numbered child, for example a step or an epoch. */
  Draws at(long number);

  /** The draws of a named child, for example a purpose or a parameter. */
  Draws of(String purpose);

  /** 64 random bits. */
  long bits(long index);

  /**
   * What bits are made of, for those who make many of them elsewhere: {@code bits(i)} is
   * SplitMix64's finaliser of {@code key + (i + 1) * 0x9E3779B97F4A7C15}, in 64 bits.
   *
   * @throws UnsupportedOperationException if these numbers are made of something else
   */
  long key();

  /** Uniform in [0, 1), 53 bits. */
  double uniform(long index);

  /**
   * Uniform integer in [0, bound). The bias is below {@code bound / 2^64}.
   *
   * @throws IllegalArgumentException if {@code bound} is not positive
   */
  int below(int bound, long index);

  /** Standard normal. */
  double normal(long index);

  /** A uniform permutation of 0..n-1. */
  int[] permutation(int n);
}
