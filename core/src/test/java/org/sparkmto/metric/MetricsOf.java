package org.sparkmto.metric;

import java.util.List;

/** The metrics of tasks, kind by kind. */
final class MetricsOf {
  private MetricsOf() {}

  private static List<Metric> of(
      String name, String kind, int classes, double prior, int width, MetricChoices choices) {
    return Metrics.of(
        new MetricTask(
            name, kind, classes, prior, width, choices, MetricTask.Decisions.CHOSEN_HERE));
  }

  static List<LabelMetric> classification(int classes) {
    return of("c", MetricTask.CLASSIFICATION, classes, 0.5, 1, MetricChoices.USUAL).stream()
        .map(LabelMetric.class::cast)
        .toList();
  }

  static List<Metric> classification(int classes, MetricChoices choices) {
    return of("c", MetricTask.CLASSIFICATION, classes, 0.5, 1, choices);
  }

  static List<Metric> binary(double prior, MetricChoices choices) {
    return of("b", MetricTask.BINARY, 2, prior, 1, choices);
  }

  static List<Metric> multiLabel(int labels) {
    return multiLabel(labels, MetricChoices.USUAL);
  }

  static List<Metric> multiLabel(int labels, MetricChoices choices) {
    return of("l", MetricTask.MULTI_LABEL, labels, 0.5, 1, choices);
  }

  static List<Metric> numbers() {
    return numbers(MetricChoices.USUAL);
  }

  static List<Metric> numbers(MetricChoices choices) {
    return of("n", MetricTask.REGRESSION, 1, 0.5, 1, choices);
  }

  static List<Metric> segmentation(int classes, MetricChoices choices) {
    return of("s", MetricTask.SEGMENTATION, classes, 0.5, 1, choices);
  }

  static List<Metric> mask(String task, int width, MetricChoices choices) {
    return of(task, MetricTask.MASK, 2, 0.5, width, choices);
  }

  static List<Metric> depth(MetricChoices choices) {
    return of("d", MetricTask.DEPTH, 1, 0.5, 1, choices);
  }

  static List<Metric> normals(MetricChoices choices) {
    return of("n", MetricTask.NORMALS, 3, 0.5, 1, choices);
  }
}
