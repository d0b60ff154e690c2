package org.sparkmto.evaluation;

import java.util.List;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.Task;
import org.sparkmto.metric.LabelMetric;
import org.sparkmto.metric.Metrics;

/** The metrics that one task is judged by. */
final class TaskMetrics {
  private final Task task;
  private final Column target;
  private final List<LabelMetric> metrics;

  private TaskMetrics(Task task, Column target, List<LabelMetric> metrics) {
    this.task = task;
    this.target = target;
    this.metrics = metrics;
  }

  static TaskMetrics of(Task task, DatasetManifest manifest) {
    List<LabelMetric> metrics =
        switch (task.kind()) {
          case CLASSIFICATION -> Metrics.ofClassification(task.classes());
          case BINARY -> Metrics.ofBinary(prior(manifest.histograms().get(task.name())));
          case MULTI_LABEL, REGRESSION, SEGMENTATION, MASK, DEPTH, NORMALS, VECTORS ->
              throw new IllegalArgumentException(
                  "tasks of kind '"
                      + task.kind().label()
                      + "' cannot be evaluated by this version; choose others with tasks = [...]");
        };
    return new TaskMetrics(task, manifest.column(task.target()), metrics);
  }

  /** The share of yes among the training labels; one half where that is not known. */
  private static double prior(LabelHistogram histogram) {
    return histogram == null || histogram.labelled() == 0
        ? 0.5
        : (double) histogram.counts().get(1) / histogram.labelled();
  }

  Task task() {
    return task;
  }

  List<LabelMetric> metrics() {
    return metrics;
  }

  /** Sums that the metrics need together. */
  int sums() {
    return metrics.stream().mapToInt(LabelMetric::sums).sum();
  }

  /** Adds a batch to the sums of all metrics, which lie one after the other from {@code at} on. */
  void add(double[] sums, int at, float[] outputs, Batch batch) {
    int[] labels = labels(batch);
    int channels = batch.samples() == 0 ? 1 : outputs.length / batch.samples();
    int offset = at;
    for (LabelMetric metric : metrics) {
      double[] own = new double[metric.sums()];
      metric.add(own, outputs, channels, labels, batch.samples(), task.missing());
      for (double sum : own) {
        sums[offset++] += sum;
      }
    }
  }

  private int[] labels(Batch batch) {
    byte[] bytes = batch.column(target.name());
    int element = Math.max(task.element(), 0);
    int[] labels = new int[batch.samples()];
    for (int sample = 0; sample < labels.length; sample++) {
      labels[sample] = bytes[sample * target.bytes() + element] & 0xff;
    }
    return labels;
  }
}
