package org.sparkmto.preprocessing.inspection;

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
    return (BitmapFont.HEIGHT + 1) * size;
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
    return Printable.wrapped(text, letters(pixels));
  }
}
