package org.sparkmto.naming;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The known name that a mistyped one was probably meant to be. */
public final class Nearest {
  private Nearest() {}

  /**
   * The known name at the smallest edit distance. Letter case, hyphens and underscores count only
   * between names that are otherwise equally near; what is still equal goes by the alphabet.
   */
  public static Optional<String> to(String name, Collection<String> known) {
    return known.stream()
        .sorted()
        .min(
            Comparator.comparingInt((String candidate) -> distance(bare(name), bare(candidate)))
                .thenComparingInt(candidate -> distance(name, candidate)));
  }

  private static String bare(String name) {
    return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
  }

  /** Levenshtein's distance: the fewest letters put in, taken out or changed, row by row. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }

  /** {@code "; did you mean 'x'?"}, or nothing where no name is known. */
  public static String hint(String name, Collection<String> known) {
    return to(name, known).map(nearest -> "; did you mean '" + nearest + "'?").orElse("");
  }
}
