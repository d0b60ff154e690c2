package org.sparkmto.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The marks of a {@link Plot}: one SVG of 1000 by 1000 that is stretched to its place. */
final class PlotMarks {
  private final Plot plot;
  private final Axis x;
  private final Axis y;

  PlotMarks(Plot plot, Axis x, Axis y) {
    this.plot = plot;
    this.x = x;
    this.y = y;
  }

  void draw(Markup page) {
    page.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "viewBox",
        "0 0 1000 1000",
        "preserveAspectRatio",
        "none",
        "role",
        "img",
        "aria-label",
        plot.description(),
        "data-x",
        x.low() + " " + x.high(),
        "data-y",
        y.low() + " " + y.high() + (y.isLog() ? " log" : ""));
    for (double tick : y.ticks()) {
      String at = coordinate(1 - y.at(tick));
      page.empty("path", "class", tick == 0 ? "grid zero" : "grid", "d", "M0 " + at + "H1000");
    }
    for (Plot.Event event : plot.events()) {
      page.open("g").element("title", event.text());
      page.empty("path", "class", "event", "d", "M" + coordinate(x.at(event.x())) + " 0V1000");
      page.close();
    }
    for (Plot.Band band : plot.bands()) {
      page.empty(
          "path",
          "class",
          "band " + band.strength() + " " + band.ink().style(),
          "d",
          path(band.high(), x, y) + backwards(band.low(), x, y) + "Z");
    }
    for (Plot.Raw raw : plot.raws()) {
      page.empty(
          "path",
          "class",
          "raw " + raw.ink().style(),
          "data-of",
          Integer.toString(raw.of()),
          "d",
          zigzag(raw, x, y));
    }
    // Muted lines first, so that they lie below.
    List<Plot.Line> order = new ArrayList<>(plot.lines());
    order.sort(Comparator.comparing(line -> line.ink() != Plot.Ink.MUTED));
    for (Plot.Line line : order) {
      String index = Integer.toString(plot.lines().indexOf(line));
      page.empty(
          "path",
          "class",
          "line " + line.ink().style(),
          "data-line",
          index,
          "data-name",
          line.name(),
          "d",
          path(line.curve(), x, y));
      if (line.dots()) {
        page.empty(
            "path",
            "class",
            "dots " + line.ink().style(),
            "data-of",
            index,
            "d",
            dots(line.curve(), x, y));
      }
    }
    page.close();
  }

  static String path(Curve curve, Axis x, Axis y) {
    StringBuilder path = new StringBuilder();
    for (int point = 0; point < curve.size(); point++) {
      path.append(point == 0 ? 'M' : 'L');
      point(path, curve.x(point), curve.y(point), x, y);
    }
    return path.toString();
  }

  private static String backwards(Curve curve, Axis x, Axis y) {
    StringBuilder path = new StringBuilder();
    for (int point = curve.size() - 1; point >= 0; point--) {
      path.append('L');
      point(path, curve.x(point), curve.y(point), x, y);
    }
    return path.toString();
  }

  private static String dots(Curve curve, Axis x, Axis y) {
    StringBuilder path = new StringBuilder();
    for (int point = 0; point < curve.size(); point++) {
      path.append('M');
      point(path, curve.x(point), curve.y(point), x, y);
      path.append("h0");
    }
    return path.toString();
  }

  private static String zigzag(Plot.Raw raw, Axis x, Axis y) {
    StringBuilder path = new StringBuilder();
    for (int point = 0; point < raw.low().size(); point++) {
      path.append(point == 0 ? 'M' : 'L');
      point(path, raw.low().x(point), raw.low().y(point), x, y);
      if (raw.high().y(point) > raw.low().y(point)) {
        path.append('L');
        point(path, raw.high().x(point), raw.high().y(point), x, y);
      }
    }
    return path.toString();
  }

  private static void point(StringBuilder path, double px, double py, Axis x, Axis y) {
    path.append(coordinate(x.at(px))).append(' ').append(coordinate(1 - y.at(py)));
  }

  /** A share of the drawing area of 1000, to a tenth; far outside it is cut. */
  static String coordinate(double share) {
    long tenths = Math.round(10_000 * Math.max(-1, Math.min(2, share)));
    return tenths % 10 == 0 ? Long.toString(tenths / 10) : Double.toString(tenths / 10.0);
  }
}
