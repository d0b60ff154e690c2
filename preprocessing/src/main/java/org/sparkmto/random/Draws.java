package org.sparkmto.random;

/**
 * Random numbers that are a function of a key alone: (seed, step, purpose, index). The same key
 * gives the same number on every machine, in every order of asking and after every restart, which
 * is what makes a run independent of how many ranks compute it and of how often it was resumed.
 *
 * <p>The generator is SplitMix64's finaliser applied to the mixed key (Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014): good enough for shuffles, masks and
 * initial weights, not for cryptography.
 */
public final class Draws {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private final long key;

  private Draws(long key) {
    this.key = key;
  }

  /** The draws of a seed, at step 0 for no particular purpose. */
  public static Draws of(long seed) {
    return new Draws(mix(seed + GAMMA));
  }

  /** The draws of a numbered child, for example a step or an epoch. */
  public Draws at(long number) {
    // The key is mixed once more than the number: otherwise seed 3 at step 5 were seed 5 at step 3.
    return new Draws(mix(mix(key) ^ mix(number + GAMMA)));
  }

  /** The draws of a named child, for example a purpose or a parameter. */
  public Draws of(String purpose) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < purpose.length(); i++) {
      hash = (hash ^ purpose.charAt(i)) * 0x100000001B3L;
    }
    return at(hash);
  }

  /** 64 random bits. */
  public long bits(long index) {
    return mix(key + (index + 1) * GAMMA);
  }

  /** Uniform in [0, 1), 53 bits. */
  public double uniform(long index) {
    return (bits(index) >>> 11) * 0x1.0p-53;
  }

  /**
   * Uniform integer in [0, bound). The bias is below {@code bound / 2^64}.
   *
   * @throws IllegalArgumentException if {@code bound} is not positive
   */
  public int below(int bound, long index) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound " + bound + " is not positive");
    }
    return (int) Math.multiplyHigh(bits(index) >>> 1, 2L * bound);
  }

  /** Standard normal, by the Box-Muller transform of two uniforms of this index. */
  public double normal(long index) {
    double radius = Math.sqrt(-2 * Math.log(1 - uniform(2 * index)));
    return radius * Math.cos(2 * Math.PI * uniform(2 * index + 1));
  }

  /** A uniform permutation of 0..n-1 (Fisher and Yates). */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    for (int i = n - 1; i > 0; i--) {
      int j = below(i + 1, i);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
