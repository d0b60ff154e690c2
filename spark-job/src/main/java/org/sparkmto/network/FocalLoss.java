package org.sparkmto.network;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * Focal loss (Lin et al., Focal Loss for Dense Object Detection, ICCV 2017, eq. 5): {@code -alpha_t
 * (1 - p_t)^gamma log p_t}, with p_t the probability of what is true. Of a yes or no the
 * probability is a sigmoid, as in the paper; of classes, a softmax.
 *
 * @param gamma how strongly what is known well counts less; 0 is cross-entropy
 * @param softmax whether outputs are of classes
 * @param alpha of each class; or of a yes, one for all labels or one for each, where a no has 1
 *     less this; none: all count 1 (eq. 4)
 */
record FocalLoss(double gamma, boolean softmax, List<Double> alpha) implements TaskLoss {
  static final String GAMMA = "gamma";
  static final String ALPHA = "alpha";

  static final LossEntry ENTRY =
      new LossEntry(
          "focal",
          "focal loss: cross-entropy in which what is known well counts less",
          List.of(
              TaskKind.CLASSIFICATION,
              TaskKind.BINARY,
              TaskKind.MULTI_LABEL,
              TaskKind.SEGMENTATION,
              TaskKind.MASK),
          List.of(
              Option.of(
                  GAMMA,
                  Option.notNegative(),
                  2,
                  "how strongly what is known well counts less; 0 is cross-entropy"),
              Option.orAbsent(
                  ALPHA,
                  Option.wordOr(
                      LossEntry.BALANCED,
                      Option.positives("a number between 0 and 1, or a list with one per label")),
                  "of a yes or no: a yes weighs so much and a no 1 less this (0.25 in the paper);"
                      + " balanced: the share of no in the training split; if absent, both weigh"
                      + " 1"),
              CrossEntropy.classWeights()),
          FocalLoss::of);

  FocalLoss {
    alpha = List.copyOf(alpha);
  }

  private static FocalLoss of(Options options, Task task) {
    boolean classes =
        task.kind() == TaskKind.CLASSIFICATION || task.kind() == TaskKind.SEGMENTATION;
    String other = classes ? ALPHA : CrossEntropy.WEIGHTS;
    if (options.has(other)) {
      throw new IllegalArgumentException(
          "has the option %s, which is for %s; of a task of kind %s give %s"
              .formatted(
                  other,
                  classes ? "a yes or no" : "classes",
                  task.kind().label(),
                  classes ? CrossEntropy.WEIGHTS : ALPHA));
    }
    double gamma = options.number(GAMMA);
    if (classes) {
      return new FocalLoss(gamma, true, CrossEntropy.classWeights(options, task));
    }
    List<Double> ofYes = BinaryCrossEntropy.perLabel(options, ALPHA, task, List.of());
    if (ofYes.stream().anyMatch(one -> one >= 1)) {
      throw new IllegalArgumentException("needs an alpha between 0 and 1, not " + ofYes);
    }
    return new FocalLoss(gamma, false, ofYes);
  }

  @Override
  public Tensor sum(Tensor outputs, Target target) {
    Tensor labelled = target.values().ne(new Scalar(target.missing()));
    Tensor truth = target.values().mul(labelled);
    Tensor counts = labelled.toType(outputs.scalar_type());
    return softmax
        ? ofClasses(outputs, truth, counts)
        : ofYesAndNo(outputs.reshape(truth.sizes()), truth, counts);
  }

  private Tensor ofYesAndNo(Tensor logits, Tensor truth, Tensor counts) {
    Tensor yes = truth.toType(logits.scalar_type());
    // The logit of what is true: of a no, the other way round.
    Tensor logit = logits.mul(yes.mul(new Scalar(2.0)).sub(new Scalar(1.0)));
    Tensor each = focused(torch.log_sigmoid(logit), torch.log_sigmoid(logit.neg()));
    if (!alpha.isEmpty()) {
      Tensor ofYes = HostTensors.numbers(alpha, logits);
      Tensor ofNo = ofYes.neg().add(new Scalar(1.0));
      each = each.mul(yes.mul(ofYes.sub(ofNo)).add(ofNo));
    }
    return each.mul(counts).sum();
  }

  private Tensor ofClasses(Tensor outputs, Tensor truth, Tensor counts) {
    Tensor index = truth.unsqueeze(1);
    Tensor all = outputs.logsumexp(new long[] {1}, true);
    Tensor known = outputs.gather(1, index).sub(all);
    // log(1 - p) of a p near 1 is 0 times infinity in its gradient; the others' sum is neither.
    Tensor others = outputs.scatter(1, index, new Scalar(Double.NEGATIVE_INFINITY));
    Tensor each = focused(known, others.logsumexp(new long[] {1}, true).sub(all)).squeeze(1);
    if (!alpha.isEmpty()) {
      Tensor weights = HostTensors.numbers(alpha, outputs);
      each = each.mul(weights.index_select(0, truth.reshape(-1)).reshape(truth.sizes()));
    }
    return each.mul(counts).sum();
  }

  /** From log p_t and log(1 - p_t); a power of 1 - p_t itself has no gradient where that is 0. */
  private Tensor focused(Tensor known, Tensor unknown) {
    return unknown.mul(new Scalar(gamma)).exp().mul(known).neg();
  }
}
