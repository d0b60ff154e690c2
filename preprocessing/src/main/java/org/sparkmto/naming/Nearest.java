package org.sparkmto.naming;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The known name that a mistyped one was probably meant to be. */
public final class Nearest {
  private Nearest() {}

  /**
   * The known name at the smallest edit distance. Letter case, hyphens and underscores count only
   * between names that are otherwise equally near; what is still equal goes by the alphabet.
   */
  public static Optional<String> to(String name, Collection<String> known) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return known.stream()
        .sorted()
        .min(
            Comparator.comparingInt(
                    (String candidate) -> distance.apply(bare(name), bare(candidate)))
                .thenComparingInt(candidate -> distance.apply(name, candidate)));
  }

  private static String bare(String name) {
    return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
  }

  /** {@code "; did you mean 'x'?"}, or nothing where no name is known. */
  public static String hint(String name, Collection<String> known) {
    return to(name, known).map(nearest -> "; did you mean '" + nearest + "'?").orElse("");
  }
}
