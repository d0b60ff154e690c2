package org.sparkmto.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.Spread;
import org.sparkmto.runlog.Evaluation;

/**
 * One number per line: {@code
 * run,method,split,step,scope,task,metric,value,seed,runs,deviation,state}. The scope is task, mean
 * or delta; the task is empty but for scope task; an undefined value is empty, and its state says
 * {@code undefined}. After the runs come those that differ in their seed alone together: their
 * number in {@code runs}, their mean as the value, and their standard deviation; the seed is empty
 * then. Quoting after RFC 4180.
 */
final class CsvResults {
  private final StringBuilder csv =
      new StringBuilder(
          "run,method,split,step,scope,task,metric,value,seed,runs,deviation,state\r\n");

  private CsvResults() {}

  static String of(List<Run> runs) {
    CsvResults results = new CsvResults();
    for (Run run : runs) {
      SeedGroup alone = new SeedGroup(run.header().run(), List.of(run));
      run.results().values().forEach(result -> results.lines(alone, result));
    }
    for (SeedGroup group : SeedGroup.of(runs)) {
      if (group.isSeveral()) {
        group.first().results().values().forEach(result -> results.lines(group, result));
      }
    }
    return results.csv.toString();
  }

  /**
   * The lines of a group on a split.
   *
   * @param first what the first of its runs has there
   */
  private void lines(SeedGroup group, Evaluation first) {
    String split = first.split();
    for (Map.Entry<String, Map<String, Double>> task : first.tasks().entrySet()) {
      for (String metric : task.getValue().keySet()) {
        line(group, first, "task", task.getKey(), metric, e -> e.of(task.getKey(), metric));
      }
    }
    first.mean().keySet().forEach(m -> line(group, first, "mean", "", m, e -> e.mean(m)));
    if (group.runs().stream()
        .allMatch(run -> on(run, split).flatMap(Evaluation::delta).isPresent())) {
      line(group, first, "delta", "", "task-weighted", e -> e.delta().get().taskWeighted());
      line(group, first, "delta", "", "metric-weighted", e -> e.delta().get().metricWeighted());
    }
  }

  private static Optional<Evaluation> on(Run run, String split) {
    return Optional.ofNullable(run.results().get(split));
  }

  private void line(
      SeedGroup group,
      Evaluation first,
      String scope,
      String task,
      String metric,
      Function<Evaluation, Double> value) {
    String split = first.split();
    Spread spread = group.spread(run -> on(run, split).map(value).orElse(Double.NaN));
    OptionalLong seed = group.isSeveral() ? OptionalLong.empty() : group.first().header().seed();
    csv.append(
        String.join(
            ",",
            Csv.quoted(group.name()),
            Csv.quoted(group.first().header().method()),
            Csv.quoted(split),
            group
                .common(run -> on(run, split).map(e -> Long.toString(e.step())).orElse(""))
                .orElse(""),
            scope,
            Csv.quoted(task),
            Csv.quoted(metric),
            Csv.number(spread.mean()),
            seed.isPresent() ? Long.toString(seed.getAsLong()) : "",
            Integer.toString(group.runs().size()),
            Csv.number(spread.deviation()),
            Double.isFinite(spread.mean()) ? "" : Figure.UNDEFINED));
    csv.append("\r\n");
  }
}
