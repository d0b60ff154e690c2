package org.sparkmto.experiment.sweep;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Spread;

/** Which of several combinations is the best by the mean over its seeds. */
final class BestPoint {
  private BestPoint() {}

  /** A number of a run. */
  interface Value {
    double of(SweepTrial trial);
  }

  static Map<SweepPoint, List<SweepTrial>> byPoint(Collection<SweepTrial> trials) {
    Map<SweepPoint, List<SweepTrial>> points = new LinkedHashMap<>();
    trials.forEach(
        trial -> points.computeIfAbsent(trial.point(), p -> new ArrayList<>()).add(trial));
    return points;
  }

  /** The point of the best mean; the first one where none is defined, or several are best. */
  static Optional<SweepPoint> best(
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
}
