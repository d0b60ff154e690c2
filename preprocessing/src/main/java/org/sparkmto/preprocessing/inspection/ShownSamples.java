package org.sparkmto.preprocessing.inspection;

import java.util.List;

/** Which samples are shown. */
public sealed interface ShownSamples {
  /**
   * The first ones in the order of the split.
   *
   * @param split name of a split
   * @param count how many; all if there are fewer
   */
  record First(String split, int count) implements ShownSamples {}

  /**
   * Some of a split, each as likely as any other, in the order of the split.
   *
   * @param split name of a split
   * @param count how many; all if there are fewer
   * @param seed the same seed gives the same samples
   */
  record AtRandom(String split, int count, long seed) implements ShownSamples {}

  /**
   * Samples by identity, in this order.
   *
   * @param splits where they are looked for
   * @param ids identities
   */
  record Named(List<String> splits, List<String> ids) implements ShownSamples {
    public Named {
      splits = List.copyOf(splits);
      ids = List.copyOf(ids);
    }
  }
}
