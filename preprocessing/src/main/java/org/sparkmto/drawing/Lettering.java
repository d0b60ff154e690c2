package org.sparkmto.drawing;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;

/**
 * How large text is. Letters are those of printable ASCII; a box stands for every other one.
 *
 * @param size pixels, or units of a pen, of a dot of the letters
 */
public record Lettering(int size) {
  /** From one letter to the next. */
  public int advance() {
    return (BitmapFont.WIDTH + 1) * size;
  }

  /** From one line to the next. */
  public int line() {
    return (BitmapFont.HEIGHT + 1) * size;
  }

  /** Letters in a length. */
  public int letters(int length) {
    return Math.max(1, (length + size) / advance());
  }

  /** Length of a text. */
  public int width(String text) {
    return text.codePointCount(0, text.length()) * advance();
  }

  /** The text, cut to a length. */
  public String cut(String text, int length) {
    int letters = letters(length);
    return text.length() <= letters ? text : text.substring(0, Math.max(0, letters - 2)) + "..";
  }

  /** Where a line begins, from its place on. */
  public enum Anchor {
    /** The text begins there. */
    START,
    /** The text has its middle there. */
    MIDDLE,
    /** The text ends there. */
    END
  }

  /**
   * Writes a line in the colour of a pen.
   *
   * @param y the line on which the letters stand
   */
  public void write(Graphics2D pen, String text, double x, double y, Anchor anchor) {
    double length = (double) width(text) - size;
    double from =
        switch (anchor) {
          case START -> x;
          case MIDDLE -> x - length / 2;
          case END -> x - length;
        };
    // On whole pixels of a pen of two pixels a unit, so that dots are sharp.
    double left = Math.rint(2 * from) / 2;
    double top = Math.rint(2 * (y - (double) size * BitmapFont.ABOVE)) / 2;
    dots(
        text,
        (column, row, side) ->
            pen.fill(new Rectangle2D.Double(left + column, top + row, side, side)));
  }

  /** What to do for a square of a letter, from the upper left corner of the text. */
  interface Dot {
    void draw(int column, int row, int side);
  }

  /** Every square that a text is made of. */
  void dots(String text, Dot dot) {
    int at = 0;
    for (int character : text.codePoints().toArray()) {
      for (int row = 0; row < BitmapFont.HEIGHT; row++) {
        for (int column = 0; column < BitmapFont.WIDTH; column++) {
          if (BitmapFont.isSet(character, row, column)) {
            dot.draw(at + column * size, row * size, size);
          }
        }
      }
      at += advance();
    }
  }
}
