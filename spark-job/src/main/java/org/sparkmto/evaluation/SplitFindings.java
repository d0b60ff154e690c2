package org.sparkmto.evaluation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.input.RankBatch;
import org.sparkmto.runlog.EvaluationDetails;

/**
 * What an evaluation finds beside metrics: which class was taken for which, how far probabilities
 * can be relied on, and which samples were worst. Parts of a split add up to the same, whatever the
 * parts.
 */
public final class SplitFindings implements Serializable {
  private static final long serialVersionUID = 1;

  private final ArrayList<TaskFindings> tasks = new ArrayList<>();
  private final ArrayList<Task> all;
  private final ArrayList<Column> targets = new ArrayList<>();

  /** Where the image to show of a task stands; null where there is none. */
  private final ArrayList<Column> images = new ArrayList<>();

  /**
   * Nothing found yet.
   *
   * @param manifest of the data set, for its columns
   * @param most how many of the worst samples of each task are kept
   */
  public SplitFindings(DatasetManifest manifest, List<Task> tasks, int most) {
    all = new ArrayList<>(tasks);
    for (Task task : tasks) {
      this.tasks.add(new TaskFindings(task, most));
      targets.add(manifest.column(task.target()));
      images.add(
          task.inputs().stream()
              .map(manifest::column)
              .filter(Thumbnail::shows)
              .findFirst()
              .orElse(null));
    }
  }

  /**
   * Takes in what a network has said of a batch.
   *
   * @param outputs of every task
   */
  void add(RankBatch batch, List<float[]> outputs) {
    Batch host = batch.host();
    for (int i = 0; i < tasks.size(); i++) {
      Reading reading = new Reading(all.get(i), targets.get(i), host, outputs.get(i));
      Optional<Column> image = Optional.ofNullable(images.get(i));
      tasks
          .get(i)
          .add(
              reading,
              batch::index,
              sample -> {
                List<byte[]> pictures = new ArrayList<>();
                image.ifPresent(
                    column ->
                        pictures.add(
                            Thumbnail.ofImage(batch.bytes(column.name()), sample, column)));
                pictures.addAll(Thumbnail.ofMaps(reading, sample));
                return pictures;
              });
    }
  }

  /** Takes in what was found of another part of the split. */
  public void add(SplitFindings part) {
    for (int i = 0; i < tasks.size(); i++) {
      tasks.get(i).add(part.tasks.get(i));
    }
  }

  /**
   * The record of all that was found.
   *
   * @param ids identities of samples by their number within the split
   */
  public EvaluationDetails details(String split, long step, LongFunction<String> ids) {
    Map<String, EvaluationDetails.Of> byTask = new LinkedHashMap<>();
    for (int i = 0; i < tasks.size(); i++) {
      Task task = all.get(i);
      byTask.put(
          task.name(),
          new EvaluationDetails.Of(
              task.kind().hasLabels() ? labels(task) : List.of(),
              tasks.get(i).confusion(),
              bins(tasks.get(i)),
              SampleLoss.words(task.kind(), targets.get(i).unit()),
              tasks.get(i).worst().stream().map(worst -> sample(worst, ids)).toList()));
    }
    return new EvaluationDetails(split, step, byTask);
  }

  private static List<String> labels(Task task) {
    if (!task.classNames().isEmpty()) {
      return task.classNames();
    }
    return task.kind() == TaskKind.BINARY || task.kind() == TaskKind.MASK
        ? List.of("no", "yes")
        : IntStream.range(0, task.classes()).mapToObj(Integer::toString).toList();
  }

  private static List<EvaluationDetails.Bin> bins(TaskFindings found) {
    List<EvaluationDetails.Bin> bins = new ArrayList<>();
    for (int bin = 0; bin < TaskFindings.BINS; bin++) {
      if (found.asked(bin) > 0) {
        bins.add(
            new EvaluationDetails.Bin(found.asked(bin), found.probability(bin), found.share(bin)));
      }
    }
    return bins;
  }

  private static EvaluationDetails.Sample sample(
      TaskFindings.Worst worst, LongFunction<String> ids) {
    return new EvaluationDetails.Sample(
        ids.apply(worst.index()),
        worst.loss(),
        worst.label(),
        worst.said(),
        worst.pictures().stream().map(Base64.getEncoder()::encodeToString).toList());
  }
}
