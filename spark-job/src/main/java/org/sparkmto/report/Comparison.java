package org.sparkmto.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.sparkmto.metric.CountedFigures;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.Metrics;
import org.sparkmto.metric.RelativePerformance.Convention;
import org.sparkmto.metric.Spread;
import org.sparkmto.naming.Counted;
import org.sparkmto.runlog.Evaluation;

/** Several runs side by side, those that differ in their seed alone as one. */
final class Comparison {

  /**
   * A number per run.
   *
   * @param better which way it gets better, empty if that is unknown or makes no difference
   * @param value empty of a run that does not have it, NaN of one for which it is undefined
   */
  record Column(
      String name,
      Optional<Direction> better,
      Function<Run, Optional<Double>> value,
      boolean percent) {

    Spread of(SeedGroup group) {
      return group.spread(run -> value.apply(run).orElse(Double.NaN));
    }

    /** Whether all runs have it, but one of them undefined. */
    boolean isUndefined(SeedGroup group) {
      return group.runs().stream().allMatch(run -> value.apply(run).isPresent())
          && !Double.isFinite(of(group).mean());
    }

    String text(SeedGroup group) {
      Spread number = of(group);
      if (isUndefined(group)) {
        return Figure.UNDEFINED;
      }
      return percent
          ? NumberText.percent(number.mean(), number.deviation())
          : NumberText.metric(number.mean())
              + NumberText.deviation(NumberText.metric(number.deviation()));
    }

    /** The best mean among the groups; NaN if no direction is known or no group has one. */
    double best(List<SeedGroup> groups) {
      double best = Double.NaN;
      if (better.isPresent()) {
        for (SeedGroup group : groups) {
          double number = of(group).mean();
          if (Double.isNaN(best) || better.get().better(number, best)) {
            best = number;
          }
        }
      }
      return best;
    }
  }

  private Comparison() {}

  static void draw(Markup page, List<Run> runs) {
    List<SeedGroup> groups = SeedGroup.of(runs);
    page.open("section", "class", "comparison").open("header");
    page.element("p", "Multi-task training", "class", "eyebrow");
    page.element("h1", SeedGroup.words(groups));
    Set<String> datasets = new LinkedHashSet<>();
    Set<List<String>> tasks = new LinkedHashSet<>();
    for (Run run : runs) {
      datasets.add(run.header().dataset());
      tasks.add(run.header().tasks());
    }
    datasets.remove("");
    if (datasets.size() == 1 && tasks.size() == 1) {
      int count = tasks.iterator().next().size();
      page.element(
          "p",
          "Data set " + datasets.iterator().next() + ", " + Counted.of(count, "task") + ".",
          "class",
          "lead");
    }
    page.close();
    if (datasets.size() > 1 || tasks.size() > 1) {
      page.open("ul", "class", "notes", "role", "note");
      page.element(
          "li",
          "The runs differ in "
              + (datasets.size() > 1 ? "data set" : "tasks")
              + ", so their means are not of the same thing.");
      page.close();
    }
    CautionBox.draw(page, runs);
    for (String split : splits(runs)) {
      table(page, runs, groups, split);
    }
    page.open("div", "class", "grid");
    overlays(page, runs, groups);
    page.close().close().newLine();
  }

  /** All splits with a result, test and val first. */
  static Set<String> splits(List<Run> runs) {
    Set<String> all = new TreeSet<>();
    runs.forEach(run -> all.addAll(run.results().keySet()));
    Set<String> ordered = new LinkedHashSet<>();
    for (String first : List.of("test", "val")) {
      if (all.contains(first)) {
        ordered.add(first);
      }
    }
    ordered.addAll(all);
    return ordered;
  }

  /** Mean metrics, and Delta_m where a run has it, of the runs on a split. */
  static List<Column> columns(List<Run> runs, String split) {
    Set<String> metrics = new LinkedHashSet<>();
    for (Run run : runs) {
      result(run, split).ifPresent(result -> metrics.addAll(result.mean().keySet()));
    }
    List<Column> columns = new ArrayList<>();
    for (String metric : metrics) {
      columns.add(
          new Column(
              metric,
              Metrics.direction(metric),
              run -> result(run, split).map(r -> r.mean().get(metric)),
              false));
    }
    Set<String> meanings = meanings(runs, split);
    if (!meanings.isEmpty()) {
      Optional<Direction> better =
          meanings.size() > 1
              ? Optional.empty()
              : runs.stream()
                  .flatMap(run -> delta(run, split).stream())
                  .findFirst()
                  .flatMap(delta -> Convention.ofText(delta.convention()))
                  .map(Convention::direction);
      columns.add(
          new Column(
              "Δm task-weighted",
              better,
              run -> delta(run, split).map(Evaluation.Delta::taskWeighted),
              true));
      columns.add(
          new Column(
              "Δm metric-weighted",
              better,
              run -> delta(run, split).map(Evaluation.Delta::metricWeighted),
              true));
    }
    return columns;
  }

  /** What Delta_m means; more than one text if the runs disagree. */
  static Set<String> meanings(List<Run> runs, String split) {
    Set<String> meanings = new LinkedHashSet<>();
    for (Run run : runs) {
      delta(run, split).ifPresent(delta -> meanings.add(meaning(delta)));
    }
    return meanings;
  }

  /** What the sign of a Delta_m says and what counts in it. */
  static String meaning(Evaluation.Delta delta) {
    return delta.convention()
        + (delta.counted().isEmpty()
            ? "; what counted is not said"
            : "; counted: " + CountedFigures.text(delta.counted()));
  }

  private static Optional<Evaluation> result(Run run, String split) {
    return Optional.ofNullable(run.results().get(split));
  }

  private static Optional<Evaluation.Delta> delta(Run run, String split) {
    return result(run, split).flatMap(Evaluation::delta);
  }

  private static void table(Markup page, List<Run> runs, List<SeedGroup> groups, String split) {
    List<Column> columns = columns(runs, split);
    page.open("div", "class", "card wide").element("h3", "Mean over tasks on " + split);
    page.open("div", "class", "scroll").open("table", "class", "compare");
    page.open("thead").open("tr").element("th", SeedGroup.anySeveral(groups) ? "Runs" : "Run");
    columns.forEach(column -> page.element("th", column.name(), "class", "n"));
    page.element("th", "median step", "class", "n").element("th", "step", "class", "n");
    page.close().close().open("tbody");
    List<Plot.Ink> inks = inks(groups, columns(runs));
    for (int index = 0; index < groups.size(); index++) {
      SeedGroup group = groups.get(index);
      page.open("tr").open("th", "scope", "row", "class", inks.get(index).style());
      page.empty("i");
      page.open("a", "href", "#" + ReportPage.anchor(runs.indexOf(group.first())));
      page.text(group.isSeveral() ? group.name() : group.first().header().title()).close();
      page.element("small", group.detail()).close();
      for (Column column : columns) {
        Spread value = column.of(group);
        page.element(
            "td",
            column.text(group),
            "class",
            groups.size() > 1 && value.mean() == column.best(groups) ? "n best" : "n",
            "data-value",
            NumberText.exact(value.mean()));
      }
      double millis = group.spread(run -> run.log().medianMillis()).mean();
      page.element(
          "td", NumberText.millis(millis), "class", "n", "data-value", NumberText.exact(millis));
      page.element(
          "td",
          group
              .common(run -> step(run, split))
              .orElse(group.isSeveral() ? "differ" : NumberText.NONE),
          "class",
          "n");
      page.close();
    }
    page.close().close().close();
    StringBuilder legend = new StringBuilder();
    if (groups.size() > 1 && columns.stream().anyMatch(column -> column.better().isPresent())) {
      legend.append("Best values are bold. ");
    }
    if (SeedGroup.anySeveral(groups)) {
      legend.append("±: standard deviation of the runs with other seeds. ");
    }
    if (columns.stream().anyMatch(column -> groups.stream().anyMatch(column::isUndefined))) {
      legend.append("undefined: the split has not what the metric needs. ");
    }
    Set<String> meanings = meanings(runs, split);
    if (!meanings.isEmpty()) {
      legend.append("Δm: ").append(String.join("; or: ", meanings)).append(". ");
    }
    if (meanings.size() > 1) {
      legend.append("The runs count or sign differently, do not compare their Δm. ");
    }
    if (runs.stream().anyMatch(r -> result(r, split).isPresent() && !r.finals().contains(split))) {
      legend.append("* Evaluated during training. ");
    }
    page.element("p", legend.toString().strip(), "class", "legend").close().newLine();
  }

  private static String step(Run run, String split) {
    return result(run, split)
        .map(r -> NumberText.count(r.step()) + (run.finals().contains(split) ? "" : " *"))
        .orElse(NumberText.NONE);
  }

  private static void overlays(Markup page, List<Run> runs, List<SeedGroup> groups) {
    Set<String> splits = new TreeSet<>();
    runs.forEach(run -> splits.addAll(run.log().splits()));
    List<Plot.Ink> inks = inks(groups, columns(runs));
    for (String split : splits) {
      Set<String> metrics = new LinkedHashSet<>();
      for (Run run : runs) {
        run.log().evaluations(split).forEach(e -> metrics.addAll(e.mean().keySet()));
      }
      for (String metric : metrics) {
        boolean several =
            runs.stream()
                .flatMap(run -> run.log().evaluations(split).stream())
                .anyMatch(evaluation -> evaluation.onlyTask(metric).isEmpty());
        Plot plot =
            new Plot(
                RunCharts.capital(metric) + " on " + split + (several ? ", mean over tasks" : ""));
        if (SeedGroup.anySeveral(groups)) {
          plot.caption(
              "Mean over the seeds; the area goes from the lowest to the highest of them.");
        }
        for (int index = 0; index < groups.size(); index++) {
          SeedGroup group = groups.get(index);
          SeedCurves curves =
              SeedCurves.of(
                  group.runs().stream()
                      .map(run -> RunCharts.points(run.log(), split, e -> e.mean(metric)))
                      .toList());
          Plot.Ink ink = inks.get(index);
          if (group.isSeveral() && ink != Plot.Ink.MUTED) {
            plot.band(curves.least(), curves.greatest(), ink, "wide");
          }
          if (ink == Plot.Ink.MUTED) {
            plot.unlabelled(group.name(), ink, curves.mean(), true);
          } else {
            plot.dotted(group.name(), ink, curves.mean());
          }
        }
        plot.draw(page);
      }
    }
  }

  /** Columns of all tables whose direction is known. */
  private static List<Column> columns(List<Run> runs) {
    return splits(runs).stream()
        .flatMap(split -> columns(runs, split).stream())
        .filter(column -> column.better().isPresent())
        .toList();
  }

  /**
   * A colour for each group; with more groups than colours, only for the eight that are best in the
   * first of some columns.
   */
  private static List<Plot.Ink> inks(List<SeedGroup> groups, List<Column> columns) {
    List<Plot.Ink> inks = new ArrayList<>();
    int colour = 0;
    for (int index = 0; index < groups.size(); index++) {
      int better = index;
      if (!columns.isEmpty() && groups.size() > Plot.Ink.COLOURS) {
        Column column = columns.get(0);
        double own = column.of(groups.get(index)).mean();
        better =
            Double.isNaN(own)
                ? groups.size()
                : (int)
                    groups.stream()
                        .mapToDouble(group -> column.of(group).mean())
                        .filter(other -> column.better().get().better(other, own))
                        .count();
      }
      inks.add(
          better < Plot.Ink.COLOURS && colour < Plot.Ink.COLOURS
              ? Plot.Ink.colour(colour++)
              : Plot.Ink.MUTED);
    }
    return inks;
  }
}
