package org.sparkmto.experiment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.sparkmto.json.Json;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.Metrics;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.metric.Spread;
import org.sparkmto.runlog.Evaluation;

/**
 * What {@link MethodComparison} found.
 *
 * @param environment where and on what it was found
 * @param rows one per method, in the order in which they were asked for
 */
public record ComparisonTable(Map<String, String> environment, List<Row> rows) {
  /** Two ranks may differ from one by the rounding of sums in single precision, no more. */
  static final double SAME = 1e-4;

  private static final String REFERENCE = "ew";

  public ComparisonTable {
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    rows = List.copyOf(rows);
  }

  /**
   * The short runs that check a method.
   *
   * @param ranksApart relative difference of the parameters after training with 1 and with 2 ranks
   * @param resumesExactly whether a run with an interruption in the middle ends in the same bits
   */
  record Check(double ranksApart, boolean resumesExactly) {
    boolean holds() {
      return ranksApart < SAME && resumesExactly;
    }
  }

  /**
   * What training with one method came to.
   *
   * @param mean every metric on the split, averaged over the tasks
   * @param delta the comparison with single-task networks, if there are any
   * @param millis median time of a step
   * @param steps steps made
   * @param fallbacks steps that took equal weights because the method failed
   * @param fallbackReason why the first of them did
   * @param underChance tasks whose balanced accuracy is below that of a guess
   */
  record Outcome(
      Map<String, Double> mean,
      Optional<RelativePerformance> delta,
      double millis,
      long steps,
      long fallbacks,
      Optional<String> fallbackReason,
      List<String> underChance) {
    Outcome {
      mean = Collections.unmodifiableMap(new LinkedHashMap<>(mean));
      underChance = List.copyOf(underChance);
    }
  }

  /**
   * A method.
   *
   * @param method with the options it was asked for with
   * @param level where its gradients were compared; empty if it sees none
   * @param outcomes of its runs, which differ in their seed; none if the first one's training or
   *     evaluation failed, and fewer than the others have if a later one's did
   * @param check absent if it was not asked for, or failed
   * @param failure why it has no outcome, or what its check found
   */
  public record Row(
      NamedOptions method,
      String level,
      List<Outcome> outcomes,
      Optional<Check> check,
      Optional<String> failure) {
    public Row {
      outcomes = List.copyOf(outcomes);
    }

    private Spread spread(ToDoubleFunction<Outcome> value) {
      return Spread.of(outcomes.stream().mapToDouble(value).boxed().toList());
    }

    private double millis() {
      return spread(Outcome::millis).mean();
    }

    /** Over the runs; empty if one does not have it, NaN if one has it undefined. */
    Optional<Spread> mean(String metric) {
      return all(outcome -> Optional.ofNullable(outcome.mean().get(metric)));
    }

    Optional<Spread> delta(ToDoubleFunction<RelativePerformance> weighting) {
      return all(outcome -> outcome.delta().map(weighting::applyAsDouble));
    }

    private Optional<Spread> all(Function<Outcome, Optional<Double>> value) {
      List<Double> numbers = outcomes.stream().flatMap(one -> value.apply(one).stream()).toList();
      return numbers.isEmpty() || numbers.size() < outcomes.size()
          ? Optional.empty()
          : Optional.of(Spread.of(numbers));
    }

    private Optional<RelativePerformance> someDelta() {
      return outcomes.stream().flatMap(outcome -> outcome.delta().stream()).findFirst();
    }

    private Set<String> underChance() {
      Set<String> tasks = new LinkedHashSet<>();
      outcomes.forEach(outcome -> tasks.addAll(outcome.underChance()));
      return tasks;
    }

    private long fallbacks() {
      return outcomes.stream().mapToLong(Outcome::fallbacks).sum();
    }

    private Optional<String> fallbackReason() {
      return outcomes.stream().flatMap(outcome -> outcome.fallbackReason().stream()).findFirst();
    }
  }

  /** The methods that failed, or whose check did. */
  public List<String> failures() {
    return rows.stream()
        .filter(row -> row.failure().isPresent())
        .map(row -> row.method().toString())
        .toList();
  }

  /** The median time of a step relative to that of equal weights; NaN if these are not there. */
  private double toEqualWeights(Row of) {
    return rows.stream()
        .filter(row -> row.method().toString().equals(REFERENCE))
        .mapToDouble(row -> of.millis() / row.millis())
        .findFirst()
        .orElse(Double.NaN);
  }

  private Set<String> metrics() {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(row -> row.outcomes().forEach(outcome -> names.addAll(outcome.mean().keySet())));
    return names;
  }

  private List<ComparisonColumn> figures() {
    List<ComparisonColumn> figures = new ArrayList<>();
    for (String metric : metrics()) {
      figures.add(
          new ComparisonColumn(metric, "%.4f", row -> row.mean(metric), Metrics.direction(metric)));
    }
    Optional<Direction> better =
        rows.stream()
            .flatMap(row -> row.someDelta().stream())
            .findFirst()
            .map(delta -> delta.convention().direction());
    figures.add(
        new ComparisonColumn(
            "delta_m % task-weighted",
            "%+.2f", row -> row.delta(RelativePerformance::taskWeighted), better));
    figures.add(
        new ComparisonColumn(
            "delta_m % metric-weighted",
            "%+.2f", row -> row.delta(RelativePerformance::metricWeighted), better));
    return figures;
  }

  private boolean hasSeveralSeeds() {
    return rows.stream().anyMatch(row -> row.outcomes().size() > 1);
  }

  /** For people deviations stand beside their means, else in columns of their own. */
  private List<String> header(boolean forPeople) {
    List<String> header = new ArrayList<>(List.of("method", "level"));
    for (ComparisonColumn figure : figures()) {
      header.add(figure.name());
      if (!forPeople && hasSeveralSeeds()) {
        header.add(figure.name() + " deviation");
      }
    }
    header.addAll(
        List.of(
            "ms/step",
            "x ew",
            "steps",
            "fallbacks",
            "under chance",
            "1 vs 2 ranks",
            "resume",
            "outcome"));
    if (!forPeople) {
      header.add(Figure.UNDEFINED);
    }
    return header;
  }

  private List<String> cells(Row row, boolean forPeople) {
    List<String> cells = new ArrayList<>(List.of(row.method().toString(), row.level()));
    for (ComparisonColumn figure : figures()) {
      Spread value = figure.of(row);
      String mean =
          forPeople && figure.isUndefined(row)
              ? Figure.UNDEFINED
              : number(figure.form(), value.mean());
      String deviation = number(figure.form().replace("+", ""), value.deviation());
      if (forPeople) {
        String text = deviation.isEmpty() ? mean : mean + " ± " + deviation;
        cells.add(rows.size() > 1 && value.mean() == figure.best(rows) ? "**" + text + "**" : text);
      } else {
        cells.add(mean);
        if (hasSeveralSeeds()) {
          cells.add(deviation);
        }
      }
    }
    Optional<Outcome> first = row.outcomes().stream().findFirst();
    cells.add(number("%.1f", row.millis()));
    cells.add(number("%.2f", toEqualWeights(row)));
    cells.add(first.map(o -> Long.toString(o.steps())).orElse(""));
    cells.add(first.map(o -> Long.toString(row.fallbacks())).orElse(""));
    cells.add(first.map(o -> Integer.toString(row.underChance().size())).orElse(""));
    cells.add(row.check().map(check -> number("%.1e", check.ranksApart())).orElse(""));
    cells.add(
        row.check().map(check -> check.resumesExactly() ? "same bits" : "DIFFERS").orElse(""));
    cells.add(row.failure().orElse("ok"));
    if (!forPeople) {
      cells.add(
          figures().stream()
              .filter(figure -> figure.isUndefined(row))
              .map(ComparisonColumn::name)
              .collect(Collectors.joining("; ")));
    }
    return cells;
  }

  private String deltaLegend() {
    List<String> meanings =
        rows.stream()
            .flatMap(row -> row.someDelta().stream())
            .map(RelativePerformance::meaning)
            .distinct()
            .toList();
    return meanings.isEmpty()
        ? ""
        : "delta_m, against single-task networks: " + String.join("; or: ", meanings) + ". ";
  }

  private static String number(String form, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, form, value) : "";
  }

  /** As a Markdown table with its legend; columns that nothing stands in are left out. */
  public String toMarkdown() {
    List<String> header = header(true);
    List<List<String>> body = rows.stream().map(row -> cells(row, true)).toList();
    List<Integer> shown = new ArrayList<>();
    for (int column = 0; column < header.size(); column++) {
      int here = column;
      if (body.isEmpty() || body.stream().anyMatch(cells -> !cells.get(here).isEmpty())) {
        shown.add(column);
      }
    }
    StringBuilder text = new StringBuilder("# Methods compared\n\n");
    environment.forEach((name, value) -> text.append("* " + name + ": " + value + "\n"));
    text.append('\n');
    line(text, shown.stream().map(header::get).toList());
    line(text, shown.stream().map(column -> column < 2 ? "---" : "---:").toList());
    body.forEach(cells -> line(text, shown.stream().map(cells::get).toList()));
    text.append(
        "\n"
            + deltaLegend()
            + "x ew: median step time relative to equal weights; other work on the machine disturbs"
            + " it, and `bench step` measures methods in turns. fallbacks: steps that took equal"
            + " weights because the method failed. under chance: tasks whose balanced accuracy is"
            + " below 1 / classes."
            + (text.indexOf("| " + Figure.UNDEFINED) < 0
                ? ""
                : " undefined: the split has not what the figure needs.")
            + (rows.size() > 1 ? " Best figures are bold.\n" : "\n"));
    for (Row row : rows) {
      row.fallbackReason()
          .ifPresent(
              reason ->
                  text.append("\n" + row.method() + " fell back, first because: " + reason + "\n"));
      if (!row.underChance().isEmpty()) {
        text.append("\n" + row.method() + " is under chance on ")
            .append(String.join(", ", row.underChance()) + "\n");
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append("|");
    cells.forEach(cell -> text.append(" " + cell.replace("|", "\\|") + " |"));
    text.append('\n');
  }

  /** As CSV after RFC 4180, all columns; the last one names the figures that are undefined. */
  public String toCsv() {
    StringBuilder csv = new StringBuilder();
    csv(csv, header(false));
    rows.forEach(row -> csv(csv, cells(row, false)));
    return csv.toString();
  }

  private static void csv(StringBuilder csv, List<String> cells) {
    csv.append(
        String.join(
            ",",
            cells.stream()
                .map(
                    cell ->
                        cell.matches("(?s).*[\",\r\n].*")
                            ? "\"" + cell.replace("\"", "\"\"") + "\""
                            : cell)
                .toList()));
    csv.append("\r\n");
  }

  /** As JSON with full precision; what is unknown is absent, what is undefined null. */
  public String toJson() {
    ObjectNode json = Json.object();
    ObjectNode where = json.putObject("environment");
    environment.forEach(where::put);
    ArrayNode array = json.putArray("rows");
    for (Row row : rows) {
      ObjectNode node =
          array.addObject().put("method", row.method().toString()).put("level", row.level());
      if (!row.outcomes().isEmpty()) {
        outcomes(node, row);
      }
      row.check()
          .ifPresent(
              check -> {
                put(node, "ranksApart", check.ranksApart());
                node.put("resumesExactly", check.resumesExactly());
              });
      row.failure().ifPresent(why -> node.put("failure", why));
    }
    return Json.pretty(json);
  }

  private void outcomes(ObjectNode node, Row row) {
    ObjectNode mean = node.putObject("mean");
    for (String metric : metrics()) {
      row.mean(metric).ifPresent(spread -> Json.put(mean, metric, spread.mean()));
    }
    Spread none = new Spread(Double.NaN, Double.NaN);
    Spread byTask = row.delta(RelativePerformance::taskWeighted).orElse(none);
    Spread byMetric = row.delta(RelativePerformance::metricWeighted).orElse(none);
    row.someDelta()
        .ifPresent(
            one ->
                new Evaluation.Delta(
                        byTask.mean(), byMetric.mean(), one.convention().text(), one.counted(), "")
                    .putInto(node));
    if (row.outcomes().size() > 1) {
      node.put("runs", row.outcomes().size());
      ObjectNode deviation = node.putObject("deviation");
      for (String metric : metrics()) {
        put(deviation, metric, row.mean(metric).orElse(none).deviation());
      }
      put(deviation, "delta task-weighted", byTask.deviation());
      put(deviation, "delta metric-weighted", byMetric.deviation());
    }
    put(node, "millisPerStep", row.millis());
    put(node, "ratioToEqualWeights", toEqualWeights(row));
    node.put("steps", row.outcomes().get(0).steps()).put("fallbacks", row.fallbacks());
    row.fallbackReason().ifPresent(why -> node.put("fallbackReason", why));
    row.underChance().forEach(node.putArray("underChance")::add);
  }

  private static void put(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    }
  }
}
