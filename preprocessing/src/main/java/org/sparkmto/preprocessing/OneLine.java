package org.sparkmto.preprocessing;

import java.util.regex.Pattern;

/** Words for people that hold names, labels and lists from files, of whatever length and kind. */
final class OneLine {
  private static final int MOST = 1_000;

  private static final Pattern LINE_END = Pattern.compile("\\R");
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\u2028\u2029]");

  private OneLine() {}

  /** The text without line ends and other control characters, and without what is too much. */
  static String of(String text) {
    String line = LINE_END.matcher(text.strip()).replaceAll(" ");
    line = CONTROL.matcher(line).replaceAll("?");
    return line.length() <= MOST ? line : line.substring(0, MOST) + "...";
  }
}
