package org.sparkmto.report;

import java.util.List;
import org.sparkmto.metric.Direction;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.runlog.SweepResults.Column;
import org.sparkmto.runlog.SweepResults.SweptRun;

/**
 * Every run of a sweep as a dot by two figures, better to the right and up; those on the Pareto
 * front of all figures that count are full.
 */
final class ParetoPlot {
  private static final int WIDTH = 460;
  private static final int HEIGHT = 330;
  private static final int LEFT = 58;
  private static final int BOTTOM = 44;

  /** Room for the name of what goes up, above its largest number. */
  private static final int TOP = 26;

  private static final int RIGHT = 14;
  private static final double ROOM = 0.04;

  private final SweepResults results;
  private final RunColours colours;
  private final Column across;
  private final Column up;

  ParetoPlot(SweepResults results, RunColours colours, Column across, Column up) {
    this.results = results;
    this.colours = colours;
    this.across = across;
    this.up = up;
  }

  void draw(Markup page) {
    List<SweptRun> runs =
        results.runs().stream().filter(run -> has(run, across) && has(run, up)).toList();
    if (runs.size() < 2) {
      return;
    }
    Axis x = axis(runs, across);
    Axis y = axis(runs, up);
    page.open("figure", "class", "card");
    page.open("figcaption")
        .element("h3", SweepTables.name(across) + " and " + SweepTables.name(up))
        .element(
            "p",
            "Better to the right and up. A dot is a run; full dots are on the Pareto front of all"
                + " figures that count.")
        .close();
    page.drawing("scatter", WIDTH, HEIGHT, "Scatter plot of runs");
    for (double tick : x.ticks()) {
      String at = Markup.coordinate(x(x, tick));
      page.empty(
          "line",
          "class",
          "grid",
          "x1",
          at,
          "x2",
          at,
          "y1",
          "" + TOP,
          "y2",
          "" + (HEIGHT - BOTTOM));
      page.words(x.label(tick), x(x, tick), HEIGHT - BOTTOM + 16, "middle");
    }
    for (double tick : y.ticks()) {
      String at = Markup.coordinate(y(y, tick));
      page.empty(
          "line", "class", "grid", "y1", at, "y2", at, "x1", "" + LEFT, "x2", "" + (WIDTH - RIGHT));
      page.words(y.label(tick), LEFT - 6, y(y, tick) + 4, "end");
    }
    page.words(SweepTables.name(across), WIDTH - RIGHT, HEIGHT - 8, "end");
    page.words(SweepTables.name(up), 4, 12, "start");
    for (boolean front : new boolean[] {false, true}) {
      for (SweptRun run : runs) {
        if (run.onFront() == front) {
          dot(page, run, x(x, run.values().get(across.key())), y(y, run.values().get(up.key())));
        }
      }
    }
    page.close();
    colours.legend(page);
    page.close().newLine();
  }

  private void dot(Markup page, SweptRun run, double x, double y) {
    page.open(
        "circle",
        "class",
        colours.style(run) + (run.onFront() ? " front" : ""),
        "cx",
        Markup.coordinate(x),
        "cy",
        Markup.coordinate(y),
        "r",
        run.onFront() ? "4.5" : "3.5");
    page.element("title", SweepResults.name(run.point(), run.seed())).close();
  }

  private static boolean has(SweptRun run, Column column) {
    Double value = run.values().get(column.key());
    return value != null && Double.isFinite(value);
  }

  private static Axis axis(List<SweptRun> runs, Column column) {
    double low = runs.stream().mapToDouble(r -> r.values().get(column.key())).min().orElseThrow();
    double high = runs.stream().mapToDouble(r -> r.values().get(column.key())).max().orElseThrow();
    double room = (high - low) * ROOM;
    return Axis.linear(low - room, high + room, 5);
  }

  private double x(Axis axis, double value) {
    return LEFT + oriented(axis, value, across) * (WIDTH - LEFT - RIGHT);
  }

  private double y(Axis axis, double value) {
    return HEIGHT - BOTTOM - oriented(axis, value, up) * (HEIGHT - BOTTOM - TOP);
  }

  private static double oriented(Axis axis, double value, Column column) {
    double at = axis.at(value);
    return column.direction() == Direction.HIGHER_IS_BETTER ? at : 1 - at;
  }
}
