package org.sparkmto.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.sparkmto.metric.Figure;
import org.sparkmto.runlog.Evaluation;

/** The last metrics of a run, task by task, a group of columns per split. */
final class ResultTable {
  /** With more tasks than this, two tables stand side by side where there is room. */
  private static final int ONE_COLUMN = 16;

  private ResultTable() {}

  static void draw(Markup page, Run run) {
    if (run.results().isEmpty()) {
      page.open("div", "class", "card").element("h3", "Results");
      page.element("p", "This run has not been evaluated.").close();
      return;
    }
    Set<String> tasks = new LinkedHashSet<>(run.header().tasks());
    run.results().values().forEach(result -> tasks.addAll(result.tasks().keySet()));
    List<String> rows = new ArrayList<>(tasks);
    page.open("div", "class", "card wide").element("h3", "Results");
    page.open("ul", "class", "sources");
    for (Evaluation result : run.results().values()) {
      page.open("li").element("b", result.split()).text(": " + run.source(result));
      result
          .delta()
          .ifPresent(
              delta -> {
                page.text(". Δm task-weighted ");
                number(page, "b", delta.taskWeighted(), NumberText.percent(delta.taskWeighted()));
                page.text(", metric-weighted ");
                number(
                    page, "b", delta.metricWeighted(), NumberText.percent(delta.metricWeighted()));
                page.text(" (" + Comparison.meaning(delta) + ")");
                if (!delta.baseline().isEmpty()) {
                  page.text(", baseline ").element("code", delta.baseline());
                }
              });
      page.text(".").close();
    }
    page.close();
    boolean two = rows.size() > ONE_COLUMN;
    int half = two ? (rows.size() + 1) / 2 : rows.size();
    page.open("div", "class", two ? "halves" : "scroll");
    table(page, run, rows.subList(0, half), true);
    if (two) {
      table(page, run, rows.subList(half, rows.size()), false);
    }
    page.close().close().newLine();
  }

  private static void table(Markup page, Run run, List<String> rows, boolean mean) {
    page.open("div", "class", "scroll").open("table", "class", "results");
    page.open("thead").open("tr").element("th", "Task", "rowspan", "2");
    for (Evaluation result : run.results().values()) {
      page.element(
          "th",
          result.split(),
          "class",
          "group",
          "colspan",
          Integer.toString(Math.max(1, result.metrics().size())));
    }
    page.close().open("tr");
    for (Evaluation result : run.results().values()) {
      result.metrics().forEach(metric -> page.element("th", metric, "class", "n"));
    }
    page.close().close().open("tbody");
    boolean shared =
        run.results().values().stream()
            .anyMatch(
                result -> result.metrics().stream().anyMatch(m -> result.onlyTask(m).isEmpty()));
    if (mean && rows.size() > 1 && shared) {
      page.open("tr", "class", "mean").element("th", "mean", "scope", "row");
      for (Evaluation result : run.results().values()) {
        result.metrics().forEach(metric -> cell(page, result.mean(), metric));
      }
      page.close();
    }
    for (String task : rows) {
      page.open("tr").element("th", task, "scope", "row");
      for (Evaluation result : run.results().values()) {
        Map<String, Double> values = result.tasks().getOrDefault(task, Map.of());
        result.metrics().forEach(metric -> cell(page, values, metric));
      }
      page.close();
    }
    page.close().close().close();
  }

  /** A number with a bar behind it where the metric is a share. */
  private static void cell(Markup page, Map<String, Double> values, String metric) {
    double value = values.getOrDefault(metric, Double.NaN);
    boolean share = value >= 0 && value <= 1;
    page.open(
        "td",
        "class",
        share ? "n bar" : "n",
        "data-value",
        NumberText.exact(value),
        "style",
        share ? String.format(Locale.ROOT, "--v:%.3f", value) : null);
    page.text(text(values, metric)).close();
  }

  /** A metric as people read it, also where it is there but undefined. */
  static String text(Map<String, Double> values, String metric) {
    double value = values.getOrDefault(metric, Double.NaN);
    return values.containsKey(metric) && !Double.isFinite(value)
        ? Figure.UNDEFINED
        : NumberText.metric(value);
  }

  static void number(Markup page, String element, double value, String text) {
    page.element(element, text, "data-value", NumberText.exact(value));
  }
}
