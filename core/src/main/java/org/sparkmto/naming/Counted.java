package org.sparkmto.naming;

import java.util.Locale;

/** A number and what it counts, as a sentence has them: {@code 1 task}, {@code 2,048 tasks}. */
public final class Counted {
  private Counted() {}

  /**
   * A number and its noun.
   *
   * @param count 0 or more
   * @param one what a single one is called; several have an s more
   */
  public static String of(long count, String one) {
    return of(count, one, one + "s");
  }

  /** A number and its noun, where several are called {@code several}. */
  public static String of(long count, String one, String several) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : several);
  }
}
