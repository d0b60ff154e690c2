package org.sparkmto.method;

import java.util.Collection;
import java.util.Comparator;

/** The known name that a mistyped one was probably meant to be. */
final class Nearest {
  private Nearest() {}

  /** {@code "; did you mean 'x'?"}, or nothing where no name is known. */
  static String hint(String name, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt((String candidate) -> distance(name, candidate)))
        .map(nearest -> "; did you mean '" + nearest + "'?")
        .orElse("");
  }

  /** Levenshtein's edit distance: insertions, deletions and replacements. */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
