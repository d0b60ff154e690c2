package org.sparkmto.experiment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.sparkmto.json.Json;
import org.sparkmto.metric.CorruptionRobustness;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.Spread;
import org.sparkmto.naming.Counted;
import org.sparkmto.preprocessing.corruption.CorruptionCondition;
import org.sparkmto.preprocessing.corruption.CorruptionFamily;
import org.sparkmto.report.Csv;
import org.sparkmto.report.MarkdownTable;
import org.sparkmto.report.ShadedPage;
import org.sparkmto.report.ShadedTable;

/**
 * What {@link Robustness} found.
 *
 * @param environment where and on what it was found
 * @param conditions under which networks were evaluated
 * @param rows one for each run, in the order in which they were asked for
 */
public record RobustnessTable(
    Map<String, String> environment, List<CorruptionCondition> conditions, List<Row> rows) {
  /** With more figures a page shows their mean alone. */
  private static final int MOST_PANELS = 12;

  private static final String MEAN = "mean";

  public RobustnessTable {
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    conditions = List.copyOf(conditions);
    rows = List.copyOf(rows);
  }

  /**
   * A run.
   *
   * @param run its directory
   * @param seeds what each of its seeds came to, by task and figure; one, if it has no others
   */
  record Row(String run, List<Map<String, Map<String, CorruptionRobustness>>> seeds) {
    Row {
      seeds = List.copyOf(seeds);
    }

    /** The same under some of the conditions. */
    Row of(List<Integer> some) {
      return new Row(
          run,
          seeds.stream()
              .map(
                  seed -> {
                    Map<String, Map<String, CorruptionRobustness>> tasks = new LinkedHashMap<>();
                    seed.forEach(
                        (task, figures) -> {
                          Map<String, CorruptionRobustness> fewer = new LinkedHashMap<>();
                          figures.forEach((figure, all) -> fewer.put(figure, all.of(some)));
                          tasks.put(task, fewer);
                        });
                    return tasks;
                  })
              .toList());
    }

    /** All figures of a seed, one after the other. */
    private static List<CorruptionRobustness> figures(
        Map<String, Map<String, CorruptionRobustness>> seed) {
      return seed.values().stream().flatMap(figures -> figures.values().stream()).toList();
    }

    /** Over the seeds, a number of a figure of a task; not there if the run has no such figure. */
    Spread figure(Cell cell, ToDoubleFunction<CorruptionRobustness> number) {
      return Spread.of(
          seeds.stream()
              .flatMap(seed -> seed.getOrDefault(cell.task(), Map.of()).entrySet().stream())
              .filter(entry -> entry.getKey().equals(cell.figure()))
              .map(entry -> number.applyAsDouble(entry.getValue()))
              .toList());
    }

    /** Over the seeds, the mean of a number over all figures of which it is defined. */
    Spread mean(ToDoubleFunction<CorruptionRobustness> number) {
      return Spread.of(
          seeds.stream()
              .map(
                  seed ->
                      Spread.of(
                              figures(seed).stream()
                                  .map(number::applyAsDouble)
                                  .filter(value -> !value.isNaN())
                                  .toList())
                          .mean())
              .toList());
    }
  }

  /** A figure of a task. */
  record Cell(String task, String figure) {
    @Override
    public String toString() {
      return task + " " + figure;
    }
  }

  private boolean isCompared() {
    return rows.stream()
        .flatMap(row -> row.seeds().stream())
        .flatMap(seed -> Row.figures(seed).stream())
        .anyMatch(CorruptionRobustness::isCompared);
  }

  /** What is told: the figure of equation 26, or, without a baseline, what is lost or gained. */
  private ToDoubleFunction<CorruptionRobustness> told() {
    return isCompared() ? CorruptionRobustness::value : figure -> Spread.of(figure.gains()).mean();
  }

  private String meaning() {
    String over = Counted.of(conditions.size(), "condition");
    return isCompared()
        ? "Relative performance under corruption, M corrupted / M clean, less that of the network"
            + " of the task alone, mean over "
            + over
            + "; above 0 the network bears corruption better (equation 26 of Common Paradigms)."
        : "What is gained under corruption, in parts of the figure on clean data, mean over "
            + over
            + "; below 0 corruption makes the network worse.";
  }

  private List<Cell> cells() {
    Set<Cell> cells = new LinkedHashSet<>();
    for (Row row : rows) {
      for (Map<String, Map<String, CorruptionRobustness>> seed : row.seeds()) {
        seed.forEach(
            (task, figures) ->
                figures.keySet().forEach(figure -> cells.add(new Cell(task, figure))));
      }
    }
    return List.copyOf(cells);
  }

  /** Places of the conditions of each corruption, by its name. */
  private Map<String, List<Integer>> corruptions() {
    Map<String, List<Integer>> corruptions = new LinkedHashMap<>();
    IntStream.range(0, conditions.size())
        .forEach(
            i ->
                corruptions
                    .computeIfAbsent(conditions.get(i).corruption(), name -> new ArrayList<>())
                    .add(i));
    return corruptions;
  }

  private Map<String, List<Integer>> families() {
    Map<String, List<Integer>> families = new LinkedHashMap<>();
    for (CorruptionFamily family : CorruptionFamily.values()) {
      List<Integer> places =
          IntStream.range(0, conditions.size())
              .filter(i -> conditions.get(i).family() == family)
              .boxed()
              .toList();
      if (!places.isEmpty()) {
        families.put(family.label(), places);
      }
    }
    return families;
  }

  /** For people: equation 26 by figure, family and corruption, and the figures themselves. */
  public String toMarkdown() {
    StringBuilder text = new StringBuilder("# Robustness to corruptions\n\n");
    environment.forEach((name, value) -> text.append("* " + name + ": " + value + "\n"));
    MarkdownTable byFigure = table("figure");
    for (Cell cell : cells()) {
      line(byFigure, cell.toString(), row -> signed(row.figure(cell, told())));
    }
    line(byFigure, "**" + MEAN + "**", row -> "**" + signed(row.mean(told())) + "**");
    MarkdownTable byCorruption = table("corruption");
    families()
        .forEach(
            (name, places) ->
                line(byCorruption, "**" + name + "**", row -> signed(row.of(places).mean(told()))));
    corruptions()
        .forEach(
            (name, places) -> line(byCorruption, name, row -> signed(row.of(places).mean(told()))));
    MarkdownTable figures = table("figure");
    for (Cell cell : cells()) {
      line(
          figures,
          cell.toString(),
          row ->
              plain(row.figure(cell, CorruptionRobustness::clean))
                  + ", "
                  + plain(row.figure(cell, CorruptionRobustness::mean)));
      if (isCompared()) {
        line(
            figures,
            cell + ", alone",
            row ->
                plain(row.figure(cell, CorruptionRobustness::baselineClean))
                    + ", "
                    + plain(row.figure(cell, CorruptionRobustness::baselineMean)));
      }
    }
    return text.append("\n" + meaning() + "\n\n" + byFigure)
        .append("\nThe mean over all figures, by family and by corruption:\n\n" + byCorruption)
        .append("\nOn clean data, and the mean under corruption:\n\n" + figures)
        .toString();
  }

  private MarkdownTable table(String first) {
    return MarkdownTable.ofNumbers(first, rows.stream().map(Row::run).toList());
  }

  private void line(MarkdownTable table, String name, Function<Row, String> cell) {
    List<String> cells = new ArrayList<>(List.of(name));
    rows.forEach(row -> cells.add(cell.apply(row)));
    table.line(cells);
  }

  private static String signed(Spread value) {
    return text("%+.4f", value);
  }

  private static String plain(Spread value) {
    return text("%.4f", value);
  }

  private static String text(String form, Spread value) {
    if (!Double.isFinite(value.mean())) {
      return Figure.UNDEFINED;
    }
    String mean = String.format(Locale.ROOT, form, value.mean());
    return Double.isNaN(value.deviation())
        ? mean
        : mean + String.format(Locale.ROOT, " ± %.4f", value.deviation());
  }

  /** One line for each run, seed, condition and figure. */
  public String toCsv() {
    StringBuilder text =
        new StringBuilder(
            "run,seed,corruption,family,severity,task,figure,better,clean,corrupted,alone clean,"
                + "alone corrupted,gain,robustness\n");
    for (Row row : rows) {
      for (int seed = 0; seed < row.seeds().size(); seed++) {
        for (Map.Entry<String, Map<String, CorruptionRobustness>> task :
            row.seeds().get(seed).entrySet()) {
          for (Map.Entry<String, CorruptionRobustness> figure : task.getValue().entrySet()) {
            for (int i = 0; i < conditions.size(); i++) {
              List<String> cells =
                  new ArrayList<>(
                      List.of(
                          Csv.quoted(row.run()),
                          Integer.toString(seed + 1),
                          conditions.get(i).corruption(),
                          conditions.get(i).family().label(),
                          Integer.toString(conditions.get(i).severity()),
                          Csv.quoted(task.getKey()),
                          figure.getKey()));
              cells.addAll(numbers(figure.getValue(), i));
              text.append(String.join(",", cells)).append('\n');
            }
          }
        }
      }
    }
    return text.toString();
  }

  private static List<String> numbers(CorruptionRobustness figure, int condition) {
    boolean compared = figure.isCompared();
    return List.of(
        figure.direction() == Direction.HIGHER_IS_BETTER ? "higher" : "lower",
        Csv.number(figure.clean()),
        Csv.number(figure.corrupted().get(condition)),
        Csv.number(figure.baselineClean()),
        compared ? Csv.number(figure.baselineCorrupted().get(condition)) : "",
        Csv.number(figure.gains().get(condition)),
        compared ? Csv.number(figure.values().get(condition)) : "");
  }

  /** Everything, for programs. */
  public String toJson() {
    ObjectNode root = Json.object();
    Json.putTexts(root, "environment", environment);
    root.put("meaning", meaning());
    Json.putTexts(root, "conditions", conditions.stream().map(CorruptionCondition::label).toList());
    ArrayNode runs = root.putArray("runs");
    for (Row row : rows) {
      ObjectNode run = runs.addObject();
      run.put("run", row.run());
      put(run, MEAN, row.mean(told()));
      ObjectNode families = run.putObject("families");
      families().forEach((name, places) -> put(families, name, row.of(places).mean(told())));
      ObjectNode corruptions = run.putObject("corruptions");
      corruptions().forEach((name, places) -> put(corruptions, name, row.of(places).mean(told())));
      ArrayNode seeds = run.putArray("seeds");
      for (Map<String, Map<String, CorruptionRobustness>> seed : row.seeds()) {
        ObjectNode tasks = seeds.addObject();
        seed.forEach(
            (task, figures) -> {
              ObjectNode byFigure = tasks.putObject(task);
              figures.forEach((figure, found) -> put(byFigure.putObject(figure), found));
            });
      }
    }
    return Json.pretty(root);
  }

  private static void put(ObjectNode node, String name, Spread spread) {
    ObjectNode object = node.putObject(name);
    Json.put(object, "mean", spread.mean());
    Json.put(object, "deviation", spread.deviation());
  }

  private static void put(ObjectNode node, CorruptionRobustness figure) {
    node.put("better", figure.direction() == Direction.HIGHER_IS_BETTER ? "higher" : "lower");
    Json.put(node, "clean", figure.clean());
    Json.put(node, "corrupted", figure.corrupted());
    Json.put(node, "relative", figure.relative());
    if (figure.isCompared()) {
      Json.put(node, "aloneClean", figure.baselineClean());
      Json.put(node, "aloneCorrupted", figure.baselineCorrupted());
      Json.put(node, "aloneRelative", figure.baselineRelative());
      Json.put(node, "robustness", figure.value());
    }
  }

  /**
   * A page with a shaded table for each run, and for each of its figures unless there are many:
   * corruptions downwards, severities to the right.
   *
   * @param files beside the page, with the same numbers
   */
  public String toPage(List<String> files) throws IOException {
    List<ShadedTable> tables = new ArrayList<>();
    for (Row row : rows) {
      tables.add(
          shaded(row.run() + ": mean over all figures", places -> row.of(places).mean(told())));
      if (cells().size() <= MOST_PANELS) {
        for (Cell cell : cells()) {
          tables.add(
              shaded(row.run() + ": " + cell, places -> row.of(places).figure(cell, told())));
        }
      }
    }
    return ShadedPage.of("Robustness to corruptions", meaning(), environment, tables, files);
  }

  private ShadedTable shaded(String title, Function<List<Integer>, Spread> value) {
    List<Integer> severities =
        conditions.stream().map(CorruptionCondition::severity).distinct().sorted().toList();
    Map<String, List<Integer>> corruptions = corruptions();
    List<List<Double>> values = new ArrayList<>();
    corruptions.forEach(
        (name, places) ->
            values.add(
                severities.stream()
                    .map(
                        severity ->
                            places.stream()
                                .filter(i -> conditions.get(i).severity() == severity)
                                .map(i -> value.apply(List.of(i)).mean())
                                .findFirst()
                                .orElse(Double.NaN))
                    .toList()));
    return new ShadedTable(
        title,
        List.copyOf(corruptions.keySet()),
        severities.stream().map(severity -> "severity " + severity).toList(),
        values);
  }
}
