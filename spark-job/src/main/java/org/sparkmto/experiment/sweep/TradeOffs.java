package org.sparkmto.experiment.sweep;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.metric.PreferenceFront;
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
 * @param trained names of the tasks of a run, in the order of the numbers of a preference
 */
record TradeOffs(SweepGrid grid, List<Column> columns, List<Row> rows, List<String> trained) {
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
        (point, its) -> {
          PreferenceFront front = front(its);
          double volume = front.volume(means(problem(its.get(0))));
          all.add(new TradeOff(point, its.size(), volume, front.obeyed()));
        });
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

  private PreferenceFront front(List<Row> its) {
    return new PreferenceFront(
        columns.stream()
            .map(one -> new PreferenceFront.Axis(trained.indexOf(one.task()), one.direction()))
            .toList(),
        means(its),
        its.stream().map(TradeOffs::shares).toArray(double[][]::new));
  }

  private double[][] means(List<Row> some) {
    return some.stream()
        .map(row -> columns.stream().mapToDouble(column -> row.value(column).mean()).toArray())
        .toArray(double[][]::new);
  }

  /** What parts of a wish are for which tasks. */
  private static double[] shares(Row row) {
    double[] wish =
        Arrays.stream(row.point().get(PREFERENCE).split(":", -1))
            .mapToDouble(Double::parseDouble)
            .toArray();
    double all = Arrays.stream(wish).sum();
    return Arrays.stream(wish).map(part -> part / all).toArray();
  }
}
