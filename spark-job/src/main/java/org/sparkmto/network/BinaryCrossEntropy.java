package org.sparkmto.network;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.naming.Counted;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * Binary cross-entropy of the sigmoid of logits: one of a sample or pixel, or one of each label. An
 * element has {@code -yes y log p - no (1 - y) log(1 - p)}, where smoothing s makes of a truth y
 * {@code (1 - s) y + s / 2}. The weights stay what they are in every batch; weights by the share of
 * yes in the batch would differ from rank to rank.
 *
 * @param yes weight of a label that says yes; one for all labels, or one for each
 * @param no weight of a label that says no
 * @param smoothing share of the truth that is spread evenly over yes and no
 */
record BinaryCrossEntropy(List<Double> yes, double no, double smoothing) implements TaskLoss {
  static final String POSITIVE_WEIGHT = "positive-weight";
  static final String WEIGHT = "weight";

  static final LossEntry ENTRY =
      new LossEntry(
          "bce",
          "binary cross-entropy of the sigmoid of the outputs",
          List.of(TaskKind.BINARY, TaskKind.MASK, TaskKind.MULTI_LABEL),
          List.of(
              Option.orAbsent(
                  POSITIVE_WEIGHT,
                  Option.wordOr(
                      LossEntry.BALANCED,
                      Option.positives("a number above zero, or a list with one per label")),
                  "what a yes weighs where a no weighs 1; balanced: how many times more no than yes"
                      + " the training split has, label by label; if absent, 1"),
              Option.of(
                  CrossEntropy.SMOOTHING,
                  Option.fraction(),
                  0,
                  "share of the truth that is spread evenly over yes and no")),
          (options, task) ->
              new BinaryCrossEntropy(
                  perLabel(options, POSITIVE_WEIGHT, task, List.of(1.0)),
                  1,
                  options.number(CrossEntropy.SMOOTHING)));

  static final LossEntry BALANCED =
      new LossEntry(
          "balanced-bce",
          "the same with weights for yes and no",
          List.of(TaskKind.BINARY, TaskKind.MASK),
          List.of(
              Option.orAbsent(
                  WEIGHT,
                  Option.parsed(
                      "a number between 0 and 1, such as balanced-bce:0.95",
                      BinaryCrossEntropy::weight),
                  "a yes weighs so much and a no 1 less this; also written behind the name,"
                      + " balanced-bce:0.95; if absent, it is the share of no among the training"
                      + " labels")),
          (options, task) -> {
            double yes =
                options
                    .optionalNumber(WEIGHT)
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                "needs the weight of a yes between 0 and 1, such as"
                                    + " balanced-bce:0.95"));
            return new BinaryCrossEntropy(yes, 1 - yes);
          });

  private static final long SUM = 2;

  BinaryCrossEntropy {
    yes = List.copyOf(yes);
  }

  BinaryCrossEntropy(double yes, double no) {
    this(List.of(yes), no, 0);
  }

  private static double weight(String text) {
    double weight = Double.parseDouble(text);
    if (!(weight > 0 && weight < 1)) {
      throw new IllegalArgumentException("no weight leaves some for the other answer: " + text);
    }
    return weight;
  }

  /**
   * The numbers of an option with one for all labels or one for each.
   *
   * @throws IllegalArgumentException if there are not as many as labels
   */
  static List<Double> perLabel(Options options, String option, Task task, List<Double> otherwise) {
    if (!options.has(option)) {
      return otherwise;
    }
    List<Double> numbers = options.numbers(option);
    int labels = task.kind() == TaskKind.MULTI_LABEL ? task.classes() : 1;
    if (numbers.size() != 1 && numbers.size() != labels) {
      throw new IllegalArgumentException(
          "has %d numbers as %s, but the task has %s"
              .formatted(numbers.size(), option, Counted.of(labels, "label")));
    }
    return numbers;
  }

  @Override
  public Tensor sum(Tensor outputs, Target target) {
    Tensor logits = outputs.reshape(target.values().sizes());
    Tensor labels = target.values();
    boolean plain = smoothing == 0 && no == 1 && yes.equals(List.of(1.0));
    TensorOptional none = new TensorOptional();
    if (target.complete() && plain) {
      return torch.binary_cross_entropy_with_logits(
          logits, labels.toType(logits.scalar_type()), none, none, SUM);
    }
    Tensor labelled = labels.ne(new Scalar(target.missing()));
    Tensor truth = labels.mul(labelled).toType(logits.scalar_type());
    Tensor counts = labelled.toType(logits.scalar_type());
    if (smoothing == 0) {
      Tensor weights = truth.mul(ofYes(logits, -no)).add(new Scalar(no)).mul(counts);
      return torch.binary_cross_entropy_with_logits(
          logits, truth, new TensorOptional(weights), none, SUM);
    }
    Tensor smoothed = truth.mul(new Scalar(1 - smoothing)).add(new Scalar(smoothing / 2));
    return torch.binary_cross_entropy_with_logits(
        logits,
        smoothed,
        new TensorOptional(counts.mul(new Scalar(no))),
        new TensorOptional(ofYes(logits, 0).div(new Scalar(no))),
        SUM);
  }

  /** The weights of yes plus a number, one for all labels or one for each. */
  private Tensor ofYes(Tensor logits, double more) {
    return HostTensors.numbers(yes.stream().map(weight -> weight + more).toList(), logits);
  }
}
