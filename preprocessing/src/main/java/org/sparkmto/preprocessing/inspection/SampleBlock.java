package org.sparkmto.preprocessing.inspection;

import java.util.ArrayList;
import java.util.List;
import org.sparkmto.drawing.Canvas;
import org.sparkmto.drawing.Lettering;

/** All of one sample: its name, then cells from left to right, in several rows if need be. */
final class SampleBlock {
  static final Lettering TEXT = new Lettering(2);
  static final int GAP = 8;
  static final int USUAL_WIDTH = 1600;
  static final int USUAL_PICTURE = 256;
  static final int INK = 0x202020;
  static final int PALE_INK = 0x606060;
  static final int FRAME = 0xb0b0b0;

  private static final int TEXT_LETTERS = 26;
  private static final int NAME_LETTERS = 16;

  /** Something of a sample at its place in the block. */
  private record Cell(int x, int y, Picture picture, int factor, List<String> lines) {}

  private final String name;
  private final List<Cell> cells = new ArrayList<>();
  private int x;
  private int y = TEXT.line();
  private int rowHeight;
  private int width = NAME_LETTERS * TEXT.advance();

  SampleBlock(String name) {
    this.name = name;
  }

  void add(Picture picture, int factor) {
    int cellWidth = cellWidth(picture, factor);
    List<String> caption = Printable.wrapped(picture.caption(), TEXT.letters(cellWidth));
    int cellHeight = caption.size() * TEXT.line() + picture.height() * factor;
    place(cellWidth, cellHeight);
    cells.add(new Cell(x, y, picture, factor, caption));
    x += cellWidth + GAP;
  }

  void add(List<String> paragraphs) {
    add(paragraphs, 0);
  }

  /** Adds text in a cell of at least a width. */
  void add(List<String> paragraphs, int leastWidth) {
    if (paragraphs.isEmpty()) {
      return;
    }
    List<String> lines = new ArrayList<>();
    for (String paragraph : paragraphs) {
      lines.addAll(Printable.wrapped(paragraph, TEXT_LETTERS));
    }
    int cellWidth = lines.stream().mapToInt(TEXT::width).max().orElse(0);
    cellWidth = Math.max(cellWidth, leastWidth);
    place(cellWidth, lines.size() * TEXT.line());
    cells.add(new Cell(x, y, null, 1, lines));
    x += cellWidth + GAP;
  }

  /** Goes on in a new row. */
  void newRow() {
    if (x > 0) {
      y += rowHeight + GAP;
      x = 0;
      rowHeight = 0;
    }
  }

  private void place(int cellWidth, int cellHeight) {
    if (x > 0 && x + cellWidth > USUAL_WIDTH - 2 * GAP) {
      newRow();
    }
    rowHeight = Math.max(rowHeight, cellHeight);
    width = Math.max(width, x + cellWidth);
  }

  int width() {
    return width;
  }

  int height() {
    return y + rowHeight;
  }

  void draw(Canvas canvas, int left, int top) {
    canvas.fill(left, top - GAP / 2, width, 1, FRAME);
    canvas.text(left, top, TEXT.cut(name, width), INK, TEXT);
    for (Cell cell : cells) {
      int line = top + cell.y();
      for (String text : cell.lines()) {
        canvas.text(left + cell.x(), line, text, PALE_INK, TEXT);
        line += TEXT.line();
      }
      if (cell.picture() != null) {
        cell.picture().draw(canvas, left + cell.x(), line, cell.factor());
      }
    }
  }

  /** Width of a picture with its caption. */
  static int cellWidth(Picture picture, int factor) {
    return Math.max(picture.width() * factor, 10 * TEXT.advance());
  }

  /** By what a picture is enlarged so that small ones are easily seen. */
  static int usualFactor(Picture picture) {
    return Math.max(1, USUAL_PICTURE / Math.max(picture.height(), picture.width()));
  }
}
