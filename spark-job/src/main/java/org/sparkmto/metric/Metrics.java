package org.sparkmto.metric;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The metrics a task is judged by unless told otherwise. A new metric is registered here. */
public final class Metrics {
  private static final double HALF = 0.5;

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

  /** Of a task that asks yes or no for several labels of a sample. */
  public static List<Metric> ofMultiLabel(int labels) {
    return List.of(new MultiLabelScores(labels, HALF));
  }

  /** Of a task with real numbers, of samples or of pixels. */
  public static List<Metric> ofNumbers() {
    return List.of(new NumberErrors());
  }

  /** Of a task with one of several classes per pixel. */
  public static List<Metric> ofSegmentation(int classes) {
    return List.of(new SegmentationScores(classes));
  }

  /** Of a task that asks yes or no for each pixel. */
  public static List<Metric> ofMask() {
    return List.of(new MaskScores());
  }

  /** Of depth or disparity. */
  public static List<Metric> ofDepth() {
    return List.of(new DepthScores());
  }

  /** Of surface normals. */
  public static List<Metric> ofNormals() {
    return List.of(new NormalScores());
  }

  /** Which way the figure of this name gets better; empty if no metric here has it. */
  public static Optional<Direction> direction(String figure) {
    return Stream.<List<? extends Metric>>of(
            ofClassification(2),
            ofBinary(HALF),
            ofMultiLabel(1),
            ofNumbers(),
            ofSegmentation(2),
            ofMask(),
            ofDepth(),
            ofNormals())
        .flatMap(List::stream)
        .flatMap(metric -> metric.figures().stream())
        .filter(one -> one.name().equals(figure))
        .map(Figure::direction)
        .findFirst();
  }
}
