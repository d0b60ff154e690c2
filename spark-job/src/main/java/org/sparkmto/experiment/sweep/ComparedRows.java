package org.sparkmto.experiment.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.metric.Spread;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.runlog.SweepResults.Column;
import org.sparkmto.runlog.SweepResults.Difference;
import org.sparkmto.runlog.SweepResults.Row;

/** How rows of a sweep stand beside each other: their ranks, and tests against the best one. */
final class ComparedRows {
  private ComparedRows() {}

  /** With the mean of each row's ranks over the figures that count; equal means share a rank. */
  static List<Row> ranked(List<Row> rows, List<Column> columns) {
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

  /** With the tests against the best row of each column. */
  static List<Row> compared(
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
        .filter(run -> run.getKey().point().labels().equals(row.point()))
        .filter(run -> row.seeds().contains(run.getKey().seed()))
        .mapToDouble(run -> run.getValue().get(column.key()))
        .toArray();
  }
}
