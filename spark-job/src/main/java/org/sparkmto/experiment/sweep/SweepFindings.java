package org.sparkmto.experiment.sweep;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.sparkmto.data.Task;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.ParetoFront;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.metric.RelativePerformance.Convention;
import org.sparkmto.metric.Spread;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.runlog.SweepResults.Baseline;
import org.sparkmto.runlog.SweepResults.Column;
import org.sparkmto.runlog.SweepResults.Difference;
import org.sparkmto.runlog.SweepResults.Front;
import org.sparkmto.runlog.SweepResults.Row;
import org.sparkmto.runlog.SweepResults.SweptRun;

/**
 * What the runs of a sweep come to together. Choices are made on the validation split alone, by the
 * mean over the seeds; the values of tables are those of the other split.
 */
final class SweepFindings {
  /** Axes over which the network of a single task is chosen: it has no other. */
  private static final Set<SweepAxis> CHOSEN_FOR_ONE_TASK =
      EnumSet.of(SweepAxis.OPTIMIZER, SweepAxis.RATE, SweepAxis.WEIGHT_DECAY);

  /** Axes in which runs of one problem differ. */
  private static final Set<SweepAxis> OF_ONE_PROBLEM =
      EnumSet.of(SweepAxis.METHOD, SweepAxis.OPTIMIZER, SweepAxis.RATE, SweepAxis.WEIGHT_DECAY);

  private static final String TASK_WEIGHTED = "task-weighted";
  private static final String METRIC_WEIGHTED = "metric-weighted";

  private final SweepGrid grid;
  private final List<Task> tasks;
  private final Judgement judgement;
  private final Map<SweepTrial, TrialOutcome> outcomes;
  private final Map<Map<SweepAxis, String>, Singles> singles = new LinkedHashMap<>();

  /**
   * What Delta_m compares with.
   *
   * @param validation means over the seeds, by task
   * @param figures likewise, of the split of the tables
   * @param lines what to say of it
   */
  private record Singles(
      Map<String, Map<String, Double>> validation,
      Map<String, Map<String, Double>> figures,
      List<Baseline> lines) {}

  /**
   * Takes what is known so far.
   *
   * @param outcomes by run, in the order of the tables; runs that are not there are yet to come
   */
  SweepFindings(
      SweepGrid grid,
      List<Task> tasks,
      Judgement judgement,
      Map<SweepTrial, TrialOutcome> outcomes) {
    this.grid = grid;
    this.tasks = List.copyOf(tasks);
    this.judgement = judgement;
    this.outcomes = outcomes;
  }

  /**
   * All of it.
   *
   * @param dataset its name
   * @param validation name of the split that chooses
   */
  SweepResults results(String dataset, String validation) {
    List<SweepTrial> runs =
        outcomes.keySet().stream().filter(trial -> trial.task().isEmpty()).toList();
    List<Column> columns = columns();
    Map<SweepTrial, Map<String, Double>> values = new LinkedHashMap<>();
    runs.forEach(run -> values.put(run, values(run, columns)));
    Fronts fronts = new Fronts(runs, values);
    List<SweptRun> swept = new ArrayList<>();
    for (SweepTrial run : runs) {
      swept.add(
          new SweptRun(
              labels(run.point().names()),
              run.seed(),
              outcomes.get(run).failure(),
              run.configuration().isPresent(),
              validation(run),
              values.get(run),
              fronts.full.contains(run),
              fronts.againstOthers.contains(run)));
    }
    List<Row> rows = rows(runs, columns, values);
    return new SweepResults(
        dataset,
        grid.split(),
        judgement.words(validation),
        grid.baselines() ? Convention.DROP.text() + "; counted: " + judgement.counted() : "",
        grid.axes().keySet().stream().map(SweepAxis::label).toList(),
        columns,
        rows,
        swept,
        fronts.counts(),
        new TradeOffs(grid, columns.stream().filter(SweepFindings::counts).toList(), rows).all(),
        singles.values().stream().flatMap(one -> one.lines().stream()).toList());
  }

  private static Map<String, String> labels(Map<SweepAxis, String> names) {
    Map<String, String> labels = new LinkedHashMap<>();
    names.forEach((axis, name) -> labels.put(axis.label(), name));
    return labels;
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
    return singles(run.point())
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
        singles(run.point()).map(Singles::validation).orElse(Map.of()));
  }

  /** The single-task networks of the network of a point; absent where none are trained. */
  private Optional<Singles> singles(SweepPoint point) {
    if (!grid.baselines()) {
      return Optional.empty();
    }
    Set<SweepAxis> others = EnumSet.complementOf(EnumSet.of(SweepAxis.NETWORK));
    return Optional.of(singles.computeIfAbsent(point.without(others), this::chosenSingles));
  }

  private Singles chosenSingles(Map<SweepAxis, String> network) {
    Map<String, Map<String, Double>> validation = new LinkedHashMap<>();
    Map<String, Map<String, Double>> figures = new LinkedHashMap<>();
    List<Baseline> lines = new ArrayList<>();
    for (Task task : tasks) {
      List<SweepTrial> its =
          outcomes.keySet().stream()
              .filter(trial -> trial.task().filter(task::equals).isPresent())
              .filter(trial -> trial.point().without(CHOSEN_FOR_ONE_TASK).equals(network))
              .toList();
      chosenOfOneTask(task.name(), its)
          .ifPresent(
              point -> {
                List<SweepTrial> runs =
                    its.stream().filter(trial -> trial.point().equals(point)).toList();
                validation.put(task.name(), mean(runs, task.name(), TrialOutcome::validation));
                figures.put(task.name(), mean(runs, task.name(), TrialOutcome::figures));
                lines.add(
                    new Baseline(task.name(), labels(point.names()), figures.get(task.name())));
              });
    }
    return new Singles(validation, figures, lines);
  }

  private Optional<SweepPoint> chosenOfOneTask(String task, List<SweepTrial> trials) {
    List<SweepTrial> complete = new ArrayList<>();
    for (List<SweepTrial> runs : byPoint(trials).values()) {
      if (isWhole(runs)) {
        complete.addAll(runs);
      }
    }
    if (complete.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Double> reference = outcomes.get(complete.get(0)).validation().get(task);
    if (reference == null) {
      return Optional.of(complete.get(0).point()); // no validation split, so nothing to choose
    }
    return best(
        byPoint(complete),
        judgement.directionOfOneTask(task),
        trial -> judgement.ofOneTask(task, outcomes.get(trial).validation().get(task), reference));
  }

  /** A number of a run. */
  private interface Value {
    double of(SweepTrial trial);
  }

  /** The part of an outcome. */
  private interface Part {
    Map<String, Map<String, Double>> of(TrialOutcome outcome);
  }

  private Map<String, Double> mean(List<SweepTrial> runs, String task, Part part) {
    Map<String, Double> mean = new LinkedHashMap<>();
    part.of(outcomes.get(runs.get(0)))
        .getOrDefault(task, Map.of())
        .keySet()
        .forEach(
            figure ->
                mean.put(
                    figure,
                    Spread.of(
                            runs.stream()
                                .map(run -> part.of(outcomes.get(run)).get(task).get(figure))
                                .toList())
                        .mean()));
    return mean;
  }

  private static Map<SweepPoint, List<SweepTrial>> byPoint(Collection<SweepTrial> trials) {
    Map<SweepPoint, List<SweepTrial>> points = new LinkedHashMap<>();
    trials.forEach(
        trial -> points.computeIfAbsent(trial.point(), p -> new ArrayList<>()).add(trial));
    return points;
  }

  private boolean isWhole(List<SweepTrial> runs) {
    return runs.size() == grid.seeds().size()
        && runs.stream().allMatch(run -> outcomes.get(run).isComplete());
  }

  /** The point of the best mean; the first one where none is defined, or several are best. */
  private static Optional<SweepPoint> best(
      Map<SweepPoint, List<SweepTrial>> points, Direction direction, Value value) {
    SweepPoint best = null;
    double bestMean = Double.NaN;
    for (Map.Entry<SweepPoint, List<SweepTrial>> point : points.entrySet()) {
      double mean = Spread.of(point.getValue().stream().map(value::of).toList()).mean();
      if (best == null
          || (Double.isNaN(bestMean) && !Double.isNaN(mean))
          || direction.better(mean, bestMean)) {
        best = point.getKey();
        bestMean = mean;
      }
    }
    return Optional.ofNullable(best);
  }

  private List<Row> rows(
      List<SweepTrial> runs, List<Column> columns, Map<SweepTrial, Map<String, Double>> values) {
    Map<Map<SweepAxis, String>, List<SweepTrial>> groups = new LinkedHashMap<>();
    for (SweepTrial run : runs) {
      groups.computeIfAbsent(run.point().without(grid.tuned()), rest -> new ArrayList<>()).add(run);
    }
    List<Row> rows = new ArrayList<>();
    for (Map.Entry<Map<SweepAxis, String>, List<SweepTrial>> group : groups.entrySet()) {
      Map<SweepPoint, List<SweepTrial>> whole = byPoint(group.getValue());
      whole.values().removeIf(some -> !isWhole(some));
      Optional<SweepPoint> chosen = best(whole, judgement.direction(), this::validation);
      String failure = failure(group.getValue());
      if (chosen.isEmpty()) {
        rows.add(new Row(labels(group.getKey()), List.of(), failure, Map.of(), Map.of()));
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
              labels(chosen.get().names()),
              its.stream().map(SweepTrial::seed).toList(),
              failure,
              spreads,
              Map.of()));
    }
    return compared(ranked(rows, columns), columns, values);
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

  /** With the mean of each row's ranks over the figures that count; equal means share a rank. */
  private List<Row> ranked(List<Row> rows, List<Column> columns) {
    List<Column> counted = columns.stream().filter(SweepFindings::counts).toList();
    List<Row> ranked = new ArrayList<>();
    for (Row row : rows) {
      if (row.values().isEmpty()) {
        ranked.add(row);
        continue;
      }
      double sum = 0;
      for (Column column : counted) {
        double own = row.value(column).mean();
        double before = 0;
        double same = 0;
        for (Row other : rows) {
          double theirs = other.value(column).mean();
          if (Double.isNaN(theirs)) {
            continue;
          }
          before += Double.isNaN(own) || column.direction().better(theirs, own) ? 1 : 0;
          same += theirs == own ? 1 : 0;
        }
        sum += before + (Math.max(1, same) + 1) / 2;
      }
      Map<String, Spread> values = new LinkedHashMap<>();
      for (Column column : columns) {
        values.put(
            column.key(),
            column.scope().equals(SweepResults.OF_RANK)
                ? new Spread(sum / counted.size(), Double.NaN)
                : row.value(column));
      }
      ranked.add(new Row(row.point(), row.seeds(), row.failure(), values, Map.of()));
    }
    return ranked;
  }

  private static boolean counts(Column column) {
    return column.scope().equals(SweepResults.OF_TASK) && column.counted();
  }

  private static boolean named(List<Figure> figures, Figure figure) {
    return figures.stream().anyMatch(one -> one.name().equals(figure.name()));
  }

  /** Whether both weightings of Delta_m are the same number. */
  private boolean oneFigureEach() {
    return judgement.counted().tasks().values().stream().allMatch(its -> its.size() == 1);
  }

  /** With the tests against the best row of each column. */
  private static List<Row> compared(
      List<Row> rows, List<Column> columns, Map<SweepTrial, Map<String, Double>> values) {
    List<Map<String, Difference>> differences = new ArrayList<>();
    rows.forEach(row -> differences.add(new LinkedHashMap<>()));
    for (Column column : columns) {
      int best = column.scope().equals(SweepResults.OF_RANK) ? -1 : best(rows, column);
      for (int i = 0; i < rows.size() && best >= 0; i++) {
        if (i != best && !rows.get(i).values().isEmpty()) {
          Difference difference =
              PairedTests.of(
                  bySeed(rows.get(i), column, values), bySeed(rows.get(best), column, values));
          if (!Double.isNaN(difference.student())) {
            differences.get(i).put(column.key(), difference);
          }
        }
      }
    }
    List<Row> compared = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      compared.add(
          new Row(row.point(), row.seeds(), row.failure(), row.values(), differences.get(i)));
    }
    return compared;
  }

  /** Index of the best row; -1 if none has the column. */
  private static int best(List<Row> rows, Column column) {
    int best = -1;
    for (int i = 0; i < rows.size(); i++) {
      double mean = rows.get(i).value(column).mean();
      if (!Double.isNaN(mean)
          && (best < 0 || column.direction().better(mean, rows.get(best).value(column).mean()))) {
        best = i;
      }
    }
    return best;
  }

  private static double[] bySeed(
      Row row, Column column, Map<SweepTrial, Map<String, Double>> values) {
    return values.entrySet().stream()
        .filter(run -> labels(run.getKey().point().names()).equals(row.point()))
        .filter(run -> row.seeds().contains(run.getKey().seed()))
        .mapToDouble(run -> run.getValue().get(column.key()))
        .toArray();
  }

  /** Which runs are on which front. */
  private final class Fronts {
    private final Set<SweepTrial> full = new LinkedHashSet<>();
    private final Set<SweepTrial> againstOthers = new LinkedHashSet<>();
    private final Map<Map<SweepAxis, String>, List<SweepTrial>> problems = new LinkedHashMap<>();

    Fronts(List<SweepTrial> runs, Map<SweepTrial, Map<String, Double>> values) {
      List<Column> counted = columns().stream().filter(SweepFindings::counts).toList();
      List<Direction> directions = counted.stream().map(Column::direction).toList();
      for (SweepTrial run : runs) {
        if (outcomes.get(run).isComplete()) {
          problems
              .computeIfAbsent(run.point().without(OF_ONE_PROBLEM), rest -> new ArrayList<>())
              .add(run);
        }
      }
      for (List<SweepTrial> problem : problems.values()) {
        double[][] points =
            problem.stream()
                .map(
                    run ->
                        counted.stream()
                            .mapToDouble(column -> values.get(run).get(column.key()))
                            .toArray())
                .toArray(double[][]::new);
        boolean[] onFront = ParetoFront.of(points, directions);
        for (int i = 0; i < onFront.length; i++) {
          SweepTrial run = problem.get(i);
          if (onFront[i]) {
            full.add(run);
          }
          double[][] others =
              IntStream.range(0, points.length)
                  .filter(j -> !optimizer(problem.get(j)).equals(optimizer(run)))
                  .mapToObj(j -> points[j])
                  .toArray(double[][]::new);
          if (ParetoFront.undominated(points[i], others, directions)) {
            againstOthers.add(run);
          }
        }
      }
    }

    private static String optimizer(SweepTrial run) {
      return run.point().names().getOrDefault(SweepAxis.OPTIMIZER, "");
    }

    List<Front> counts() {
      boolean several = grid.axes().getOrDefault(SweepAxis.OPTIMIZER, List.of()).size() > 1;
      Map<Map<SweepAxis, String>, List<SweepTrial>> groups = new LinkedHashMap<>();
      Set<SweepAxis> tuning = EnumSet.of(SweepAxis.RATE, SweepAxis.WEIGHT_DECAY);
      problems
          .values()
          .forEach(
              problem ->
                  problem.forEach(
                      run ->
                          groups
                              .computeIfAbsent(
                                  run.point().without(tuning), rest -> new ArrayList<>())
                              .add(run)));
      List<Front> counts = new ArrayList<>();
      groups.forEach(
          (point, runs) ->
              counts.add(
                  new Front(
                      labels(point),
                      runs.size(),
                      (int) runs.stream().filter(full::contains).count(),
                      several ? (int) runs.stream().filter(againstOthers::contains).count() : -1)));
      return counts;
    }
  }
}
