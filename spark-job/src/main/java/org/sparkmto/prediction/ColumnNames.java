package org.sparkmto.prediction;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.sparkmto.preprocessing.shard.Shards;

/** Names of the columns of a prediction. */
final class ColumnNames {
  private ColumnNames() {}

  /**
   * The names of tasks as columns that SQL reads without quotes: letters, digits and underscores of
   * ASCII, another character becoming an underscore. Names that differ in case alone, or have
   * become equal, or are that of the sample's identity, get a number behind them.
   */
  static List<String> of(List<String> tasks) {
    Set<String> taken = new HashSet<>();
    taken.add(Shards.SAMPLE_ID);
    List<String> names = new ArrayList<>();
    for (String task : tasks) {
      String safe = task.strip().replaceAll("[^A-Za-z0-9_]", "_");
      String name = safe;
      for (int again = 2; !taken.add(name.toLowerCase(Locale.ROOT)); again++) {
        name = safe + "_" + again;
      }
      names.add(name);
    }
    return names;
  }
}
