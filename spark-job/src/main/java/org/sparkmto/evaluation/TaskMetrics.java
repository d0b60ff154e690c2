package org.sparkmto.evaluation;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.Targets;
import org.sparkmto.data.Task;
import org.sparkmto.metric.Answers;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.Metric;
import org.sparkmto.metric.MetricChoices;
import org.sparkmto.metric.MetricTask;
import org.sparkmto.metric.Metrics;
import org.sparkmto.metric.Tally;

/** The metrics that one task is judged by. */
final class TaskMetrics {
  private final Task task;
  private final Column target;
  private final MetricTask judged;
  private final List<Metric> metrics;
  private final List<Figure> counted;

  private TaskMetrics(Task task, Column target, MetricTask judged) {
    this.task = task;
    this.target = target;
    this.judged = judged;
    this.metrics = Metrics.of(judged);
    this.counted = judged.choices().counted(task.name(), task.kind().label(), figures());
  }

  /** All figures of all its metrics, in order. */
  List<Figure> figures() {
    return metrics.stream().flatMap(metric -> metric.figures().stream()).toList();
  }

  static TaskMetrics of(Task task, DatasetManifest manifest, MetricChoices choices) {
    Column target = manifest.column(task.target());
    return new TaskMetrics(
        task,
        target,
        new MetricTask(
            task.name(),
            task.kind().label(),
            task.classes(),
            prior(manifest.histograms().get(task.name())),
            task.kind().hasPixels() ? width(target) : 1,
            choices,
            MetricTask.Decisions.CHOSEN_HERE));
  }

  /** The same with thresholds that another split has chosen. */
  TaskMetrics decidedBy(List<Double> thresholds) {
    return new TaskMetrics(task, target, judged.decidedBy(MetricTask.Decisions.given(thresholds)));
  }

  private static int width(Column map) {
    return map.shape().get(map.shape().size() - 1);
  }

  /**
   * The share of yes among the training labels; one half where that is not known, or where they are
   * all the same: a threshold of 0 would call everything yes.
   */
  private static double prior(LabelHistogram histogram) {
    if (histogram == null || histogram.labelled() == 0 || histogram.counts().size() < 2) {
      return 0.5;
    }
    double prior = (double) histogram.counts().get(1) / histogram.labelled();
    return prior > 0 && prior < 1 ? prior : 0.5;
  }

  Task task() {
    return task;
  }

  List<Metric> metrics() {
    return metrics;
  }

  /** The figures that count in Delta_m. */
  List<Figure> counted() {
    return counted;
  }

  /** Adds a batch to the tallies of all metrics. */
  void add(List<Tally> tallies, float[] outputs, Batch batch) {
    if (batch.samples() == 0) {
      return;
    }
    Answers answers = answers(outputs, batch);
    for (int i = 0; i < tallies.size(); i++) {
      metrics.get(i).add(tallies.get(i), answers);
    }
  }

  private Answers answers(float[] outputs, Batch batch) {
    int samples = batch.samples();
    List<Integer> shape = target.shape();
    int pixels = task.kind().hasPixels() ? shape.get(shape.size() - 2) * width(target) : 1;
    int channels = outputs.length / samples / pixels;
    if (!task.kind().hasLabels()) {
      return Answers.ofNumbers(
          samples, channels, pixels, outputs, Targets.values(batch, target, task));
    }
    int[] labels = Targets.labels(batch, target, task);
    for (int i = 0; i < labels.length; i++) {
      labels[i] = labels[i] == task.missing() ? Answers.NO_LABEL : labels[i];
    }
    return Answers.ofLabels(samples, channels, pixels, outputs, labels);
  }

  /** The figures, by name. */
  Map<String, Double> values(List<Tally> tallies) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (int i = 0; i < metrics.size(); i++) {
      double[] found = metrics.get(i).values(tallies.get(i));
      for (int figure = 0; figure < found.length; figure++) {
        values.put(metrics.get(i).figures().get(figure).name(), found[figure]);
      }
    }
    return values;
  }

  /**
   * Where the metrics have decisions begin, in logits, one for each label; empty if none chooses.
   */
  List<Double> thresholds(List<Tally> tallies) {
    for (int i = 0; i < metrics.size(); i++) {
      double[] chosen = metrics.get(i).thresholds(tallies.get(i));
      if (chosen.length > 0) {
        return Arrays.stream(chosen).boxed().toList();
      }
    }
    return List.of();
  }
}
