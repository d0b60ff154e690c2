package org.sparkmto.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.input.RankBatch;
import org.sparkmto.input.SplitScan;
import org.sparkmto.input.SplitSource;
import org.sparkmto.metric.CountedFigures;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.MetricChoices;
import org.sparkmto.metric.Tally;
import org.sparkmto.network.Replica;

/**
 * Evaluating a network over a split in parts: every rank counts over its share, the counts add up,
 * and the metrics are those of the whole split however it was shared.
 */
public final class SplitEvaluation {
  private static final long MOST_SAMPLES_AT_ONCE = 128;
  private static final long PIXELS_AT_ONCE = 1 << 18;

  private final List<TaskMetrics> tasks;

  private SplitEvaluation(List<TaskMetrics> tasks) {
    this.tasks = tasks;
  }

  /**
   * The evaluation of some tasks of a data set, by the metrics that are chosen for them.
   *
   * @throws IllegalArgumentException if a figure is to count that its task has not
   */
  public static SplitEvaluation of(
      DatasetManifest manifest, List<Task> tasks, MetricChoices choices) {
    return new SplitEvaluation(
        tasks.stream().map(task -> TaskMetrics.of(task, manifest, choices)).toList());
  }

  /** The figures that count in Delta_m. */
  public CountedFigures counted() {
    Map<String, List<Figure>> counted = new LinkedHashMap<>();
    tasks.forEach(task -> counted.put(task.task().name(), task.counted()));
    return new CountedFigures(counted);
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

  /** What nothing counted yet is. */
  public List<Tally> nothing() {
    return tasks.stream()
        .flatMap(task -> task.metrics().stream())
        .map(Tally::of)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** Counts over one rank's share of a split. */
  public List<Tally> count(Replica replica, SplitSource source, int rank, int ranks) {
    return count(replica::predict, source, rank, ranks, samplesAtOnce(replica));
  }

  /** The same of whatever answers a batch, with the outputs of every task. */
  List<Tally> count(
      Function<Batch, List<float[]>> answers,
      SplitSource source,
      int rank,
      int ranks,
      int samplesAtOnce) {
    List<Tally> tallies = nothing();
    try (SplitScan scan = SplitScan.open(source, rank, ranks, samplesAtOnce)) {
      for (Optional<RankBatch> next = scan.next(); next.isPresent(); next = scan.next()) {
        Batch batch = next.get().host();
        List<float[]> outputs = answers.apply(batch);
        for (int i = 0; i < tasks.size(); i++) {
          tasks.get(i).add(of(tallies, i), outputs.get(i), batch);
        }
      }
    }
    return tallies;
  }

  /** Samples that a network takes at once without its maps filling the memory. */
  public static int samplesAtOnce(Replica replica) {
    long pixels = 1;
    for (Column input : replica.plan().inputs()) {
      List<Integer> shape = input.shape();
      int axes = shape.size();
      pixels = Math.max(pixels, axes < 2 ? 1 : (long) shape.get(axes - 2) * shape.get(axes - 1));
    }
    return (int) Math.max(1, Math.min(MOST_SAMPLES_AT_ONCE, PIXELS_AT_ONCE / pixels));
  }

  private List<Tally> of(List<Tally> tallies, int task) {
    int from = tasks.subList(0, task).stream().mapToInt(t -> t.metrics().size()).sum();
    return tallies.subList(from, from + tasks.get(task).metrics().size());
  }

  /** Takes what was counted over one part of a split into what was counted over others. */
  public static void add(List<Tally> all, List<Tally> part) {
    for (int i = 0; i < part.size(); i++) {
      all.get(i).add(part.get(i));
    }
  }

  /** The metrics, from what was counted over all parts of the split. */
  public Scores scores(List<Tally> tallies) {
    Map<String, Map<String, Double>> scores = new LinkedHashMap<>();
    for (int i = 0; i < tasks.size(); i++) {
      scores.put(tasks.get(i).task().name(), tasks.get(i).values(of(tallies, i)));
    }
    return new Scores(scores);
  }
}
