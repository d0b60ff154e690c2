package org.sparkmto.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkmto.report.MarkedTable.Cell;
import org.sparkmto.report.MarkedTable.Mark;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.runlog.SweepResults.Column;
import org.sparkmto.runlog.SweepResults.Row;

/** The page of a sweep: tables, Pareto plots, parallel coordinates. */
final class SweepPage {
  private final SweepResults results;
  private final SweepTables tables;
  private final Map<String, Double> times;
  private final List<LearningCurve> learning;

  SweepPage(
      SweepResults results,
      SweepTables tables,
      Map<String, Double> times,
      List<LearningCurve> learning) {
    this.results = results;
    this.tables = tables;
    this.times = times;
    this.learning = learning;
  }

  String markup() throws IOException {
    Markup page = ReportPage.begin(SweepReport.title(results));
    page.open("section", "class", "comparison").open("header");
    page.element("p", "Multi-task training", "class", "eyebrow");
    page.element("h1", SweepReport.title(results));
    page.element("p", lead(), "class", "lead");
    page.close();
    List<String> notes = new ArrayList<>(SweepReport.failures(results));
    notes.addAll(SweepReport.remarks(results));
    if (!notes.isEmpty()) {
      page.open("ul", "class", "notes", "role", "note");
      notes.forEach(line -> page.element("li", line));
      page.close();
    }
    List<MarkedTable> all = tables.all();
    all.get(0).draw(page);
    page.open("div", "class", "grid");
    learning(page);
    RunColours colours = new RunColours(results);
    for (Column[] pair : pairs()) {
      new ParetoPlot(results, colours, pair[0], pair[1]).draw(page);
    }
    new ParallelCoordinates(results, colours, parallel()).draw(page);
    page.close();
    all.subList(1, all.size()).forEach(table -> table.draw(page));
    if (!times.isEmpty()) {
      times().draw(page);
    }
    page.close().newLine();
    return ReportPage.end(
        page,
        "Written by spark-mto from the files of the sweep. The same numbers: ",
        List.of(SweepReport.MARKDOWN, Report.CSV, Report.LATEX, Report.JSON));
  }

  /** Mean over the seeds, and the range of these as a band. */
  private void learning(Markup page) {
    Map<String, List<Curve>> rows = new LinkedHashMap<>();
    for (LearningCurve one : learning) {
      rows.computeIfAbsent(one.of(), name -> new ArrayList<>()).add(one.curve());
    }
    Plot plot = new Plot("While learning").fromZero();
    int colour = 0;
    for (Map.Entry<String, List<Curve>> row : rows.entrySet()) {
      SeedCurves curves = SeedCurves.of(row.getValue());
      Plot.Ink ink = Plot.Ink.colour(colour++);
      if (row.getValue().size() > 1) {
        plot.band(curves.least(), curves.greatest(), ink, "wide");
      }
      plot.dotted(row.getKey(), ink, curves.mean());
    }
    String column = SweepTables.name(results.columns().get(0));
    plot.caption("The " + column + "; bands from the lowest to the highest seed.").draw(page);
  }

  private String lead() {
    Set<Long> seeds = new LinkedHashSet<>();
    results.runs().forEach(run -> seeds.add(run.seed()));
    return "%d rows, each %s.%s"
        .formatted(
            results.rows().size(),
            seeds.size() == 1 ? "one seed" : "the mean over " + seeds.size() + " seeds",
            results.chosen().isEmpty()
                ? ""
                : " What is tuned was chosen by " + results.chosen() + ".");
  }

  /**
   * What two tasks are weighed against each other by: a figure that counts of each of up to three
   * tasks.
   */
  private List<Column[]> pairs() {
    Map<String, Column> ofTasks = new LinkedHashMap<>();
    for (Column column : results.columns()) {
      if (column.scope().equals(SweepResults.OF_TASK)) {
        ofTasks.merge(
            column.task(),
            column,
            (first, other) -> first.counted() || !other.counted() ? first : other);
      }
    }
    List<Column> first = List.copyOf(ofTasks.values());
    List<Column[]> pairs = new ArrayList<>();
    if (first.size() <= 3) {
      for (int i = 0; i < first.size(); i++) {
        for (int j = i + 1; j < first.size(); j++) {
          pairs.add(new Column[] {first.get(i), first.get(j)});
        }
      }
    }
    return pairs;
  }

  private List<Column> parallel() {
    List<Column> tasks =
        results.columns().stream()
            .filter(column -> column.scope().equals(SweepResults.OF_TASK) && column.counted())
            .toList();
    List<Column> delta =
        results.columns().stream()
            .filter(column -> column.scope().equals(SweepResults.OF_DELTA))
            .limit(1)
            .toList();
    List<Column> axes =
        new ArrayList<>(tasks.size() > ParallelCoordinates.MOST ? List.of() : tasks);
    if (axes.isEmpty()) {
      results.columns().stream()
          .filter(column -> column.scope().equals(SweepResults.OF_MEAN) && column.counted())
          .forEach(axes::add);
    }
    axes.addAll(delta);
    return axes;
  }

  private MarkedTable times() {
    List<String> heads = new ArrayList<>(results.axes());
    heads.addAll(List.of("median step", "× the first row's"));
    List<List<Cell>> rows = new ArrayList<>();
    for (Row row : results.rows()) {
      double millis = SweepReport.millis(row, times);
      double ratio = SweepReport.ofFirst(row, results, times);
      List<Cell> line = new ArrayList<>();
      results
          .axes()
          .forEach(axis -> line.add(Cell.words(row.point().getOrDefault(axis, NumberText.NONE))));
      line.add(new Cell(NumberText.millis(millis), "", "", Mark.NONE, millis));
      line.add(new Cell(NumberText.fixed(ratio, 2), "", "", Mark.NONE, ratio));
      rows.add(line);
    }
    return new MarkedTable(
        "Time of a step",
        "As the runs' logs have it, with whatever else the machine did; runs that were made at once"
            + " slow each other down.",
        heads,
        results.axes().size(),
        rows);
  }
}
