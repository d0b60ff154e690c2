package org.sparkmto.network;

import java.util.List;
import java.util.Locale;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.options.Registry;

/** Which losses a kind of task can be trained with; the first is the usual one. */
public final class TaskLosses {
  private static final String BALANCED_BCE = BinaryCrossEntropy.BALANCED.name();

  /** Of a kind that can be trained with several, the first of these is the usual one. */
  private static final Registry<LossEntry> KNOWN =
      Registry.of(
          "loss",
          List.of(
              CrossEntropy.ENTRY,
              BinaryCrossEntropy.ENTRY,
              BinaryCrossEntropy.BALANCED,
              CosineDistance.ENTRY,
              AbsoluteError.ENTRY,
              SquaredError.ENTRY));

  private TaskLosses() {}

  /** All of them, with the kinds of tasks they are for. */
  public static Registry<LossEntry> known() {
    return KNOWN;
  }

  /** Names of the losses for a kind, the usual one first. */
  public static List<String> names(TaskKind kind) {
    return KNOWN.all().stream()
        .filter(entry -> entry.kinds().contains(kind))
        .map(LossEntry::name)
        .toList();
  }

  /**
   * The loss of a task.
   *
   * @throws IllegalArgumentException if the task names a loss that its kind cannot be trained with
   */
  static TaskLoss of(Task task) {
    int colon = task.loss().indexOf(':');
    String name = colon < 0 ? task.loss() : task.loss().substring(0, colon);
    List<String> known = names(task.kind());
    if (name.isEmpty()) {
      name = known.get(0);
    }
    if (!known.contains(name) || (colon >= 0 && !KNOWN.entry(name).weighted())) {
      throw new IllegalArgumentException(
          "task '%s' of kind %s cannot be trained with loss '%s'; there are %s"
              .formatted(task.name(), task.kind().label(), task.loss(), known));
    }
    LossEntry entry = KNOWN.entry(name);
    return entry.factory().apply(entry.weighted() ? weight(task, colon) : Double.NaN);
  }

  /**
   * The task, if it can be trained with the loss it names; {@code balanced-bce} may still lack its
   * weight.
   *
   * @throws IllegalArgumentException if not
   */
  public static Task checked(Task task) {
    if (!(task.loss().equals(BALANCED_BCE) && names(task.kind()).contains(BALANCED_BCE))) {
      of(task);
    }
    return task;
  }

  private static double weight(Task task, int colon) {
    String text = colon < 0 ? "" : task.loss().substring(colon + 1);
    double weight;
    try {
      weight = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      weight = Double.NaN;
    }
    if (!(weight > 0 && weight < 1)) {
      throw new IllegalArgumentException(
          "loss '%s' of task '%s' needs the weight of a yes between 0 and 1, such as %s:0.95"
              .formatted(task.loss(), task.name(), BALANCED_BCE));
    }
    return weight;
  }

  /** The task with the weight of its balanced loss: the share of no among the training labels. */
  static Task resolved(Task task, LabelHistogram histogram) {
    if (!task.loss().equals(BALANCED_BCE) || histogram == null || histogram.labelled() == 0) {
      return task;
    }
    double no = (double) histogram.counts().get(0) / histogram.labelled();
    return task.withLoss(String.format(Locale.ROOT, "%s:%.17g", BALANCED_BCE, no));
  }
}
