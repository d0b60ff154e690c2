package org.sparkmto.experiment.sweep;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Hypervolume;
import org.sparkmto.runlog.SweepResults.Column;
import org.sparkmto.runlog.SweepResults.Row;
import org.sparkmto.runlog.SweepResults.TradeOff;

/**
 * How well a method can be told what matters: rows that differ in their preference alone, taken
 * together. Figures are put on a scale on which 0 is the best and 1 the worst row of the sweep's
 * problem.
 *
 * @param grid which axes there are
 * @param columns figures of tasks that count
 * @param rows of the sweep
 */
record TradeOffs(SweepGrid grid, List<Column> columns, List<Row> rows) {
  /** Of more figures an exact volume takes too long, and is not told. */
  private static final int MOST_FIGURES = 8;

  private static final String PREFERENCE = SweepAxis.PREFERENCE.label();

  /** One for each method and whatever else rows differ in; none without preferences. */
  List<TradeOff> all() {
    if (!grid.axes().containsKey(SweepAxis.PREFERENCE)) {
      return List.of();
    }
    Map<Map<String, String>, List<Row>> groups = new LinkedHashMap<>();
    for (Row row : rows) {
      if (columns.stream().allMatch(column -> Double.isFinite(row.value(column).mean()))) {
        groups
            .computeIfAbsent(without(row, List.of(PREFERENCE), true), rest -> new ArrayList<>())
            .add(row);
      }
    }
    List<TradeOff> all = new ArrayList<>();
    groups.forEach(
        (point, its) -> all.add(new TradeOff(point, its.size(), volume(its), obeyed(its))));
    return all;
  }

  private Map<String, String> without(Row row, List<String> axes, boolean untuned) {
    Map<String, String> rest = new LinkedHashMap<>(row.point());
    rest.keySet().removeAll(axes);
    if (untuned) {
      grid.tuned().forEach(axis -> rest.remove(axis.label()));
    }
    return rest;
  }

  /** Rows of the same network and variant, on whose range figures are put. */
  private List<Row> problem(Row row) {
    List<String> others =
        List.of(PREFERENCE, SweepAxis.METHOD.label(), SweepAxis.OPTIMIZER.label());
    Map<String, String> its = without(row, others, true);
    return rows.stream().filter(other -> without(other, others, true).equals(its)).toList();
  }

  private double volume(List<Row> its) {
    if (columns.size() > MOST_FIGURES) {
      return Double.NaN;
    }
    List<Row> range = problem(its.get(0));
    double[][] points = new double[its.size()][columns.size()];
    for (int k = 0; k < columns.size(); k++) {
      Column column = columns.get(k);
      double best = Double.NaN;
      double worst = Double.NaN;
      for (Row row : range) {
        double mean = row.value(column).mean();
        if (Double.isFinite(mean)) {
          best = Double.isNaN(best) || column.direction().better(mean, best) ? mean : best;
          worst = Double.isNaN(worst) || column.direction().better(worst, mean) ? mean : worst;
        }
      }
      for (int i = 0; i < points.length; i++) {
        double mean = its.get(i).value(column).mean();
        points[i][k] = best == worst ? 0 : (mean - best) / (worst - best);
      }
    }
    double[] reference = new double[columns.size()];
    Arrays.fill(reference, 1);
    return Hypervolume.of(points, reference);
  }

  /**
   * The share of pairs of preferences that wish for a task differently, of which the one that
   * wishes for more of it has the better figure; half where they are equal.
   */
  private double obeyed(List<Row> its) {
    List<String> tasks = columns.stream().map(Column::task).distinct().toList();
    double kept = 0;
    int pairs = 0;
    for (Column column : columns) {
      int task = tasks.indexOf(column.task());
      Direction direction = column.direction();
      for (Row some : its) {
        for (Row other : its) {
          if (share(some, task) > share(other, task)) {
            double more = some.value(column).mean();
            double less = other.value(column).mean();
            kept += direction.better(more, less) ? 1 : more == less ? 0.5 : 0;
            pairs++;
          }
        }
      }
    }
    return pairs == 0 ? Double.NaN : kept / pairs;
  }

  /** What part of a wish is for a task. */
  private static double share(Row row, int task) {
    double[] wish =
        Arrays.stream(row.point().get(PREFERENCE).split(":", -1))
            .mapToDouble(Double::parseDouble)
            .toArray();
    return task < wish.length ? wish[task] / Arrays.stream(wish).sum() : Double.NaN;
  }
}
