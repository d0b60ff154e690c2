package org.sparkmto.report;

import java.util.List;

/** A small line per task, all on one scale, with its last value: for many tasks at a glance. */
final class Sparks {
  private static final int POINTS = 80;

  private Sparks() {}

  static void draw(Markup page, String title, List<String> names, List<Curve> curves) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Curve curve : curves) {
      if (curve.size() > 0) {
        double[] sorted = curve.sorted();
        low = Math.min(low, sorted[0]);
        high = Math.max(high, sorted[sorted.length - 1]);
      }
    }
    if (!(high >= low)) {
      return;
    }
    boolean log = low > 0 && high / low > 30;
    Axis y = log ? Axis.log(low, high) : Axis.linear(Math.min(0, low), high, 4);
    page.open("figure", "class", "card wide sparks");
    page.open("figcaption").element("h3", title);
    page.element(
        "p",
        "All on one "
            + (log ? "logarithmic scale" : "scale")
            + " from "
            + NumberText.significant(y.low(), 3)
            + " to "
            + NumberText.significant(y.high(), 3)
            + "; the number is the last smoothed value.");
    page.close();
    page.open("ul");
    for (int task = 0; task < names.size(); task++) {
      Curve curve = curves.get(task).thinned(POINTS);
      page.open("li", "title", names.get(task));
      page.element("span", names.get(task));
      page.element("b", NumberText.significant(curve.last(), 3));
      if (curve.size() > 0) {
        Axis x = Axis.steps(curve.firstX(), curve.lastX(), 2);
        page.open(
            "svg",
            "xmlns",
            "http://www.w3.org/2000/svg",
            "viewBox",
            "0 0 1000 1000",
            "preserveAspectRatio",
            "none",
            "aria-hidden",
            "true");
        page.empty("path", "class", "grid zero", "d", "M0 1000H1000");
        page.empty("path", "class", "line c1", "d", PlotMarks.path(curve, x, y));
        page.close();
      }
      page.close();
    }
    page.close().close().newLine();
  }
}
