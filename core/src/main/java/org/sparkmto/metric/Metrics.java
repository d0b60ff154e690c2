package org.sparkmto.metric;

import java.util.List;
import java.util.Optional;
import org.sparkmto.options.Registry;

/**
 * The metrics a task is judged by. A new metric is registered here; its entry says which tasks it
 * judges.
 */
public final class Metrics {
  private static final Registry<MetricEntry> KNOWN =
      Registry.of(
          "metric",
          List.of(
              Accuracy.ENTRY,
              BalancedAccuracy.ENTRY,
              BinaryAccuracy.ENTRY,
              BinaryBalancedAccuracy.ENTRY,
              BinaryF1.ENTRY,
              BinaryAveragePrecision.ENTRY,
              BinaryRocAuc.ENTRY,
              BinaryF1AtThreshold.ENTRY,
              BinaryCalibration.ENTRY,
              MacroF1.ENTRY,
              ClassAveragePrecision.ENTRY,
              ClassRocAuc.ENTRY,
              ClassCalibration.ENTRY,
              MultiLabelScores.ENTRY,
              MultiLabelRocAuc.ENTRY,
              MultiLabelF1AtThreshold.ENTRY,
              MultiLabelCalibration.ENTRY,
              NumberErrors.ENTRY,
              AbsoluteErrorQuantile.MEDIAN_ENTRY,
              AbsoluteErrorQuantile.NINETY_ENTRY,
              SegmentationScores.ENTRY,
              MaskScores.ENTRY,
              EdgeScores.ENTRY,
              DepthScores.ENTRY,
              NormalScores.ENTRY));

  /**
   * Names of the figures that are measured only where a user asks for them, in alphabetical order.
   */
  public static final List<String> ON_REQUEST =
      KNOWN.all().stream()
          .filter(MetricEntry::onRequest)
          .flatMap(entry -> entry.figures().stream())
          .map(Figure::name)
          .distinct()
          .sorted()
          .toList();

  private Metrics() {}

  /** All of them, with their figures. */
  public static Registry<MetricEntry> known() {
    return KNOWN;
  }

  /** Those that judge a task, in the order of the registry. */
  public static List<Metric> of(MetricTask task) {
    return KNOWN.all().stream().flatMap(entry -> entry.metric(task).stream()).toList();
  }

  /** Which way the figure of this name gets better; empty if no metric here has it. */
  public static Optional<Direction> direction(String figure) {
    return figure(figure).map(Figure::direction);
  }

  /** The figure of this name, the first of several; empty if no metric here has it. */
  public static Optional<Figure> figure(String name) {
    return KNOWN.all().stream()
        .flatMap(entry -> entry.figures().stream())
        .filter(one -> one.name().equals(name))
        .findFirst();
  }
}
