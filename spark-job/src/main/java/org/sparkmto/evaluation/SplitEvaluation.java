package org.sparkmto.evaluation;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.input.Batch;
import org.sparkmto.input.SplitScan;
import org.sparkmto.input.SplitSource;
import org.sparkmto.metric.LabelMetric;
import org.sparkmto.network.Replica;

/**
 * Evaluating a network over a split in parts: every rank counts over its share, the counts add up,
 * and the metrics are those of the whole split however it was shared.
 */
public final class SplitEvaluation {
  private static final int SAMPLES_AT_ONCE = 128;

  private final List<TaskMetrics> tasks;

  private SplitEvaluation(List<TaskMetrics> tasks) {
    this.tasks = tasks;
  }

  /** The evaluation of some tasks of a data set. */
  public static SplitEvaluation of(DatasetManifest manifest, List<Task> tasks) {
    return new SplitEvaluation(tasks.stream().map(task -> TaskMetrics.of(task, manifest)).toList());
  }

  /** Columns that inputs and targets of these tasks need. */
  public static List<String> columns(List<Task> tasks) {
    TreeSet<String> columns = new TreeSet<>();
    for (Task task : tasks) {
      columns.addAll(task.inputs());
      columns.add(task.target());
    }
    return List.copyOf(columns);
  }

  /** Number of counts of a split or a part of one. */
  public int sums() {
    return tasks.stream().mapToInt(TaskMetrics::sums).sum();
  }

  /** Counts over one rank's share of a split. */
  public double[] count(Replica replica, SplitSource source, int rank, int ranks) {
    double[] sums = new double[sums()];
    try (SplitScan scan = SplitScan.open(source, rank, ranks, SAMPLES_AT_ONCE)) {
      for (Optional<Batch> next = scan.next(); next.isPresent(); next = scan.next()) {
        var batch = next.get().host();
        List<float[]> outputs = replica.predict(batch);
        int at = 0;
        for (int i = 0; i < tasks.size(); i++) {
          tasks.get(i).add(sums, at, outputs.get(i), batch);
          at += tasks.get(i).sums();
        }
      }
    }
    return sums;
  }

  /** The metrics, from counts added up over all parts of the split. */
  public Scores scores(double[] sums) {
    Map<String, Map<String, Double>> scores = new LinkedHashMap<>();
    int at = 0;
    for (TaskMetrics task : tasks) {
      Map<String, Double> values = new LinkedHashMap<>();
      for (LabelMetric metric : task.metrics()) {
        values.put(metric.name(), metric.value(Arrays.copyOfRange(sums, at, at + metric.sums())));
        at += metric.sums();
      }
      scores.put(task.task().name(), values);
    }
    return new Scores(scores);
  }
}
