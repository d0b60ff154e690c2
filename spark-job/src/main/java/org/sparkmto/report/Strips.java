package org.sparkmto.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** One row each, time from left to right, strength of colour for the value. */
final class Strips {
  private static final int CELLS = 60;

  private final List<String> names;
  private final List<Curve> curves;
  private final List<String> ends;

  /** Of tasks; the one with the greatest last value on top. */
  Strips(List<String> names, List<Curve> curves) {
    this(names, curves, List.of());
  }

  /**
   * In the given order, if there is something at the right ends.
   *
   * @param ends a few letters for each row
   */
  Strips(List<String> names, List<Curve> curves, List<String> ends) {
    this.names = names;
    this.curves = curves;
    this.ends = ends;
  }

  /** In pixels, without the words around. */
  static int height(int tasks) {
    return 15 * tasks;
  }

  void draw(Markup page, String title, String caption) {
    List<Integer> order = new ArrayList<>();
    double high = 0;
    double first = Double.POSITIVE_INFINITY;
    double last = 0;
    boolean negative = false;
    for (int task = 0; task < names.size(); task++) {
      Curve curve = curves.get(task);
      if (curve.size() > 0) {
        order.add(task);
        double[] sorted = curve.sorted();
        high = Math.max(high, Math.max(-sorted[0], sorted[sorted.length - 1]));
        negative |= sorted[0] < 0;
        first = Math.min(first, curve.firstX());
        last = Math.max(last, curve.lastX());
      }
    }
    if (order.isEmpty()) {
      return;
    }
    if (ends.isEmpty()) {
      order.sort(Comparator.comparingDouble(task -> -curves.get(task).last()));
    }
    high = high == 0 ? 1 : high;
    int rows = order.size();
    page.open("figure", "class", "card strips");
    page.open("figcaption").element("h3", title).element("p", caption).close();
    page.open(
        "div",
        "class",
        ends.isEmpty() ? "rows" : "rows ended",
        "style",
        "height:" + height(rows) + "px");
    page.open("ul");
    for (int task : order) {
      page.element("li", names.get(task), "title", names.get(task));
    }
    page.close();
    page.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "viewBox",
        "0 0 " + CELLS + " " + rows,
        "preserveAspectRatio",
        "none",
        "role",
        "img",
        "aria-label",
        title + " over steps");
    for (int row = 0; row < rows; row++) {
      Curve curve = curves.get(order.get(row));
      for (int cell = 0; cell < CELLS; cell++) {
        double value = curve.at(first + (last - first) * (cell + 0.5) / CELLS);
        page.empty(
            "rect",
            "x",
            Integer.toString(cell),
            "y",
            Integer.toString(row),
            "width",
            "1.04",
            "height",
            ".92",
            "class",
            value < 0 ? "neg" : "pos",
            "fill-opacity",
            String.format(Locale.ROOT, "%.2f", Math.abs(value) / high));
      }
    }
    page.close();
    if (!ends.isEmpty()) {
      page.open("ul", "class", "ends");
      order.forEach(row -> page.element("li", ends.get(row)));
      page.close();
    }
    page.close();
    page.open("p", "class", negative ? "scale" : "scale single");
    page.element("span", negative ? NumberText.significant(-high, 3) : "0");
    page.empty("i");
    page.element("span", NumberText.significant(high, 3));
    page.close().close().newLine();
  }
}
