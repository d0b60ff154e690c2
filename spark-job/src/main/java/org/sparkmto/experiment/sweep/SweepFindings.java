package org.sparkmto.experiment.sweep;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.sparkmto.data.Task;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.metric.RelativePerformance.Convention;
import org.sparkmto.metric.Spread;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.runlog.SweepResults.Check;
import org.sparkmto.runlog.SweepResults.Column;
import org.sparkmto.runlog.SweepResults.Row;
import org.sparkmto.runlog.SweepResults.SweptRun;

/**
 * What the runs of a sweep come to together. Choices are made on the validation split alone, by the
 * mean over the seeds; the values of tables are those of the other split.
 */
final class SweepFindings {
  private static final String TASK_WEIGHTED = "task-weighted";
  private static final String METRIC_WEIGHTED = "metric-weighted";

  private final SweepGrid grid;
  private final List<Task> tasks;
  private final List<String> trained;
  private final Judgement judgement;
  private final Map<SweepTrial, TrialOutcome> outcomes;
  private final SingleTasks singles;

  /**
   * Takes what is known so far.
   *
   * @param tasks that the tables are about
   * @param trained names of all tasks of a run, in their order
   * @param outcomes by run, in the order of the tables; runs that are not there are yet to come
   */
  SweepFindings(
      SweepGrid grid,
      List<Task> tasks,
      List<String> trained,
      Judgement judgement,
      Map<SweepTrial, TrialOutcome> outcomes) {
    this.grid = grid;
    this.tasks = List.copyOf(tasks);
    this.trained = List.copyOf(trained);
    this.judgement = judgement;
    this.outcomes = outcomes;
    singles = new SingleTasks(grid, this.tasks, judgement, outcomes);
  }

  /**
   * All of it.
   *
   * @param dataset its name
   * @param validation name of the split that chooses
   * @param checks what was checked
   */
  SweepResults results(String dataset, String validation, List<Check> checks) {
    List<SweepTrial> runs =
        outcomes.keySet().stream().filter(trial -> trial.task().isEmpty()).toList();
    List<Column> columns = columns();
    Map<SweepTrial, Map<String, Double>> values = new LinkedHashMap<>();
    runs.forEach(run -> values.put(run, values(run, columns)));
    List<Column> counted = columns.stream().filter(SweepFindings::counts).toList();
    boolean several = grid.axes().getOrDefault(SweepAxis.OPTIMIZER, List.of()).size() > 1;
    Fronts fronts = new Fronts(counted, values, several);
    List<SweptRun> swept = new ArrayList<>();
    for (SweepTrial run : runs) {
      swept.add(
          new SweptRun(
              run.point().labels(),
              run.seed(),
              outcomes.get(run).failure(),
              run.configuration().isPresent(),
              validation(run),
              values.get(run),
              fronts.full.contains(run),
              fronts.againstOthers.contains(run),
              outcomes.get(run).remarks()));
    }
    List<Row> rows = rows(runs, columns, values);
    return new SweepResults(
        dataset,
        grid.split(),
        grid.chooses() ? judgement.words(validation) : "",
        grid.baselines() ? Convention.DROP.text() + "; counted: " + judgement.counted() : "",
        grid.axes().keySet().stream().map(SweepAxis::label).toList(),
        columns,
        rows,
        swept,
        fronts.counts(),
        new TradeOffs(grid, counted, rows, trained).all(),
        singles.lines(),
        checks);
  }

  private List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    if (grid.baselines()) {
      Direction direction = Convention.DROP.direction();
      columns.add(new Column(SweepResults.OF_DELTA, "", TASK_WEIGHTED, direction, true));
      columns.add(
          new Column(SweepResults.OF_DELTA, "", METRIC_WEIGHTED, direction, !oneFigureEach()));
    }
    columns.add(new Column(SweepResults.OF_RANK, "", "mean", Direction.LOWER_IS_BETTER, true));
    Map<String, Figure> shared = new LinkedHashMap<>();
    Set<String> once = new LinkedHashSet<>();
    for (List<Figure> figures : judgement.figures().values()) {
      for (Figure figure : figures) {
        if (!once.add(figure.name())) {
          shared.put(figure.name(), figure);
        }
      }
    }
    for (Figure figure : shared.values()) {
      boolean counted =
          judgement.counted().tasks().values().stream().anyMatch(its -> named(its, figure));
      columns.add(new Column(SweepResults.OF_MEAN, "", figure.name(), figure.direction(), counted));
    }
    for (Task task : tasks) {
      List<Figure> counted = judgement.counted().tasks().get(task.name());
      for (Figure figure : judgement.figures().get(task.name())) {
        columns.add(
            new Column(
                SweepResults.OF_TASK,
                task.name(),
                figure.name(),
                figure.direction(),
                named(counted, figure)));
      }
    }
    return columns;
  }

  /** Of a complete run; its rank is that of its row. */
  private Map<String, Double> values(SweepTrial run, List<Column> columns) {
    TrialOutcome outcome = outcomes.get(run);
    Map<String, Double> values = new LinkedHashMap<>();
    if (!outcome.isComplete()) {
      return values;
    }
    Map<String, Double> mean = new Scores(outcome.figures()).mean();
    Optional<RelativePerformance> delta = delta(run);
    for (Column column : columns) {
      switch (column.scope()) {
        case SweepResults.OF_DELTA ->
            values.put(
                column.key(),
                delta
                    .map(
                        relative ->
                            column.figure().equals(TASK_WEIGHTED)
                                ? relative.taskWeighted()
                                : relative.metricWeighted())
                    .orElse(Double.NaN));
        case SweepResults.OF_MEAN -> values.put(column.key(), mean.get(column.figure()));
        case SweepResults.OF_TASK ->
            values.put(column.key(), outcome.figures().get(column.task()).get(column.figure()));
        default -> {} // of rows
      }
    }
    return values;
  }

  private Optional<RelativePerformance> delta(SweepTrial run) {
    return singles
        .of(run.point())
        .filter(one -> one.figures().keySet().containsAll(judgement.counted().tasks().keySet()))
        .map(
            one ->
                RelativePerformance.against(
                    one.figures(),
                    outcomes.get(run).figures(),
                    judgement.counted(),
                    Convention.DROP));
  }

  private double validation(SweepTrial run) {
    return judgement.of(
        outcomes.get(run).validation(),
        singles.of(run.point()).map(SingleTasks.Reference::validation).orElse(Map.of()));
  }

  private boolean isWhole(List<SweepTrial> runs) {
    return runs.size() == grid.seeds().size()
        && runs.stream().allMatch(run -> outcomes.get(run).isComplete());
  }

  private List<Row> rows(
      List<SweepTrial> runs, List<Column> columns, Map<SweepTrial, Map<String, Double>> values) {
    Map<Map<SweepAxis, String>, List<SweepTrial>> groups = new LinkedHashMap<>();
    for (SweepTrial run : runs) {
      groups.computeIfAbsent(run.point().without(grid.tuned()), rest -> new ArrayList<>()).add(run);
    }
    List<Row> rows = new ArrayList<>();
    for (Map.Entry<Map<SweepAxis, String>, List<SweepTrial>> group : groups.entrySet()) {
      Map<SweepPoint, List<SweepTrial>> whole = BestPoint.byPoint(group.getValue());
      whole.values().removeIf(some -> !isWhole(some));
      Optional<SweepPoint> chosen = BestPoint.best(whole, judgement.direction(), this::validation);
      String failure = failure(group.getValue());
      if (chosen.isEmpty()) {
        rows.add(
            new Row(SweepPoint.labels(group.getKey()), List.of(), failure, Map.of(), Map.of()));
        continue;
      }
      List<SweepTrial> its = whole.get(chosen.get());
      Map<String, Spread> spreads = new LinkedHashMap<>();
      for (Column column : columns) {
        if (!column.scope().equals(SweepResults.OF_RANK)) {
          spreads.put(
              column.key(),
              Spread.of(its.stream().map(run -> values.get(run).get(column.key())).toList()));
        }
      }
      rows.add(
          new Row(
              chosen.get().labels(),
              its.stream().map(SweepTrial::seed).toList(),
              failure,
              spreads,
              Map.of()));
    }
    return ComparedRows.compared(ComparedRows.ranked(rows, columns), columns, values);
  }

  /** What went wrong with runs of a row; empty if nothing did. */
  private String failure(List<SweepTrial> runs) {
    Set<String> reasons = new TreeSet<>();
    long failed = 0;
    for (SweepTrial run : runs) {
      if (!outcomes.get(run).isComplete()) {
        failed++;
        reasons.add(outcomes.get(run).failure());
      }
    }
    return failed == 0
        ? ""
        : "%d of %d runs failed: %s"
            .formatted(failed, runs.size(), reasons.stream().limit(2).collect(joining("; ")));
  }

  static boolean counts(Column column) {
    return column.scope().equals(SweepResults.OF_TASK) && column.counted();
  }

  private static boolean named(List<Figure> figures, Figure figure) {
    return figures.stream().anyMatch(one -> one.name().equals(figure.name()));
  }

  /** Whether both weightings of Delta_m are the same number. */
  private boolean oneFigureEach() {
    return judgement.counted().tasks().values().stream().allMatch(its -> its.size() == 1);
  }
}
