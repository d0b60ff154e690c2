package org.sparkmto.experiment.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.control.ControlTask;
import org.sparkmto.control.ControlTasks;
import org.sparkmto.experiment.NamedOptions;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Spread;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.runlog.SweepResults.Column;
import org.sparkmto.runlog.SweepResults.Row;
import org.sparkmto.runlog.SweepResults.SweptRun;

/** What the runs of a plan come to together, as a sweep over methods. */
final class ControlFindings {
  private static final String METHOD = "method";
  private static final String SUCCESS = "success";
  private static final String REWARD = "reward";

  private ControlFindings() {}

  static SweepResults results(ControlPlan plan, Map<NamedOptions, List<ControlOutcome>> outcomes) {
    List<Column> columns = new ArrayList<>();
    columns.add(column(SweepResults.OF_MEAN, "", SUCCESS));
    columns.add(column(SweepResults.OF_MEAN, "", REWARD));
    for (ControlTask task : ControlTasks.all()) {
      columns.add(column(SweepResults.OF_TASK, task.name(), SUCCESS));
    }
    List<Row> rows = new ArrayList<>();
    List<SweptRun> runs = new ArrayList<>();
    outcomes.forEach(
        (method, made) -> {
          Map<String, String> point = Map.of(METHOD, method.toString());
          List<Map<String, Double>> values =
              made.stream().map(one -> values(one, columns)).toList();
          Map<String, Spread> spreads = new LinkedHashMap<>();
          for (Column column : columns) {
            String key = column.key();
            spreads.put(key, Spread.of(values.stream().map(one -> one.get(key)).toList()));
          }
          rows.add(new Row(point, plan.seeds(), "", spreads, Map.of()));
          for (int i = 0; i < made.size(); i++) {
            runs.add(run(point, made.get(i), values.get(i)));
          }
        });
    return new SweepResults(
        "ten control tasks",
        "judged episodes",
        "",
        "",
        List.of(METHOD),
        columns,
        rows,
        runs,
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  private static Column column(String scope, String task, String figure) {
    return new Column(scope, task, figure, Direction.HIGHER_IS_BETTER, true);
  }

  private static Map<String, Double> values(ControlOutcome outcome, List<Column> columns) {
    Map<String, Double> values = new LinkedHashMap<>();
    ControlOutcome.Judgement last = outcome.last();
    int task = 0;
    for (Column column : columns) {
      boolean mean = column.scope().equals(SweepResults.OF_MEAN);
      values.put(
          column.key(),
          !mean
              ? last.successes().get(task++)
              : column.figure().equals(SUCCESS) ? last.success() : last.reward());
    }
    return values;
  }

  private static SweptRun run(
      Map<String, String> point, ControlOutcome outcome, Map<String, Double> values) {
    List<String> remarks =
        outcome.fallbacks() == 0
            ? List.of()
            : List.of(outcome.fallbacks() + " weighings took equal weights, as the method failed");
    return new SweptRun(point, outcome.seed(), "", true, Double.NaN, values, false, false, remarks);
  }
}
