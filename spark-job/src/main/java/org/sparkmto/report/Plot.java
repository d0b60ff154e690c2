package org.sparkmto.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A chart of quantities over steps. The marks are one stretched SVG, the words are HTML at
 * positions in percent, so that text keeps its size on a phone, on a wide screen and on paper.
 */
final class Plot {
  private static final int LEAST_HEIGHT = 230;
  private static final int LABEL_HEIGHT = 17;

  /** How a line looks; colours are those of the style sheet. */
  enum Ink {
    COLOUR_1("c1"),
    COLOUR_2("c2"),
    COLOUR_3("c3"),
    COLOUR_4("c4"),
    COLOUR_5("c5"),
    COLOUR_6("c6"),
    COLOUR_7("c7"),
    COLOUR_8("c8"),
    MAIN("ink"),
    MUTED("mute");

    /** How many lines colours can tell apart. */
    static final int COLOURS = 8;

    private final String style;

    Ink(String style) {
      this.style = style;
    }

    static Ink colour(int index) {
      return values()[index % COLOURS];
    }

    /** Its class in the style sheet. */
    String style() {
      return style;
    }
  }

  record Line(String name, Ink ink, Curve curve, boolean dots, boolean labelled) {}

  record Band(Curve low, Curve high, Ink ink, String strength) {}

  /** {@code of} is the line it belongs to. */
  record Raw(int of, Curve low, Curve high, Ink ink) {}

  record Event(double x, String text) {}

  private final String title;
  private String caption = "";
  private final List<Line> lines = new ArrayList<>();
  private final List<Band> bands = new ArrayList<>();
  private final List<Raw> raws = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private boolean zero;
  private boolean logarithmic;
  private boolean robust;
  private int height = LEAST_HEIGHT;
  private double lastX = Double.NaN;

  Plot(String title) {
    this.title = title;
  }

  /** A sentence under the title. */
  Plot caption(String text) {
    caption = text;
    return this;
  }

  /** In pixels where there is room, to fit a neighbour; never less than usual. */
  Plot height(int pixels) {
    height = Math.max(LEAST_HEIGHT, pixels);
    return this;
  }

  /** The value axis shows 0. */
  Plot fromZero() {
    zero = true;
    return this;
  }

  /** The value axis is logarithmic if the values are positive and span much. */
  Plot logarithmicIfWide() {
    logarithmic = true;
    return this;
  }

  /** Rare extremes may leave the chart, so that the rest can be read. */
  Plot withoutExtremes() {
    robust = true;
    return this;
  }

  /** The step axis reaches at least to here. */
  Plot until(double step) {
    lastX = step;
    return this;
  }

  /** A line; of a single point a dot, as nothing would be seen of it else. */
  Plot line(String name, Ink ink, Curve curve) {
    return add(name, ink, curve, false, true);
  }

  /** A line through few points, each with a dot. */
  Plot dotted(String name, Ink ink, Curve curve) {
    return add(name, ink, curve, true, true);
  }

  /** A line with no label beside it. */
  Plot unlabelled(String name, Ink ink, Curve curve, boolean dots) {
    return add(name, ink, curve, dots, false);
  }

  private Plot add(String name, Ink ink, Curve curve, boolean dots, boolean labelled) {
    if (curve.size() > 0) {
      lines.add(new Line(name, ink, curve, dots || curve.size() == 1, labelled));
    }
    return this;
  }

  /** An area between two curves over the same steps. */
  Plot band(Curve low, Curve high, Ink ink, String strength) {
    if (low.size() > 0) {
      bands.add(new Band(low, high, ink, strength));
    }
    return this;
  }

  /** What the line added next stands for, faint: from least to greatest value in every place. */
  Plot raw(Series series, Ink ink) {
    if (!series.isEmpty()) {
      raws.add(new Raw(lines.size(), series.leasts(), series.greatests(), ink));
    }
    return this;
  }

  /** A vertical mark. */
  Plot event(double step, String text) {
    events.add(new Event(step, text));
    return this;
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  List<Line> lines() {
    return lines;
  }

  List<Band> bands() {
    return bands;
  }

  List<Raw> raws() {
    return raws;
  }

  List<Event> events() {
    return events;
  }

  void draw(Markup page) {
    if (isEmpty()) {
      return;
    }
    Axis x = stepAxis();
    Axis y = valueAxis();
    boolean labels = lines.size() > 1 && lines.stream().anyMatch(Line::labelled);
    page.open("figure", "class", "card plot");
    page.open("figcaption").element("h3", title);
    String scale = y.isLog() ? "Logarithmic scale. " : "";
    if (!(scale + caption).isBlank()) {
      page.element("p", (scale + caption).strip());
    }
    page.close();
    int letters = lines.stream().mapToInt(line -> line.name().length()).max().orElse(0);
    page.open(
        "div",
        "class",
        labels ? "frame labelled" : "frame",
        "style",
        "--h:" + height + "px;--names:" + Math.max(60, Math.min(150, 22 + 7 * letters)) + "px");
    valueLabels(page, y);
    page.open("div", "class", "area");
    new PlotMarks(this, x, y).draw(page);
    page.empty("div", "class", "cursor", "hidden", "hidden");
    page.empty("div", "class", "tip", "hidden", "hidden");
    page.close();
    if (labels) {
      lineLabels(page, y);
    }
    stepLabels(page, x);
    page.close().close().newLine();
  }

  private Axis stepAxis() {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.isNaN(lastX) ? Double.NEGATIVE_INFINITY : lastX;
    for (Line line : lines) {
      low = Math.min(low, line.curve().firstX());
      high = Math.max(high, line.curve().lastX());
    }
    if (low == high) {
      return Axis.steps(low - 0.5, high + 0.5, 5);
    }
    // A run starts at step 0; without this a first evaluation at step 500 would sit on the edge.
    low = low < 0.25 * high ? 0 : low;
    // Room for a dot on the last step.
    return Axis.steps(low, high + 0.012 * (high - low), 5);
  }

  private Axis valueAxis() {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    List<Curve> whole = new ArrayList<>();
    lines.forEach(line -> whole.add(line.curve()));
    bands.forEach(band -> whole.addAll(List.of(band.low(), band.high())));
    for (Curve curve : whole) {
      double[] sorted = curve.sorted();
      low = Math.min(low, robust ? Curve.quantile(sorted, 0.05) : sorted[0]);
      high = Math.max(high, robust ? Curve.quantile(sorted, 0.95) : sorted[sorted.length - 1]);
    }
    // Single spikes of the raw values may leave the chart; the lines may not.
    for (Raw raw : raws) {
      low = Math.min(low, Curve.quantile(raw.low().sorted(), 0.01));
      high = Math.max(high, Curve.quantile(raw.high().sorted(), 0.99));
    }
    if (logarithmic && low > 0 && high / low > 30) {
      return Axis.log(low / 1.1, high * 1.1);
    }
    if (zero) {
      low = Math.min(low, 0);
      high = Math.max(high, 0);
    }
    double room = 0.05 * (high - low);
    return Axis.linear(low == 0 ? 0 : low - room, high == 0 && low < 0 ? 0 : high + room, 5);
  }

  private static void valueLabels(Markup page, Axis y) {
    page.open("div", "class", "y", "aria-hidden", "true");
    for (double tick : y.ticks()) {
      page.element("span", y.label(tick), "style", "top:" + percent(1 - y.at(tick)));
    }
    page.close();
  }

  private static void stepLabels(Markup page, Axis x) {
    page.open("div", "class", "x", "aria-hidden", "true");
    for (double tick : x.ticks()) {
      double place = x.at(tick);
      page.element(
          "span",
          x.label(tick),
          "class",
          place > 0.97 ? "end" : null,
          "style",
          "left:" + percent(place));
    }
    page.element("b", "step").close();
  }

  /** In words, for those who cannot see it. */
  String description() {
    StringBuilder text = new StringBuilder(title).append(" over steps.");
    lines.stream()
        .filter(line -> line.labelled() || lines.size() == 1)
        .forEach(
            line ->
                text.append(' ')
                    .append(line.name())
                    .append(" ends at ")
                    .append(NumberText.significant(line.curve().last(), 3))
                    .append('.'));
    return text.toString();
  }

  /** Names at the ends of their lines, moved apart as far as they would overlap. */
  private void lineLabels(Markup page, Axis y) {
    List<Line> order = new ArrayList<>(lines.stream().filter(Line::labelled).toList());
    order.sort(Comparator.comparingDouble(line -> -line.curve().last()));
    double[] top = new double[order.size()];
    for (int index = 0; index < top.length; index++) {
      double wish = (1 - y.at(order.get(index).curve().last())) * height;
      top[index] = Math.max(0, Math.min(height, wish));
    }
    spread(top, LABEL_HEIGHT, height);
    page.open("ul", "class", "names");
    for (int index = 0; index < top.length; index++) {
      Line line = order.get(index);
      page.open(
          "li",
          "style",
          "top:" + percent(top[index] / height),
          "class",
          line.ink().style(),
          "data-toggle",
          Integer.toString(lines.indexOf(line)),
          "title",
          line.name());
      page.empty("i").element("span", line.name()).close();
    }
    page.close();
  }

  /** Moves positions in ascending order apart to at least {@code gap}, inside 0 to {@code end}. */
  static void spread(double[] positions, double gap, double end) {
    for (int pass = 0; pass < 2; pass++) {
      for (int index = 1; index < positions.length; index++) {
        positions[index] = Math.max(positions[index], positions[index - 1] + gap);
      }
      double limit = end;
      for (int index = positions.length - 1; index >= 0; index--) {
        positions[index] = Math.min(positions[index], limit);
        limit = positions[index] - gap;
      }
    }
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f%%", 100 * share);
  }
}
