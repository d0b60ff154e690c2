package org.sparkmto.experiment;

import java.util.ArrayList;
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
import org.sparkmto.report.MarkdownTable;

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

  /** A column of the second table. */
  private record Where(String network, String how) {
    static Where of(RankRow row) {
      return new Where(row.setting().network(), row.setting().how());
    }
  }

  private <K> Map<K, List<RankRow>> by(Function<RankRow, K> key) {
    return rows.stream()
        .collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
  }

  private String together() {
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "network",
                "statistics",
                "lines",
                "apart: median",
                "furthest",
                "rounding: median",
                "furthest",
                "furthest apart is"),
            2,
            7);
    Set<String> refusals = new LinkedHashSet<>();
    by(Where::of)
        .forEach(
            (where, all) -> {
              List<RankRow> ran = all.stream().filter(row -> row.refused().isEmpty()).toList();
              all.stream().map(RankRow::refused).filter(w -> !w.isEmpty()).forEach(refusals::add);
              table.line(
                  where.network(),
                  where.how(),
                  ran.isEmpty() ? "refused" : Integer.toString(ran.size()),
                  number(part(ran, RankRow::furthest, 0.5)),
                  number(part(ran, RankRow::furthest, 1)),
                  number(part(ran, RankRow::rounding, 0.5)),
                  number(part(ran, RankRow::rounding, 1)),
                  furthest(ran));
            });
    StringBuilder text = new StringBuilder(table.toString());
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
    List<Where> columns =
        by(Where::of).entrySet().stream()
            .filter(column -> column.getValue().stream().anyMatch(row -> row.refused().isEmpty()))
            .map(Map.Entry::getKey)
            .toList();
    MarkdownTable table =
        MarkdownTable.ofNumbers(
            "method",
            columns.stream().map(column -> column.network() + ": " + column.how()).toList());
    by(row -> row.setting().what())
        .forEach(
            (method, own) -> {
              Map<Where, RankRow> there =
                  own.stream().collect(Collectors.toMap(Where::of, row -> row));
              List<String> cells = new ArrayList<>(List.of(method));
              columns.forEach(column -> cells.add(cell(there.get(column))));
              table.line(cells);
            });
    return table.toString();
  }

  private static String cell(RankRow row) {
    if (row == null) {
      return "-";
    }
    return row.refused().isEmpty() ? number(row.furthest()) : "refused";
  }
}
