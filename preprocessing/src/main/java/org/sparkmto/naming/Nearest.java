package org.sparkmto.naming;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The known name that a mistyped one was probably meant to be. */
public final class Nearest {
  private Nearest() {}

  /** The known name at the smallest edit distance, the first in alphabetical order among equals. */
  public static Optional<String> to(String name, Collection<String> known) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return known.stream()
        .sorted()
        .min(Comparator.comparingInt(candidate -> distance.apply(name, candidate)));
  }

  /** {@code "; did you mean 'x'?"}, or nothing where no name is known. */
  public static String hint(String name, Collection<String> known) {
    return to(name, known).map(nearest -> "; did you mean '" + nearest + "'?").orElse("");
  }
}
