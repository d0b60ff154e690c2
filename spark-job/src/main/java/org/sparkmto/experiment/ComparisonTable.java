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
import org.sparkmto.json.Json;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.training.ModelEvaluation;

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
   * @param outcome absent if training or evaluation failed
   * @param check absent if it was not asked for, or failed
   * @param failure why it has no outcome, or what its check found
   */
  public record Row(
      NamedOptions method,
      String level,
      Optional<Outcome> outcome,
      Optional<Check> check,
      Optional<String> failure) {}

  /** The methods that failed, or whose check did. */
  public List<String> failures() {
    return rows.stream()
        .filter(row -> row.failure().isPresent())
        .map(row -> row.method().toString())
        .toList();
  }

  /** The median time of a step relative to that of equal weights; NaN if these are not there. */
  private double toEqualWeights(double millis) {
    return rows.stream()
        .filter(row -> row.method().toString().equals(REFERENCE))
        .flatMap(row -> row.outcome().stream())
        .mapToDouble(outcome -> millis / outcome.millis())
        .findFirst()
        .orElse(Double.NaN);
  }

  private Set<String> metrics() {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(row -> row.outcome().ifPresent(outcome -> names.addAll(outcome.mean().keySet())));
    return names;
  }

  private List<String> header() {
    List<String> header = new ArrayList<>(List.of("method", "level"));
    header.addAll(metrics());
    header.addAll(
        List.of(
            "delta_m % task-weighted",
            "delta_m % metric-weighted",
            "ms/step",
            "x ew",
            "steps",
            "fallbacks",
            "under chance",
            "1 vs 2 ranks",
            "resume",
            "outcome"));
    return header;
  }

  private List<String> cells(Row row) {
    List<String> cells = new ArrayList<>(List.of(row.method().toString(), row.level()));
    Optional<Outcome> outcome = row.outcome();
    for (String metric : metrics()) {
      cells.add(number("%.4f", outcome.map(o -> o.mean().getOrDefault(metric, Double.NaN))));
    }
    cells.add(number("%+.2f", delta(row).map(RelativePerformance::taskWeighted)));
    cells.add(number("%+.2f", delta(row).map(RelativePerformance::metricWeighted)));
    cells.add(number("%.1f", outcome.map(Outcome::millis)));
    cells.add(number("%.2f", outcome.map(o -> toEqualWeights(o.millis()))));
    cells.add(outcome.map(o -> Long.toString(o.steps())).orElse(""));
    cells.add(outcome.map(o -> Long.toString(o.fallbacks())).orElse(""));
    cells.add(outcome.map(o -> Integer.toString(o.underChance().size())).orElse(""));
    cells.add(number("%.1e", row.check().map(Check::ranksApart)));
    cells.add(
        row.check().map(check -> check.resumesExactly() ? "same bits" : "DIFFERS").orElse(""));
    cells.add(row.failure().orElse("ok"));
    return cells;
  }

  private String deltaLegend() {
    List<String> meanings =
        rows.stream()
            .flatMap(row -> delta(row).stream())
            .map(RelativePerformance::meaning)
            .distinct()
            .toList();
    return meanings.isEmpty()
        ? ""
        : "delta_m, against single-task networks: " + String.join("; or: ", meanings) + ". ";
  }

  private static Optional<RelativePerformance> delta(Row row) {
    return row.outcome().flatMap(Outcome::delta);
  }

  private static String number(String form, Optional<Double> value) {
    return value.filter(Double::isFinite).map(v -> String.format(Locale.ROOT, form, v)).orElse("");
  }

  /** As a Markdown table with its legend; columns that nothing stands in are left out. */
  public String toMarkdown() {
    List<String> header = header();
    List<List<String>> body = rows.stream().map(this::cells).toList();
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
            + " below 1 / classes.\n");
    for (Row row : rows) {
      row.outcome()
          .flatMap(Outcome::fallbackReason)
          .ifPresent(
              reason ->
                  text.append("\n" + row.method() + " fell back, first because: " + reason + "\n"));
      row.outcome()
          .map(Outcome::underChance)
          .filter(tasks -> !tasks.isEmpty())
          .ifPresent(
              tasks ->
                  text.append(
                      "\n"
                          + row.method()
                          + " is under chance on "
                          + String.join(", ", tasks)
                          + "\n"));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append("|");
    cells.forEach(cell -> text.append(" " + cell.replace("|", "\\|") + " |"));
    text.append('\n');
  }

  /** As CSV after RFC 4180, all columns. */
  public String toCsv() {
    StringBuilder csv = new StringBuilder();
    csv(csv, header());
    rows.forEach(row -> csv(csv, cells(row)));
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

  /** As JSON with full precision; what is unknown or not finite is absent. */
  public String toJson() {
    ObjectNode json = Json.object();
    ObjectNode where = json.putObject("environment");
    environment.forEach(where::put);
    ArrayNode array = json.putArray("rows");
    for (Row row : rows) {
      ObjectNode node =
          array.addObject().put("method", row.method().toString()).put("level", row.level());
      row.outcome()
          .ifPresent(
              outcome -> {
                ObjectNode mean = node.putObject("mean");
                outcome.mean().forEach((metric, value) -> put(mean, metric, value));
                outcome
                    .delta()
                    .ifPresent(delta -> ModelEvaluation.written(delta, "").putInto(node));
                put(node, "millisPerStep", outcome.millis());
                put(node, "ratioToEqualWeights", toEqualWeights(outcome.millis()));
                node.put("steps", outcome.steps()).put("fallbacks", outcome.fallbacks());
                outcome.fallbackReason().ifPresent(why -> node.put("fallbackReason", why));
                outcome.underChance().forEach(node.putArray("underChance")::add);
              });
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

  private static void put(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    }
  }
}
