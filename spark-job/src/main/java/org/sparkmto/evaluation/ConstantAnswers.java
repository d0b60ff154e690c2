package org.sparkmto.evaluation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Targets;
import org.sparkmto.data.Task;
import org.sparkmto.input.SplitSource;
import org.sparkmto.network.ConstantGuess;
import org.sparkmto.network.JudgedBatch;
import org.sparkmto.network.Replica;
import org.sparkmto.runlog.ConstantScores;

/**
 * What the same answer for every image is worth on a split, task by task: that of {@link
 * ConstantGuess}, judged by the metrics of the tasks. Counted in parts as networks are.
 */
public final class ConstantAnswers {
  private final DatasetManifest manifest;
  private final List<Task> tasks;
  private final SplitEvaluation evaluation;

  /** The constant answers of tasks that are judged so. */
  public ConstantAnswers(DatasetManifest manifest, List<Task> tasks, SplitEvaluation evaluation) {
    this.manifest = manifest;
    this.tasks = List.copyOf(tasks);
    this.evaluation = evaluation;
  }

  /**
   * What was counted over a part of a split, or over none.
   *
   * @param counts of all metrics
   * @param labelled samples with a label, by task in order
   */
  public record Counted(SplitCounts counts, List<Long> labelled) implements Serializable {
    /** Nothing counted. */
    public static final Counted NOTHING = new Counted(SplitCounts.none(), List.of());

    /** Takes a copy of the counts. */
    public Counted {
      labelled = List.copyOf(labelled);
    }
  }

  /** Counts over one rank's share of a split, in batches of the size that a network takes. */
  public Counted count(Replica replica, SplitSource source, int rank, int ranks) {
    long[] labelled = new long[tasks.size()];
    SplitCounts counted =
        evaluation.count(
            batch -> JudgedBatch.of(outputs(batch.host(), labelled)),
            source,
            rank,
            ranks,
            SplitEvaluation.samplesAtOnce(replica));
    List<Long> counts = new ArrayList<>();
    for (long count : labelled) {
      counts.add(count);
    }
    return new Counted(counted, counts);
  }

  private List<float[]> outputs(Batch batch, long[] labelled) {
    List<float[]> outputs = new ArrayList<>();
    for (int task = 0; task < tasks.size(); task++) {
      Column target = manifest.column(tasks.get(task).target());
      labelled[task] += labelled(batch, target, tasks.get(task));
      outputs.add(outputs(batch.samples(), target, tasks.get(task)));
    }
    return outputs;
  }

  private float[] outputs(int samples, Column target, Task task) {
    List<Double> guess =
        ConstantGuess.of(task, manifest).orElseGet(() -> Collections.nCopies(channels(task), 0.0));
    List<Integer> shape = target.shape();
    int axes = shape.size();
    int pixels = task.kind().hasPixels() ? shape.get(axes - 2) * shape.get(axes - 1) : 1;
    float[] outputs = new float[samples * guess.size() * pixels];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = guess.get(i / pixels % guess.size()).floatValue();
    }
    return outputs;
  }

  /** A yes or no has one output. */
  private static int channels(Task task) {
    return switch (task.kind()) {
      case BINARY, MASK -> 1;
      default -> task.classes();
    };
  }

  private static long labelled(Batch batch, Column target, Task task) {
    long labelled = 0;
    if (task.kind().hasLabels()) {
      int[] labels = Targets.labels(batch, target, task);
      int each = labels.length / Math.max(1, batch.samples());
      for (int sample = 0; sample < batch.samples(); sample++) {
        boolean any = false;
        for (int i = sample * each; i < (sample + 1) * each; i++) {
          any |= labels[i] != task.missing();
        }
        labelled += any ? 1 : 0;
      }
      return labelled;
    }
    float[] values = Targets.values(batch, target, task);
    int each = values.length / Math.max(1, batch.samples());
    for (int sample = 0; sample < batch.samples(); sample++) {
      boolean any = false;
      for (int i = sample * each; i < (sample + 1) * each; i++) {
        any |= !Float.isNaN(values[i]);
      }
      labelled += any ? 1 : 0;
    }
    return labelled;
  }

  /**
   * What the ranks have counted together.
   *
   * @return nothing if a rank has not counted, or no constant is known
   */
  public Optional<ConstantScores> scores(List<Counted> parts) {
    if (parts.isEmpty() || parts.stream().anyMatch(part -> part.labelled().isEmpty())) {
      return Optional.empty();
    }
    SplitCounts counts = evaluation.nothing();
    parts.forEach(part -> counts.add(part.counts()));
    Map<String, Map<String, Double>> all = evaluation.scores(counts).tasks();
    Map<String, Map<String, Double>> known = new LinkedHashMap<>();
    Map<String, Long> labelled = new LinkedHashMap<>();
    for (int task = 0; task < tasks.size(); task++) {
      int index = task;
      String name = tasks.get(task).name();
      if (ConstantGuess.of(tasks.get(task), manifest).isPresent()) {
        known.put(name, all.get(name));
        labelled.put(name, parts.stream().mapToLong(part -> part.labelled().get(index)).sum());
      }
    }
    return known.isEmpty() ? Optional.empty() : Optional.of(new ConstantScores(known, labelled));
  }
}
