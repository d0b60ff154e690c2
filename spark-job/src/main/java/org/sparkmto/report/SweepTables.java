package org.sparkmto.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.sparkmto.metric.Spread;
import org.sparkmto.report.MarkedTable.Cell;
import org.sparkmto.report.MarkedTable.Mark;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.runlog.SweepResults.Baseline;
import org.sparkmto.runlog.SweepResults.Check;
import org.sparkmto.runlog.SweepResults.Column;
import org.sparkmto.runlog.SweepResults.Difference;
import org.sparkmto.runlog.SweepResults.Front;
import org.sparkmto.runlog.SweepResults.Row;
import org.sparkmto.runlog.SweepResults.TradeOff;

/** The tables of a sweep. */
final class SweepTables {
  /** With more tasks than this, a table shows means over the tasks only. */
  static final int TASKS_SHOWN = 4;

  /** Up to this many of them have a table of their own, of as many rows as columns. */
  private static final int TASKS_LISTED = 16;

  private static final int ROWS_ACROSS = 8;

  private static final String METHOD = "method";

  /** More methods than this are lines of a table of Pareto fronts, and no columns. */
  private static final int METHODS_ACROSS = 12;

  private static final double SIGNIFICANT = 0.05;
  private static final double VERY_SIGNIFICANT = 0.01;

  private final SweepResults results;

  SweepTables(SweepResults results) {
    this.results = results;
  }

  /** Those that there is something to say in. */
  List<MarkedTable> all() {
    List<MarkedTable> tables = new ArrayList<>(List.of(rows()));
    List<Column> single = singleTasks();
    if (!single.isEmpty() && results.rows().size() <= ROWS_ACROSS) {
      tables.add(byTask(single));
    }
    if (!results.fronts().isEmpty()) {
      tables.add(fronts());
    }
    if (!results.tradeOffs().isEmpty()) {
      tables.add(tradeOffs());
    }
    if (!results.baselines().isEmpty()) {
      tables.add(baselines());
    }
    if (!results.checks().isEmpty()) {
      tables.add(checks());
    }
    return tables;
  }

  /** The columns that a table has room for: what counts, and single tasks if they are few. */
  List<Column> shown() {
    Set<String> tasks = new LinkedHashSet<>();
    results.columns().forEach(column -> tasks.add(column.task()));
    tasks.remove("");
    boolean few = tasks.size() <= TASKS_SHOWN;
    return results.columns().stream()
        .filter(Column::counted)
        .filter(column -> few || !column.scope().equals(SweepResults.OF_TASK))
        .toList();
  }

  /** A column as people call it. */
  static String name(Column column) {
    return switch (column.scope()) {
      case SweepResults.OF_DELTA -> "Δm " + column.figure() + " %";
      case SweepResults.OF_RANK -> "mean rank";
      case SweepResults.OF_MEAN -> "mean " + column.figure();
      default -> column.task() + " " + column.figure();
    };
  }

  private MarkedTable rows() {
    List<Column> columns = shown();
    List<String> heads = new ArrayList<>(results.axes());
    columns.forEach(column -> heads.add(MarkedTable.head(name(column), column.direction())));
    List<List<Cell>> lines = new ArrayList<>();
    for (Row row : results.rows()) {
      List<Cell> line = new ArrayList<>();
      for (String axis : results.axes()) {
        line.add(Cell.words(row.point().getOrDefault(axis, NumberText.NONE)));
      }
      columns.forEach(column -> line.add(cell(row, column)));
      lines.add(line);
    }
    return new MarkedTable(
        "Results on " + results.split(), legend(), heads, results.axes().size(), lines);
  }

  /** What counts of single tasks, if these are too many for columns and not for rows. */
  private List<Column> singleTasks() {
    List<Column> single =
        results.columns().stream()
            .filter(column -> column.counted() && column.scope().equals(SweepResults.OF_TASK))
            .toList();
    long tasks = single.stream().map(Column::task).distinct().count();
    return tasks > TASKS_SHOWN && tasks <= TASKS_LISTED ? single : List.of();
  }

  private MarkedTable byTask(List<Column> single) {
    List<String> heads = new ArrayList<>(List.of("task"));
    results.rows().forEach(row -> heads.add(String.join(", ", row.point().values())));
    List<List<Cell>> lines = new ArrayList<>();
    for (Column column : single) {
      List<Cell> line =
          new ArrayList<>(List.of(Cell.words(MarkedTable.head(name(column), column.direction()))));
      results.rows().forEach(row -> line.add(cell(row, column)));
      lines.add(line);
    }
    return new MarkedTable("Task by task", legend(), heads, 1, lines);
  }

  private String legend() {
    boolean seeds = results.rows().stream().anyMatch(row -> row.seeds().size() > 1);
    boolean tests = results.rows().stream().anyMatch(row -> !row.differences().isEmpty());
    return (results.chosen().isEmpty() ? "" : "Chosen by " + results.chosen() + ". ")
        + "Bold: best, underlined: second."
        + (seeds ? " ±: standard deviation over the seeds." : "")
        + (tests
            ? " * and **: differs from the best by Student's paired t-test, p < 0.05 and p < 0.01."
            : "")
        + (results.meaning().isEmpty() ? "" : " Δm: " + results.meaning() + ".");
  }

  private Cell cell(Row row, Column column) {
    Spread value = row.value(column);
    boolean delta = column.scope().equals(SweepResults.OF_DELTA);
    String text =
        delta
            ? NumberText.percent(value.mean())
            : column.scope().equals(SweepResults.OF_RANK)
                ? NumberText.fixed(value.mean(), 2)
                : NumberText.metric(value.mean());
    String deviation =
        delta ? NumberText.fixed(value.deviation(), 2) : NumberText.metric(value.deviation());
    return new Cell(
        delta ? text.replace(" %", "") : text,
        NumberText.deviation(deviation),
        stars(row.differences().get(column.key())),
        mark(value.mean(), column),
        value.mean());
  }

  private static String stars(Difference difference) {
    if (difference == null || !(difference.student() < SIGNIFICANT)) {
      return "";
    }
    return difference.student() < VERY_SIGNIFICANT ? "**" : "*";
  }

  private Mark mark(double mean, Column column) {
    if (Double.isNaN(mean) || results.rows().size() < 2) {
      return Mark.NONE;
    }
    Set<Double> better = new LinkedHashSet<>();
    for (Row row : results.rows()) {
      double other = row.value(column).mean();
      if (!Double.isNaN(other) && column.direction().better(other, mean)) {
        better.add(other);
      }
    }
    return better.isEmpty() ? Mark.BEST : better.size() == 1 ? Mark.SECOND : Mark.NONE;
  }

  /**
   * A column for each method, as in the papers, unless they are too many: then a line. A cell is
   * the full front and, in brackets, the other.
   */
  private MarkedTable fronts() {
    boolean many =
        results.fronts().stream().map(front -> front.point().get(METHOD)).distinct().count()
            > METHODS_ACROSS;
    Set<String> methods = new LinkedHashSet<>();
    Map<Map<String, String>, Map<String, Front>> lines = new LinkedHashMap<>();
    for (Front front : results.fronts()) {
      String method = many ? "" : front.point().getOrDefault(METHOD, "");
      methods.add(method);
      Map<String, String> rest = new LinkedHashMap<>(front.point());
      if (!many) {
        rest.remove(METHOD);
      }
      lines.computeIfAbsent(rest, point -> new LinkedHashMap<>()).put(method, front);
    }
    List<String> axes = new ArrayList<>(lines.keySet().iterator().next().keySet());
    List<String> heads = new ArrayList<>(axes);
    methods.remove("");
    heads.addAll(methods);
    heads.addAll(List.of("on the front", "not dominated by another optimizer", "of"));
    List<List<Cell>> rows = new ArrayList<>();
    lines.forEach(
        (point, fronts) -> {
          List<Cell> row = new ArrayList<>();
          axes.forEach(axis -> row.add(Cell.words(point.get(axis))));
          for (String method : methods) {
            Front front = fronts.get(method);
            row.add(front == null ? Cell.words(NumberText.NONE) : Cell.count(front.full()));
          }
          int others = fronts.values().stream().mapToInt(Front::againstOthers).sum();
          row.add(Cell.count(fronts.values().stream().mapToInt(Front::full).sum()));
          row.add(others < 0 ? Cell.words(NumberText.NONE) : Cell.count(others));
          row.add(Cell.count(fronts.values().stream().mapToInt(Front::runs).sum()));
          rows.add(row);
        });
    return new MarkedTable(
        "Pareto-optimal runs",
        "Runs that no other run of the same network and variant dominates, by every figure that"
            + " counts, at every rate and seed.",
        heads,
        axes.size(),
        rows);
  }

  private MarkedTable tradeOffs() {
    List<String> axes = List.copyOf(results.tradeOffs().get(0).point().keySet());
    List<String> heads = new ArrayList<>(axes);
    heads.addAll(List.of("preferences", "hypervolume ↑", "obeyed ↑"));
    List<List<Cell>> rows = new ArrayList<>();
    for (TradeOff off : results.tradeOffs()) {
      List<Cell> row = new ArrayList<>();
      axes.forEach(axis -> row.add(Cell.words(off.point().get(axis))));
      row.add(Cell.count(off.preferences()));
      for (double value : new double[] {off.hypervolume(), off.obeyed()}) {
        row.add(new Cell(NumberText.fixed(value, 3), "", "", Mark.NONE, value));
      }
      rows.add(row);
    }
    return new MarkedTable(
        "Trade-off between tasks",
        "Over the preferences of each method. Hypervolume: the share of the box from the best to"
            + " the worst figure of all rows that they dominate together. Obeyed: of pairs of"
            + " preferences, task by task, the share in which the one that wishes for more of the"
            + " task has the better figure; one half is chance.",
        heads,
        axes.size(),
        rows);
  }

  private MarkedTable baselines() {
    Set<String> axes = new LinkedHashSet<>();
    Set<String> figures = new LinkedHashSet<>();
    for (Baseline baseline : results.baselines()) {
      axes.addAll(baseline.point().keySet());
      figures.addAll(baseline.values().keySet());
    }
    List<String> heads = new ArrayList<>(List.of("task"));
    heads.addAll(axes);
    heads.addAll(figures);
    List<List<Cell>> rows = new ArrayList<>();
    for (Baseline baseline : results.baselines()) {
      List<Cell> row = new ArrayList<>(List.of(Cell.words(baseline.task())));
      axes.forEach(
          axis -> row.add(Cell.words(baseline.point().getOrDefault(axis, NumberText.NONE))));
      for (String figure : figures) {
        double value = baseline.values().getOrDefault(figure, Double.NaN);
        row.add(new Cell(NumberText.metric(value), "", "", Mark.NONE, value));
      }
      rows.add(row);
    }
    return new MarkedTable(
        "Single-task networks",
        "What Δm compares with: networks that were given, or else the best on the validation split,"
            + " means over the seeds.",
        heads,
        1 + axes.size(),
        rows);
  }

  private MarkedTable checks() {
    Set<String> axes = new LinkedHashSet<>();
    results.checks().forEach(check -> axes.addAll(check.point().keySet()));
    List<String> heads = new ArrayList<>(axes);
    heads.addAll(List.of("resumed", "outcome", "1 and 2 ranks apart"));
    List<List<Cell>> rows = new ArrayList<>();
    for (Check check : results.checks()) {
      List<Cell> row = new ArrayList<>();
      axes.forEach(axis -> row.add(Cell.words(check.point().get(axis))));
      boolean made = check.failure().isEmpty();
      row.add(
          Cell.words(
              !made ? NumberText.NONE : check.resumesExactly() ? "same bits" : "OTHER BITS"));
      row.add(Cell.words(check.holds() ? "ok" : made ? "NOT EXACT" : check.failure()));
      double apart = check.ranksApart();
      String text = made ? String.format(Locale.ROOT, "%.1e", apart) : NumberText.NONE;
      row.add(new Cell(text, "", "", Mark.NONE, apart));
      rows.add(row);
    }
    return new MarkedTable(
        "Exactness",
        "Relative difference of the parameters of short runs with one and with two ranks, below"
            + " 1e-4; and whether a run that was interrupted ends in the bits of one that was not.",
        heads,
        axes.size() + 2,
        rows);
  }
}
