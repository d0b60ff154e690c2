package org.sparkmto.report;

import java.util.List;
import java.util.Locale;

/**
 * A table of signed numbers whose sign is a colour and whose magnitude its strength, so that 0 is
 * the colour of the page in light and dark.
 *
 * @param title what its numbers are of
 * @param rows names of the rows
 * @param columns names of the columns
 * @param values row by row; NaN where there is none
 */
public record ShadedTable(
    String title, List<String> rows, List<String> columns, List<List<Double>> values) {
  private static final int LEFT = 130;
  private static final int TOP = 22;
  private static final int WIDTH = 62;
  private static final int HEIGHT = 24;

  public ShadedTable {
    rows = List.copyOf(rows);
    columns = List.copyOf(columns);
    values = values.stream().map(List::copyOf).toList();
  }

  /** The largest magnitude; 0 if there is none. */
  double strongest() {
    return values.stream()
        .flatMap(List::stream)
        .filter(Double::isFinite)
        .mapToDouble(Math::abs)
        .max()
        .orElse(0);
  }

  /** Draws it, with full strength for a magnitude. */
  void draw(Markup page, double full) {
    int width = LEFT + columns.size() * WIDTH + 1;
    int height = TOP + rows.size() * HEIGHT + 1;
    page.open("figure", "class", "card");
    page.open("figcaption").element("h3", title).close();
    page.open("div", "class", "scroll");
    page.drawing(
        "matrix",
        width,
        height,
        title,
        "width",
        Integer.toString(width),
        "height",
        Integer.toString(height));
    for (int column = 0; column < columns.size(); column++) {
      page.words(columns.get(column), LEFT + column * WIDTH + WIDTH / 2, TOP - 8, "middle");
    }
    for (int row = 0; row < rows.size(); row++) {
      int y = TOP + row * HEIGHT;
      page.words(HeatMap.fit(rows.get(row), LEFT / 7), LEFT - 8, y + 16, "end");
      for (int column = 0; column < columns.size(); column++) {
        cell(page, values.get(row).get(column), LEFT + column * WIDTH, y, full);
      }
    }
    page.close().close().close();
  }

  private static void cell(Markup page, double value, int x, int y, double full) {
    boolean there = Double.isFinite(value);
    double strength = there && full > 0 ? Math.min(1, Math.abs(value) / full) : 0;
    page.empty(
        "rect",
        "x",
        Integer.toString(x),
        "y",
        Integer.toString(y),
        "width",
        Integer.toString(WIDTH - 1),
        "height",
        Integer.toString(HEIGHT - 1),
        "class",
        !there ? "none" : value < 0 ? "neg" : "pos",
        "fill-opacity",
        there ? String.format(Locale.ROOT, "%.2f", strength) : null);
    if (there) {
      page.words(
          NumberText.fixed(value, 3),
          x + WIDTH / 2,
          y + 16,
          "middle",
          "class",
          strength > 0.55 ? "value over" : "value");
    }
  }
}
