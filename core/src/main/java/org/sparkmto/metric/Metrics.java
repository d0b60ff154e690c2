package org.sparkmto.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkmto.options.Registry;

/** The metrics a task is judged by. A new metric is registered here. */
public final class Metrics {
  /**
   * Names of the figures that are measured only where a user asks for them, because their tallies
   * keep every answer of the split.
   */
  public static final List<String> ON_REQUEST = List.of(BinaryAveragePrecision.FIGURE.name());

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
              MultiLabelScores.ENTRY,
              NumberErrors.ENTRY,
              SegmentationScores.ENTRY,
              MaskScores.ENTRY,
              EdgeScores.ENTRY,
              DepthScores.ENTRY,
              NormalScores.ENTRY));

  private static final double HALF = 0.5;

  private Metrics() {}

  /** All of them, with their figures. */
  public static Registry<MetricEntry> known() {
    return KNOWN;
  }

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
  public static List<Metric> ofBinary(double prior, MetricChoices choices) {
    List<Metric> metrics = new ArrayList<>();
    if (choices.has(Quirk.BINARY_F1)) {
      metrics.add(new BinaryF1());
    } else {
      metrics.add(new BinaryAccuracy());
      metrics.add(new BinaryBalancedAccuracy(prior));
    }
    if (choices.also().contains(BinaryAveragePrecision.FIGURE.name())) {
      metrics.add(new BinaryAveragePrecision());
    }
    return metrics;
  }

  /** Of a task that asks yes or no for several labels of a sample. */
  public static List<Metric> ofMultiLabel(int labels) {
    return List.of(new MultiLabelScores(labels, HALF));
  }

  /** Of a task with real numbers, of samples or of pixels. */
  public static List<Metric> ofNumbers() {
    return List.of(new NumberErrors());
  }

  /** Of a task with one of several classes per pixel. */
  public static List<Metric> ofSegmentation(int classes, MetricChoices choices) {
    MeanIou mean =
        choices.has(Quirk.PLAIN_MEAN_IOU)
            ? MeanIou.ALL_CLASSES
            : choices.has(Quirk.PER_IMAGE_IOU) ? MeanIou.IMAGES : MeanIou.OCCURRING_CLASSES;
    return List.of(new SegmentationScores(classes, mean));
  }

  /**
   * Of a task that asks yes or no for each pixel. Regions are judged by their overlap, edges by the
   * distance to the true ones: an edge that is a pixel off overlaps nothing.
   *
   * @param task its name
   * @param width of the maps in pixels
   */
  public static List<Metric> ofMask(String task, int width, MetricChoices choices) {
    return List.of(choices.edges().contains(task) ? new EdgeScores(width) : new MaskScores());
  }

  /** Of depth or disparity. */
  public static List<Metric> ofDepth(MetricChoices choices) {
    return List.of(new DepthScores(choices.has(Quirk.ZERO_IS_MISSING) ? 0 : Double.NaN));
  }

  /** Of surface normals. */
  public static List<Metric> ofNormals(MetricChoices choices) {
    return List.of(
        new NormalScores(
            choices.has(Quirk.NORMALS_BY_SUM)
                ? NormalAngles.Valid.SUM
                : NormalAngles.Valid.LENGTH));
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
