package org.sparkmto.network;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.naming.Counted;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * Cross-entropy of the softmax of the outputs, of whole samples or of pixels. With weights w and
 * smoothing s an element of class y, of K, has {@code -(1 - s) w_y log p_y - s / K sum_c w_c log
 * p_c}, as PyTorch has it (Szegedy et al., CVPR 2016, section 7, for the smoothing).
 *
 * @param weights of the classes; none for 1 everywhere
 * @param smoothing share of the truth that is spread evenly over the classes
 */
record CrossEntropy(List<Double> weights, double smoothing) implements TaskLoss {
  static final String WEIGHTS = "weights";
  static final String SMOOTHING = "smoothing";

  static final LossEntry ENTRY =
      new LossEntry(
          "cross-entropy",
          "cross-entropy of the softmax of the outputs",
          List.of(TaskKind.CLASSIFICATION, TaskKind.SEGMENTATION),
          List.of(
              classWeights(),
              Option.of(
                  SMOOTHING,
                  Option.fraction(),
                  0,
                  "share of the truth that is spread evenly over the classes, so that no"
                      + " probability is driven to 1")),
          (options, task) ->
              new CrossEntropy(classWeights(options, task), options.number(SMOOTHING)));

  private static final long SUM = 2;
  private static final int NONE = 0;

  CrossEntropy {
    weights = List.copyOf(weights);
  }

  /** The option of a weight for each class. */
  static Option classWeights() {
    return Option.orAbsent(
        WEIGHTS,
        Option.wordOr(LossEntry.BALANCED, Option.positives("numbers above zero, one per class")),
        "what an element of each class weighs, in the order of the classes; balanced: such that"
            + " every class of the training split weighs the same and the mean is 1; if absent, 1");
  }

  /**
   * Its value.
   *
   * @throws IllegalArgumentException if there are not as many as classes
   */
  static List<Double> classWeights(Options options, Task task) {
    List<Double> weights = options.has(WEIGHTS) ? options.numbers(WEIGHTS) : List.of();
    if (!weights.isEmpty() && weights.size() != task.classes()) {
      throw new IllegalArgumentException(
          "has %s, but the task has %d classes"
              .formatted(Counted.of(weights.size(), "weight"), task.classes()));
    }
    return weights;
  }

  @Override
  public Tensor sum(Tensor outputs, Target target) {
    TensorOptional perClass =
        weights.isEmpty()
            ? new TensorOptional()
            : new TensorOptional(HostTensors.numbers(weights, outputs));
    boolean each = InOneOrder.isWanted(outputs);
    Tensor loss =
        torch.cross_entropy_loss(
            outputs, target.values(), perClass, each ? NONE : SUM, target.missing(), smoothing);
    return each ? loss.sum() : loss;
  }
}
