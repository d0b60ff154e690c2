package org.sparkmto.preprocessing;

/** Words for people that hold names, labels and lists from files, of whatever length and kind. */
final class OneLine {
  private static final int MOST = 1_000;

  private OneLine() {}

  /** The text without line ends and other control characters, and without what is too much. */
  static String of(String text) {
    String line = text.strip().replaceAll("\\R", " ").replaceAll("[\\p{Cntrl}\u2028\u2029]", "?");
    return line.length() <= MOST ? line : line.substring(0, MOST) + "...";
  }
}
