package org.sparkmto.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.LabelHistogram;
import org.sparkmto.data.TargetRange;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

/**
 * How often each label of a task occurs in the training split, what is missing left out: for a task
 * of classes one question with a count for each class, for a yes or no one question with the counts
 * of no and of yes, for a task of several labels such a question for each.
 */
final class TrainingLabels {
  private final Task task;
  private final List<long[]> questions;

  private TrainingLabels(Task task, List<long[]> questions) {
    this.task = task;
    this.questions = questions;
  }

  /** The counts of a task of labels; nothing if its data set does not have them. */
  static Optional<TrainingLabels> of(Task task, DatasetManifest manifest) {
    LabelHistogram histogram = manifest.histograms().get(task.name());
    if (!task.kind().hasLabels()
        || histogram == null
        || histogram.counts().size() != task.classes()) {
      return Optional.empty();
    }
    if (task.kind() != TaskKind.MULTI_LABEL) {
      long[] counts = histogram.counts().stream().mapToLong(Long::longValue).toArray();
      return Optional.of(new TrainingLabels(task, List.of(counts)));
    }
    TargetRange range = manifest.ranges().get(task.name());
    if (range == null || range.channels().size() != task.classes()) {
      return Optional.empty();
    }
    List<long[]> questions = new ArrayList<>();
    for (int label = 0; label < task.classes(); label++) {
      long yes = histogram.counts().get(label);
      questions.add(new long[] {range.channels().get(label).valid() - yes, yes});
    }
    return Optional.of(new TrainingLabels(task, questions));
  }

  /**
   * A weight for each class with which every class weighs the same over the whole split, and all
   * elements together as much as without weights: elements by classes and elements of this class.
   *
   * @throws IllegalArgumentException if a class never occurs
   */
  List<Double> classWeights() {
    long[] counts = questions.get(0);
    requireAll(0);
    double labelled = Arrays.stream(counts).sum();
    return Arrays.stream(counts).mapToObj(count -> labelled / (counts.length * count)).toList();
  }

  /**
   * For each question how many times more no there is than yes.
   *
   * @throws IllegalArgumentException if one has only yes or only no
   */
  List<Double> noByYes() {
    return each(question -> (double) question[0] / question[1]);
  }

  /**
   * For each question the share of no.
   *
   * @throws IllegalArgumentException if one has only yes or only no
   */
  List<Double> shareOfNo() {
    return each(question -> (double) question[0] / (question[0] + question[1]));
  }

  /**
   * Log shares of the classes, or log-odds of each yes; nothing if there is no label. What never
   * occurs counts as half an element, because its logarithm has no end.
   */
  Optional<List<Double>> prior() {
    if (questions.stream().allMatch(counts -> Arrays.stream(counts).sum() == 0)) {
      return Optional.empty();
    }
    List<Double> prior = new ArrayList<>();
    for (long[] counts : questions) {
      double labelled = Arrays.stream(counts).sum();
      if (!isYesOrNo()) {
        Arrays.stream(counts).forEach(one -> prior.add(Math.log(atLeastHalf(one) / labelled)));
      } else {
        prior.add(Math.log(atLeastHalf(counts[1]) / atLeastHalf(counts[0])));
      }
    }
    return Optional.of(prior);
  }

  private static double atLeastHalf(long count) {
    return Math.max((double) count, 0.5);
  }

  private boolean isYesOrNo() {
    return task.kind() != TaskKind.CLASSIFICATION && task.kind() != TaskKind.SEGMENTATION;
  }

  private List<Double> each(ToDoubleFunction<long[]> number) {
    List<Double> numbers = new ArrayList<>();
    for (int question = 0; question < questions.size(); question++) {
      requireAll(question);
      numbers.add(number.applyAsDouble(questions.get(question)));
    }
    return numbers;
  }

  private void requireAll(int question) {
    long[] counts = questions.get(question);
    long labelled = Arrays.stream(counts).sum();
    String of =
        task.kind() == TaskKind.MULTI_LABEL ? " of " + name(question, "label " + question) : "";
    for (int label = 0; label < counts.length; label++) {
      if (counts[label] == 0) {
        throw new IllegalArgumentException(
            labelled == 0
                ? "cannot be balanced: the training split has no label" + of
                : "cannot be balanced: none of the %d training labels%s says %s; give numbers"
                    .formatted(labelled, of, said(label)));
      }
    }
  }

  private String said(int label) {
    return isYesOrNo() ? List.of("no", "yes").get(label) : name(label, String.valueOf(label));
  }

  private String name(int label, String otherwise) {
    return task.classNames().isEmpty() ? otherwise : "'" + task.classNames().get(label) + "'";
  }
}
