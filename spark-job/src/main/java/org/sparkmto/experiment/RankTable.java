package org.sparkmto.experiment;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Rows of a comparison of ranks as Markdown: first all methods together, then a line of each.
 *
 * @param rows of one comparison
 */
public record RankTable(List<RankRow> rows) {
  public RankTable {
    rows = List.copyOf(rows);
  }

  /** A number of a table; a dash where there is none. */
  static String number(OptionalDouble value) {
    return value.isEmpty() ? "-" : number(value.getAsDouble());
  }

  static String number(double value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, "%.1e", value);
  }

  /** Both tables. */
  public String toMarkdown() {
    return together() + "\n" + byMethod();
  }

  private Map<String, List<RankRow>> by(Function<RankRow, String> key) {
    return rows.stream()
        .collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
  }

  private static String where(RankRow row) {
    return row.setting().network() + " | " + row.setting().how();
  }

  private String together() {
    StringBuilder text =
        new StringBuilder(
            "| network | statistics | lines | apart: median | furthest | which is | rounding:"
                + " median | furthest |\n| --- | --- | ---: | ---: | ---: | --- | ---: | ---: |\n");
    Set<String> refusals = new LinkedHashSet<>();
    by(RankTable::where)
        .forEach(
            (where, all) -> {
              List<RankRow> ran = all.stream().filter(row -> row.refused().isEmpty()).toList();
              all.stream().map(RankRow::refused).filter(w -> !w.isEmpty()).forEach(refusals::add);
              text.append("| ").append(where).append(" | ");
              text.append(ran.isEmpty() ? "refused" : ran.size()).append(" | ");
              text.append(number(part(ran, RankRow::furthest, 0.5))).append(" | ");
              text.append(number(part(ran, RankRow::furthest, 1))).append(" | ");
              text.append(furthest(ran)).append(" | ");
              text.append(number(part(ran, RankRow::rounding, 0.5))).append(" | ");
              text.append(number(part(ran, RankRow::rounding, 1))).append(" |\n");
            });
    refusals.forEach(words -> text.append("\nRefused: ").append(words).append('\n'));
    return text.toString();
  }

  private static String furthest(Collection<RankRow> rows) {
    return rows.stream()
        .max(Comparator.comparingDouble(row -> row.furthest().orElse(0)))
        .map(row -> row.setting().what())
        .orElse("");
  }

  /** The number that a part of them does not exceed. */
  private static OptionalDouble part(
      List<RankRow> rows, Function<RankRow, OptionalDouble> what, double share) {
    double[] sorted =
        rows.stream()
            .map(what)
            .filter(OptionalDouble::isPresent)
            .mapToDouble(OptionalDouble::getAsDouble)
            .sorted()
            .toArray();
    return sorted.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(sorted[(int) (share * (sorted.length - 1))]);
  }

  private String byMethod() {
    List<String> columns =
        by(RankTable::where).entrySet().stream()
            .filter(column -> column.getValue().stream().anyMatch(row -> row.refused().isEmpty()))
            .map(Map.Entry::getKey)
            .toList();
    StringBuilder text = new StringBuilder("| method |");
    columns.forEach(column -> text.append(' ').append(column.replace(" | ", ": ")).append(" |"));
    text.append("\n| --- |").append(" ---: |".repeat(columns.size())).append('\n');
    by(row -> row.setting().what())
        .forEach(
            (method, own) -> {
              Map<String, RankRow> there =
                  own.stream().collect(Collectors.toMap(RankTable::where, row -> row));
              text.append("| ").append(method).append(" |");
              for (String column : columns) {
                text.append(' ').append(cell(there.get(column))).append(" |");
              }
              text.append('\n');
            });
    return text.toString();
  }

  private static String cell(RankRow row) {
    if (row == null) {
      return "-";
    }
    return row.refused().isEmpty() ? number(row.furthest()) : "refused";
  }
}
