package org.sparkmto.preprocessing.inspection;

/** Text from files on its way to a terminal. */
final class Printable {
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
}
