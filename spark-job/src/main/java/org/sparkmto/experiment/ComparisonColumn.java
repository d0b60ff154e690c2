package org.sparkmto.experiment;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Spread;

/**
 * A column of figures in a {@link ComparisonTable}.
 *
 * @param form of a number
 * @param value of a row; empty where there is none, NaN where it is undefined
 * @param better which way it gets better
 */
record ComparisonColumn(
    String name,
    String form,
    Function<ComparisonTable.Row, Optional<Spread>> value,
    Optional<Direction> better) {

  /** Of a row; NaN where there is none. */
  Spread of(ComparisonTable.Row row) {
    return value.apply(row).orElse(new Spread(Double.NaN, Double.NaN));
  }

  /** Whether a row has it, but undefined. */
  boolean isUndefined(ComparisonTable.Row row) {
    return value.apply(row).filter(spread -> !Double.isFinite(spread.mean())).isPresent();
  }

  /** The best mean; NaN if no direction is known or no row has one. */
  double best(List<ComparisonTable.Row> rows) {
    double best = Double.NaN;
    for (ComparisonTable.Row row : rows) {
      double own = of(row).mean();
      if (better.isPresent() && (Double.isNaN(best) || better.get().better(own, best))) {
        best = own;
      }
    }
    return best;
  }
}
