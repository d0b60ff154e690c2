package org.sparkmto.preprocessing;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sparkmto.random.Draws;

/**
 * Training samples that are held out for validation where a data set has no split for that. Which
 * ones is a function of seed and names alone, not of their order.
 */
public final class HeldOut {
  private HeldOut() {}

  /** The splits of a data set with official ones for training and testing alone. */
  public static List<String> splits(double share) {
    return share > 0 ? List.of("train", "val", "test") : List.of("train", "test");
  }

  /**
   * The names with the smallest hashes.
   *
   * @param names all different
   * @param share of the names, 0 to 1; {@code round(share * names)} are held out: 595 of 2,975 or
   *     159 of 795 for a share of 0.2
   * @param seed of the hash
   */
  public static Set<String> of(Collection<String> names, double share, long seed) {
    int count = (int) Math.round(share * names.size());
    return new HashSet<>(ordered(names, seed).subList(0, count));
  }

  /** The names by their hashes, the first to be held out first. */
  public static List<String> ordered(Collection<String> names, long seed) {
    Draws draws = Draws.of(seed).of("held-out");
    return names.stream()
        .map(name -> new Hashed(draws.of(name).bits(0), name))
        .sorted(Comparator.comparingLong(Hashed::hash).thenComparing(Hashed::name))
        .map(Hashed::name)
        .toList();
  }

  /** A hash costs more than many comparisons. */
  private record Hashed(long hash, String name) {}
}
