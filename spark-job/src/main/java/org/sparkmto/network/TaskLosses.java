package org.sparkmto.network;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.options.OptionException;
import org.sparkmto.options.Options;
import org.sparkmto.options.Registry;

/**
 * Which losses a kind of task can be trained with; the first is the usual one. Behind the built-in
 * ones come those of jars of a user's own, see {@link LossProvider}.
 */
public final class TaskLosses {
  /** Of a kind that can be trained with several, the first of these is the usual one. */
  private static final Registry<LossEntry> KNOWN =
      Registry.open(
          "loss",
          List.of(
              CrossEntropy.ENTRY,
              BinaryCrossEntropy.ENTRY,
              BinaryCrossEntropy.BALANCED,
              FocalLoss.ENTRY,
              CosineDistance.ENTRY,
              AbsoluteError.ENTRY,
              SquaredError.ENTRY,
              SmoothAbsoluteError.ENTRY,
              HuberLoss.ENTRY,
              SoftCrossEntropy.ENTRY),
          LossProvider.class);

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
   * @throws IllegalArgumentException if the task names a loss that its kind cannot be trained with,
   *     its options are wrong, or one is to be balanced and {@link #balanced} has not been asked
   */
  static TaskLoss of(Task task) {
    LossSetting setting = LossSetting.parse(task.loss());
    LossEntry entry = entry(task, setting);
    Options options = options(task, entry, setting);
    for (String option : toBalance(entry, setting)) {
      if (setting.options().containsKey(option)) {
        throw new IllegalArgumentException(
            "%s: %s is to be balanced by the labels of a training split"
                .formatted(named(task, entry), option));
      }
    }
    return named(task, entry, () -> entry.factory().make(options, task));
  }

  /**
   * A task with the loss that a configuration says: its name, or its name and options.
   *
   * @param given a text, or keys with values; options without a name are of the loss that the task
   *     has
   * @throws IllegalArgumentException if the task cannot be trained so
   */
  public static Task chosen(Task task, Object given) {
    LossSetting setting = LossSetting.of(given).over(LossSetting.parse(task.loss()));
    if (setting.name().isEmpty()) {
      setting = new LossSetting(names(task.kind()).get(0), setting.options());
    }
    return checked(task.withLoss(setting.text()));
  }

  /**
   * The task, if it can be trained with the loss it names; what is to be balanced may still lack
   * its numbers.
   *
   * @throws IllegalArgumentException if not
   */
  static Task checked(Task task) {
    LossSetting setting = LossSetting.parse(task.loss());
    LossEntry entry = entry(task, setting);
    options(task, entry, setting);
    LossSetting filled = setting;
    for (String option : toBalance(entry, setting)) {
      // Any number will do to see whether the rest fits.
      filled = filled.with(option, option.equals(CrossEntropy.WEIGHTS) ? ones(task) : 0.5);
    }
    of(task.withLoss(filled.text()));
    return task;
  }

  private static List<Double> ones(Task task) {
    return Collections.nCopies(task.classes(), 1.0);
  }

  /**
   * The task with numbers in place of what is to be balanced by the labels of the training split,
   * so that they are the same on every rank and in every batch.
   *
   * @throws IllegalArgumentException if a label never occurs, or the data set has not counted them
   */
  public static Task balanced(Task task, DatasetManifest manifest) {
    LossSetting setting = LossSetting.parse(task.loss());
    LossEntry entry = entry(task, setting);
    options(task, entry, setting);
    for (String option : toBalance(entry, setting)) {
      setting = setting.with(option, named(task, entry, () -> balance(option, task, manifest)));
    }
    return setting.text().equals(task.loss()) ? task : task.withLoss(setting.text());
  }

  /**
   * The same, but a task that cannot be balanced stays as it is: a model looks at data of other
   * labels, too, and no loss is needed for that.
   */
  static Task balancedIfPossible(Task task, DatasetManifest manifest) {
    try {
      return balanced(task, manifest);
    } catch (IllegalArgumentException e) {
      return task;
    }
  }

  private static Object balance(String option, Task task, DatasetManifest manifest) {
    TrainingLabels counts =
        TrainingLabels.of(task, manifest)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "cannot be balanced: data set '%s' does not say how often each label occurs"
                            .formatted(manifest.dataset())));
    return switch (option) {
      case CrossEntropy.WEIGHTS -> counts.classWeights();
      case BinaryCrossEntropy.POSITIVE_WEIGHT -> counts.noByYes();
      case FocalLoss.ALPHA -> counts.shareOfNo();
      case BinaryCrossEntropy.WEIGHT -> counts.shareOfNo().get(0);
      default -> throw new IllegalStateException("nobody knows how to balance " + option);
    };
  }

  /** Options that are to have their numbers from the training split. */
  private static List<String> toBalance(LossEntry entry, LossSetting setting) {
    Map<String, Object> given = new TreeMap<>(setting.options());
    if (entry.name().equals(BinaryCrossEntropy.BALANCED.name())) {
      given.putIfAbsent(BinaryCrossEntropy.WEIGHT, LossEntry.BALANCED);
    }
    return given.entrySet().stream()
        .filter(one -> LossEntry.BALANCED.equals(one.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * The name of a task's loss.
   *
   * @throws IllegalArgumentException if its kind cannot be trained with it
   */
  static String nameOf(Task task) {
    return entry(task, LossSetting.parse(task.loss())).name();
  }

  private static LossEntry entry(Task task, LossSetting setting) {
    List<String> known = names(task.kind());
    String name = setting.name().isEmpty() ? known.get(0) : setting.name();
    if (!known.contains(name) || weighsNothing(KNOWN.entry(name), setting)) {
      throw new IllegalArgumentException(
          "task '%s' of kind %s cannot be trained with loss '%s'; there are %s"
              .formatted(task.name(), task.kind().label(), task.loss(), known));
    }
    return KNOWN.entry(name);
  }

  /** Whether a weight stands behind the name of a loss that has none. */
  private static boolean weighsNothing(LossEntry entry, LossSetting setting) {
    return setting.options().containsKey(BinaryCrossEntropy.WEIGHT)
        && entry.options().stream().noneMatch(one -> one.name().equals(BinaryCrossEntropy.WEIGHT));
  }

  private static Options options(Task task, LossEntry entry, LossSetting setting) {
    return Options.read(named(task, entry), entry.options(), setting.options());
  }

  private static String named(Task task, LossEntry entry) {
    return "loss '%s' of task '%s'".formatted(entry.name(), task.name());
  }

  private static <T> T named(Task task, LossEntry entry, Supplier<T> made) {
    try {
      return made.get();
    } catch (OptionException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(named(task, entry) + " " + e.getMessage(), e);
    }
  }
}
