package org.sparkmto.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
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
import org.sparkmto.network.JudgedBatch;
import org.sparkmto.network.Replica;

/**
 * Evaluating a network over a split in parts: every rank counts over its share, the counts add up,
 * and the metrics are those of the whole split however it was shared.
 */
public final class SplitEvaluation {
  private static final long MOST_SAMPLES_AT_ONCE = 128;
  private static final long PIXELS_AT_ONCE = 1 << 18;

  private final List<TaskMetrics> tasks;
  private final boolean losses;

  private SplitEvaluation(List<TaskMetrics> tasks, boolean losses) {
    this.tasks = tasks;
    this.losses = losses;
  }

  /**
   * The evaluation of some tasks of a data set, by the metrics that are chosen for them.
   *
   * @throws IllegalArgumentException if a figure is to count that its task has not
   */
  public static SplitEvaluation of(
      DatasetManifest manifest, List<Task> tasks, MetricChoices choices) {
    return new SplitEvaluation(
        tasks.stream().map(task -> TaskMetrics.of(task, manifest, choices)).toList(), false);
  }

  /** The same, which also takes the losses that the tasks are trained with. */
  public SplitEvaluation withLosses() {
    return new SplitEvaluation(tasks, true);
  }

  /**
   * The same with thresholds that another split has chosen, by task; a task that is not there has
   * none.
   */
  public SplitEvaluation decidedBy(Map<String, List<Double>> thresholds) {
    return new SplitEvaluation(
        tasks.stream()
            .map(one -> one.decidedBy(thresholds.getOrDefault(one.task().name(), List.of())))
            .toList(),
        losses);
  }

  /**
   * From which logit on a network says yes, where a metric has the split choose that: by task, one
   * for each label, NaN for a label that cannot choose.
   */
  public Map<String, List<Double>> thresholds(SplitCounts counts) {
    Map<String, List<Double>> thresholds = new LinkedHashMap<>();
    for (int i = 0; i < tasks.size(); i++) {
      List<Double> chosen = tasks.get(i).thresholds(of(counts, i));
      if (!chosen.isEmpty()) {
        thresholds.put(tasks.get(i).task().name(), chosen);
      }
    }
    return thresholds;
  }

  /** The figures that count in Delta_m. */
  public CountedFigures counted() {
    Map<String, List<Figure>> counted = new LinkedHashMap<>();
    tasks.forEach(task -> counted.put(task.task().name(), task.counted()));
    return new CountedFigures(counted);
  }

  /** All figures of each task, by its name. */
  public Map<String, List<Figure>> figures() {
    Map<String, List<Figure>> figures = new LinkedHashMap<>();
    tasks.forEach(task -> figures.put(task.task().name(), task.figures()));
    return figures;
  }

  /** Columns that inputs and targets of these tasks need. */
  public static List<String> columns(List<Task> tasks) {
    TreeSet<String> columns = new TreeSet<>();
    for (Task task : tasks) {
      columns.addAll(task.inputs());
      columns.addAll(task.truths());
    }
    return List.copyOf(columns);
  }

  /** What nothing counted yet is. */
  public SplitCounts nothing() {
    return new SplitCounts(
        tasks.stream().flatMap(task -> task.metrics().stream()).map(Tally::of).toList(),
        losses ? tasks.size() : 0);
  }

  /** Counts over one rank's share of a split. */
  public SplitCounts count(Replica replica, SplitSource source, int rank, int ranks) {
    return count(batch -> judged(replica, batch), source, rank, ranks, samplesAtOnce(replica));
  }

  private JudgedBatch judged(Replica replica, RankBatch batch) {
    return losses
        ? replica.judge(batch.host())
        : JudgedBatch.of(replica.predictLabelled(batch.host()));
  }

  /**
   * The same, and what else is found there.
   *
   * @param findings of these tasks; added to
   */
  public SplitCounts count(
      Replica replica, SplitSource source, int rank, int ranks, SplitFindings findings) {
    return count(
        batch -> {
          JudgedBatch judged = judged(replica, batch);
          findings.add(batch, judged.outputs());
          return judged;
        },
        source,
        rank,
        ranks,
        samplesAtOnce(replica));
  }

  /** The same of whatever answers a batch, with the outputs of every task. */
  SplitCounts count(
      Function<RankBatch, JudgedBatch> answers,
      SplitSource source,
      int rank,
      int ranks,
      int samplesAtOnce) {
    SplitCounts counts = nothing();
    try (SplitScan scan = SplitScan.open(source, rank, ranks, samplesAtOnce)) {
      for (Optional<RankBatch> next = scan.next(); next.isPresent(); next = scan.next()) {
        Batch batch = next.get().host();
        JudgedBatch judged = answers.apply(next.get());
        counts.addLosses(judged.lossSums(), judged.labelled());
        for (int i = 0; i < tasks.size(); i++) {
          tasks.get(i).add(of(counts, i), judged.outputs().get(i), batch);
        }
      }
    }
    return counts;
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

  private List<Tally> of(SplitCounts counts, int task) {
    int from = tasks.subList(0, task).stream().mapToInt(t -> t.metrics().size()).sum();
    return counts.tallies().subList(from, from + tasks.get(task).metrics().size());
  }

  /**
   * The mean loss of each task over its labelled elements, from what was counted over all parts of
   * the split; NaN if there are none. Empty if losses were not taken.
   */
  public Map<String, Double> losses(SplitCounts counts) {
    Map<String, Double> means = new LinkedHashMap<>();
    for (int i = 0; i < counts.losses(); i++) {
      means.put(tasks.get(i).task().name(), counts.loss(i));
    }
    return means;
  }

  /** The metrics, from what was counted over all parts of the split. */
  public Scores scores(SplitCounts counts) {
    Map<String, Map<String, Double>> scores = new LinkedHashMap<>();
    for (int i = 0; i < tasks.size(); i++) {
      scores.put(tasks.get(i).task().name(), tasks.get(i).values(of(counts, i)));
    }
    return new Scores(scores);
  }
}
