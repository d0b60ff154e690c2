package org.sparkmto.metric;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Registry;

/**
 * The metrics a task is judged by: the built-in ones, registered here, then those of jars of a
 * user's own, see {@link MetricProvider}. The entry of each says which tasks it judges.
 */
public final class Metrics {
  private static final Registry<MetricEntry> KNOWN =
      Registry.open(
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
              NormalScores.ENTRY),
          MetricProvider.class);

  private Metrics() {}

  /**
   * Names of the figures that are measured only where a user asks for them, in alphabetical order.
   */
  public static List<String> onRequest() {
    return KNOWN.all().stream()
        .filter(MetricEntry::onRequest)
        .flatMap(entry -> entry.figures().stream())
        .map(Figure::name)
        .distinct()
        .sorted()
        .toList();
  }

  /** All of them, with their figures. */
  public static Registry<MetricEntry> known() {
    return KNOWN;
  }

  /**
   * Those that judge a task, in the order of the registry.
   *
   * @throws ConfigurationException if a metric of a user's own has a figure for this task that
   *     another one has under the same name
   */
  public static List<Metric> of(MetricTask task) {
    Map<String, String> having = new HashMap<>();
    List<Metric> all = new ArrayList<>();
    for (MetricEntry entry : KNOWN.all()) {
      Optional<Metric> metric = entry.metric(task);
      for (Figure figure : metric.map(Metric::figures).orElse(List.of())) {
        String other = having.put(figure.name(), KNOWN.listed(entry));
        if (other != null) {
          throw new ConfigurationException(
              "two metrics have a figure '%s' for task '%s': %s and %s; one must be renamed"
                  .formatted(figure.name(), task.name(), other, KNOWN.listed(entry)));
        }
      }
      metric.ifPresent(all::add);
    }
    return all;
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
