package org.sparkmto.preprocessing.inspection;

import java.util.ArrayList;
import java.util.List;

/** Text from files on its way to a terminal or a picture. */
final class Printable {
  /** A space where no line is broken; it comes out as a space. */
  static final char UNBROKEN = '\u00a0';

  private Printable() {}

  /** The text on one line, without characters that would move the cursor or change colours. */
  static String text(String text) {
    StringBuilder printable = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            point ->
                printable.appendCodePoint(
                    Character.isISOControl(point) || Character.getType(point) == Character.FORMAT
                        ? '\uFFFD'
                        : point));
    return printable.toString();
  }

  /** The text in lines of a number of letters; lines after the first are indented. */
  static List<String> wrapped(String text, int letters) {
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (rest.length() > letters) {
      int cut = rest.lastIndexOf(' ', letters);
      if (cut <= 2) {
        cut = letters;
      }
      lines.add(rest.substring(0, cut).stripTrailing().replace(UNBROKEN, ' '));
      rest = "  " + rest.substring(cut).strip();
      if (letters < 4) {
        rest = rest.strip();
      }
    }
    lines.add(rest.replace(UNBROKEN, ' '));
    return lines;
  }
}
