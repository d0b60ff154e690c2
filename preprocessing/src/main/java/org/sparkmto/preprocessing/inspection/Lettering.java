package org.sparkmto.preprocessing.inspection;

import java.util.ArrayList;
import java.util.List;

/**
 * How large text is.
 *
 * @param size pixels of a dot of the font
 */
record Lettering(int size) {
  /** From one letter to the next. */
  int advance() {
    return (BitmapFont.WIDTH + 1) * size;
  }

  /** From one line to the next. */
  int line() {
    return (BitmapFont.HEIGHT + 3) * size;
  }

  /** Letters in a number of pixels. */
  int letters(int pixels) {
    return Math.max(1, (pixels + size) / advance());
  }

  int width(String text) {
    return text.codePointCount(0, text.length()) * advance();
  }

  /** The text, cut to a width. */
  String cut(String text, int pixels) {
    int letters = letters(pixels);
    return text.length() <= letters ? text : text.substring(0, Math.max(0, letters - 2)) + "..";
  }

  /** The text in lines of a width, broken at spaces where there are any. */
  List<String> lines(String text, int pixels) {
    return wrapped(text, letters(pixels));
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
      lines.add(rest.substring(0, cut).stripTrailing());
      rest = "  " + rest.substring(cut).strip();
      if (letters < 4) {
        rest = rest.strip();
      }
    }
    lines.add(rest);
    return lines;
  }
}
