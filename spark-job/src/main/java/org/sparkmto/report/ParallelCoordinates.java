package org.sparkmto.report;

import java.util.ArrayList;
import java.util.List;
import org.sparkmto.metric.Direction;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.runlog.SweepResults.Column;
import org.sparkmto.runlog.SweepResults.SweptRun;

/**
 * Every run of a sweep as a line through its figures, better up; those on the Pareto front are
 * strong (Elich et al., Examining Common Paradigms in Multi-Task Learning, Fig. 2 and A4).
 */
final class ParallelCoordinates {
  /** The most axes that can be read. */
  static final int MOST = 12;

  private static final int WIDTH = 960;
  private static final int HEIGHT = 300;
  private static final int SIDE = 70;
  private static final int TOP = 46;
  private static final int BOTTOM = 24;

  private final SweepResults results;
  private final RunColours colours;
  private final List<Column> columns;

  ParallelCoordinates(SweepResults results, RunColours colours, List<Column> columns) {
    this.results = results;
    this.colours = colours;
    this.columns = columns;
  }

  void draw(Markup page) {
    List<SweptRun> runs =
        results.runs().stream()
            .filter(run -> columns.stream().allMatch(column -> Double.isFinite(value(run, column))))
            .toList();
    if (runs.size() < 2 || columns.size() < 2) {
      return;
    }
    page.open("figure", "class", "card wide");
    page.open("figcaption")
        .element("h3", "All runs by all figures")
        .element("p", "A line is a run, better is up; strong lines are runs on the Pareto front.")
        .close();
    page.drawing("parallel", WIDTH, HEIGHT, "Parallel coordinates of runs");
    List<double[]> ranges = new ArrayList<>();
    for (int index = 0; index < columns.size(); index++) {
      Column column = columns.get(index);
      double low = runs.stream().mapToDouble(run -> value(run, column)).min().orElseThrow();
      double high = runs.stream().mapToDouble(run -> value(run, column)).max().orElseThrow();
      ranges.add(new double[] {low, high});
      axis(page, index, column, low, high);
    }
    for (boolean front : new boolean[] {false, true}) {
      for (SweptRun run : runs) {
        if (run.onFront() == front) {
          line(page, run, ranges);
        }
      }
    }
    page.close();
    colours.legend(page);
    page.close().newLine();
  }

  private static double value(SweptRun run, Column column) {
    return run.values().getOrDefault(column.key(), Double.NaN);
  }

  private double x(int index) {
    return SIDE + index * (WIDTH - 2.0 * SIDE) / (columns.size() - 1);
  }

  private void axis(Markup page, int index, Column column, double low, double high) {
    String x = Markup.coordinate(x(index));
    page.empty(
        "line", "class", "grid", "x1", x, "x2", x, "y1", "" + TOP, "y2", "" + (HEIGHT - BOTTOM));
    boolean higher = column.direction() == Direction.HIGHER_IS_BETTER;
    // Two lines, so that neighbours do not run into each other.
    boolean ofTask = column.scope().equals(SweepResults.OF_TASK);
    page.words(ofTask ? column.task() : "", x(index), 12, "middle");
    page.words(ofTask ? column.figure() : SweepTables.name(column), x(index), 26, "middle");
    String up = NumberText.significant(higher ? high : low, 4);
    String down = NumberText.significant(higher ? low : high, 4);
    page.words(up, x(index), 40, "middle", "class", "value");
    page.words(down, x(index), HEIGHT - 8, "middle", "class", "value");
  }

  private void line(Markup page, SweptRun run, List<double[]> ranges) {
    StringBuilder path = new StringBuilder();
    for (int index = 0; index < columns.size(); index++) {
      double[] range = ranges.get(index);
      double share =
          range[1] > range[0]
              ? (value(run, columns.get(index)) - range[0]) / (range[1] - range[0])
              : 0.5;
      boolean higher = columns.get(index).direction() == Direction.HIGHER_IS_BETTER;
      double y = TOP + (higher ? 1 - share : share) * (HEIGHT - TOP - BOTTOM);
      path.append(index == 0 ? 'M' : 'L')
          .append(Markup.coordinate(x(index)))
          .append(' ')
          .append(Markup.coordinate(y));
    }
    page.open(
        "path",
        "class",
        colours.style(run) + (run.onFront() ? " front" : ""),
        "d",
        path.toString());
    page.element("title", SweepResults.name(run.point(), run.seed())).close();
  }
}
