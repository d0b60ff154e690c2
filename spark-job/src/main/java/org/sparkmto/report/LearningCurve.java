package org.sparkmto.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a run of a sweep was worth while it learned.
 *
 * @param of the name of its row; runs of one row are drawn together
 * @param points the value by the step after which it was found, in ascending order
 */
public record LearningCurve(String of, Map<Double, Double> points) {
  /** Takes a copy. */
  public LearningCurve {
    points = Collections.unmodifiableMap(new LinkedHashMap<>(points));
  }

  Curve curve() {
    return new Curve(
        points.keySet().stream().mapToDouble(Double::doubleValue).toArray(),
        points.values().stream().mapToDouble(Double::doubleValue).toArray());
  }
}
