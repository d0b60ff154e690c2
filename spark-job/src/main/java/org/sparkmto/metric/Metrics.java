package org.sparkmto.metric;

import java.util.List;
import java.util.Optional;

/** The metrics a task is judged by unless told otherwise. A new metric is registered here. */
public final class Metrics {
  private Metrics() {}

  /**
   * Of a task with one of several classes per sample.
   *
   * @param classes at least 2
   */
  public static List<LabelMetric> ofClassification(int classes) {
    return List.of(new Accuracy(classes), new BalancedAccuracy(classes));
  }

  /**
   * Of a task that asks yes or no.
   *
   * @param prior the share of yes among the training labels, in [0, 1]; the threshold of the
   *     balanced accuracy
   */
  public static List<LabelMetric> ofBinary(double prior) {
    return List.of(new BinaryAccuracy(), new BinaryBalancedAccuracy(prior));
  }

  /** Which way the metric of this name gets better; empty if no metric here has the name. */
  public static Optional<Direction> direction(String name) {
    return List.<List<LabelMetric>>of(ofClassification(2), ofBinary(0.5)).stream()
        .flatMap(List::stream)
        .filter(metric -> metric.name().equals(name))
        .map(Metric::direction)
        .findFirst();
  }
}
