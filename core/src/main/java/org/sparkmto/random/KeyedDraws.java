package org.sparkmto.random;

/**
 * {@link Draws} by SplitMix64's finaliser applied to the mixed key (Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014): good enough for shuffles, masks and
 * initial weights, not for cryptography.
 */
final class KeyedDraws implements Draws {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private final long key;

  private KeyedDraws(long key) {
    this.key = key;
  }

  static Draws ofSeed(long seed) {
    return new KeyedDraws(mix(seed + GAMMA));
  }

  @Override
  public Draws at(long number) {
    // The key is mixed once more than the number: otherwise seed 3 at step 5 were seed 5 at step 3.
    return new KeyedDraws(mix(mix(key) ^ mix(number + GAMMA)));
  }

  @Override
  public Draws of(String purpose) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < purpose.length(); i++) {
      hash = (hash ^ purpose.charAt(i)) * 0x100000001B3L;
    }
    return at(hash);
  }

  @Override
  public long bits(long index) {
    return mix(key + (index + 1) * GAMMA);
  }

  @Override
  public long key() {
    return key;
  }

  @Override
  public double uniform(long index) {
    return (bits(index) >>> 11) * 0x1.0p-53;
  }

  @Override
  public int below(int bound, long index) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound " + bound + " is not positive");
    }
    return (int) Math.multiplyHigh(bits(index) >>> 1, 2L * bound);
  }

  @Override
  public double normal(long index) {
    double radius = Math.sqrt(-2 * Math.log(1 - uniform(2 * index)));
    return radius * Math.cos(2 * Math.PI * uniform(2 * index + 1));
  }

  @Override
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
