package org.sparkmto.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Metrics;
import org.sparkmto.metric.Spread;

/**
 * A table per split for a paper, with the booktabs package: a row per run; the metrics of every
 * task if the runs have the same few tasks, the means, Delta_m and the median step time.
 */
final class LatexResults {
  private static final int TASKS_SHOWN = 4;

  /** Short enough for a column of numbers; a comment of the table says what it means. */
  private static final String UNDEFINED = "undef.";

  /** A group of columns with one heading over it. */
  private record Group(String name, List<Comparison.Column> columns) {}

  private LatexResults() {}

  static String of(List<Run> runs) {
    StringBuilder tex =
        new StringBuilder("% Written by spark-mto. Needs \\usepackage{booktabs}.\n");
    for (String split : Comparison.splits(runs)) {
      table(tex, runs, split);
    }
    if (Comparison.splits(runs).isEmpty()) {
      tex.append("% No run has been evaluated.\n");
    }
    return tex.toString();
  }

  private static void table(StringBuilder tex, List<Run> runs, String split) {
    List<SeedGroup> rows = SeedGroup.of(runs);
    List<Group> groups = groups(runs, split);
    int columns = groups.stream().mapToInt(group -> group.columns().size()).sum();
    tex.append("\n% Split: ").append(oneLine(split)).append('\n');
    if (SeedGroup.anySeveral(rows)) {
      tex.append("% Mean and standard deviation of runs that differ in their seed.\n");
    }
    for (String meaning : Comparison.meanings(runs, split)) {
      tex.append("% Delta_m: ").append(oneLine(meaning)).append('\n');
    }
    if (groups.stream()
        .flatMap(group -> group.columns().stream())
        .anyMatch(column -> rows.stream().anyMatch(column::isUndefined))) {
      tex.append("% ").append(UNDEFINED).append(": not defined on this split.\n");
    }
    tex.append("\\begin{tabular}{l").append("r".repeat(columns + 1)).append("}\n\\toprule\n");
    StringBuilder rules = new StringBuilder();
    int from = 2;
    for (Group group : groups) {
      int to = from + group.columns().size() - 1;
      tex.append(" & \\multicolumn{")
          .append(group.columns().size())
          .append("}{c}{")
          .append(escaped(group.name()))
          .append('}');
      rules.append("\\cmidrule(lr){").append(from).append('-').append(to).append('}');
      from = to + 1;
    }
    tex.append(" & \\\\\n").append(rules).append("\nMethod");
    for (Group group : groups) {
      for (Comparison.Column column : group.columns()) {
        tex.append(" & ").append(heading(column));
      }
    }
    tex.append(" & ms/step \\\\\n\\midrule\n");
    for (SeedGroup row : rows) {
      tex.append(escaped(row.name()));
      for (Group group : groups) {
        for (Comparison.Column column : group.columns()) {
          Spread value = column.of(row);
          boolean best = rows.size() > 1 && value.mean() == column.best(rows);
          String number = column.isUndefined(row) ? UNDEFINED : number(column, value);
          // Digits between dollars take no \\textbf.
          tex.append(" & ").append(best ? number.contains("$") ? "{\\boldmath" : "\\textbf{" : "");
          tex.append(number).append(best ? "}" : "");
        }
      }
      double millis = row.spread(run -> run.log().medianMillis()).mean();
      tex.append(" & ")
          .append(Double.isFinite(millis) ? String.format(Locale.ROOT, "%.1f", millis) : "--")
          .append(" \\\\\n");
    }
    tex.append("\\bottomrule\n\\end{tabular}\n");
  }

  private static List<Group> groups(List<Run> runs, String split) {
    List<Group> groups = new ArrayList<>();
    Set<List<String>> tasks = new LinkedHashSet<>();
    runs.forEach(run -> tasks.add(run.header().tasks()));
    List<String> shown = tasks.iterator().next();
    if (tasks.size() == 1 && shown.size() <= TASKS_SHOWN) {
      for (String task : shown) {
        List<Comparison.Column> columns = new ArrayList<>();
        for (String metric : metrics(runs, split, task)) {
          columns.add(
              new Comparison.Column(
                  metric,
                  Metrics.direction(metric),
                  run ->
                      Optional.ofNullable(run.results().get(split))
                          .map(result -> result.tasks().get(task))
                          .map(values -> values.get(metric)),
                  false));
        }
        if (!columns.isEmpty()) {
          groups.add(new Group(task, columns));
        }
      }
    }
    List<Comparison.Column> means = new ArrayList<>();
    List<Comparison.Column> deltas = new ArrayList<>();
    for (Comparison.Column column : Comparison.columns(runs, split)) {
      (column.percent() ? deltas : means).add(column);
    }
    if (!means.isEmpty()) {
      groups.add(new Group("Mean", means));
    }
    if (!deltas.isEmpty()) {
      groups.add(new Group("Δm (%)", deltas));
    }
    return groups;
  }

  /** The metrics that a task has in any of the runs. */
  private static Set<String> metrics(List<Run> runs, String split, String task) {
    Set<String> metrics = new LinkedHashSet<>();
    for (Run run : runs) {
      Optional.ofNullable(run.results().get(split))
          .map(result -> result.tasks().get(task))
          .ifPresent(values -> metrics.addAll(values.keySet()));
    }
    return metrics;
  }

  private static String heading(Comparison.Column column) {
    String arrow =
        column
            .better()
            .map(d -> d == Direction.HIGHER_IS_BETTER ? " $\\uparrow$" : " $\\downarrow$")
            .orElse("");
    return escaped(column.name().replace("Δm ", "")) + arrow;
  }

  private static String number(Comparison.Column column, Spread value) {
    if (!Double.isFinite(value.mean())) {
      return "--";
    }
    String form = column.percent() ? "%+.2f" : "%.4f";
    String mean = String.format(Locale.ROOT, form, value.mean());
    if (!Double.isFinite(value.deviation())) {
      return column.percent() ? "$" + mean + "$" : mean;
    }
    String deviation = String.format(Locale.ROOT, form.replace("+", ""), value.deviation());
    return "$" + mean + " \\pm " + deviation + "$";
  }

  static String oneLine(String text) {
    return text.replaceAll("\\R", " ");
  }

  static String escaped(String text) {
    StringBuilder tex = new StringBuilder();
    oneLine(text)
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\\' -> tex.append("\\textbackslash{}");
                case '~' -> tex.append("\\textasciitilde{}");
                case '^' -> tex.append("\\textasciicircum{}");
                case '<' -> tex.append("\\textless{}");
                case '>' -> tex.append("\\textgreater{}");
                case '|' -> tex.append("\\textbar{}");
                case 'Δ' -> tex.append("$\\Delta$");
                case '&', '%', '$', '#', '_', '{', '}' -> tex.append('\\').appendCodePoint(c);
                default -> tex.appendCodePoint(c);
              }
            });
    return tex.toString();
  }
}
