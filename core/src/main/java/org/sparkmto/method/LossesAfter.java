package org.sparkmto.method;

import java.util.List;
import java.util.Optional;

/**
 * The inner products of the gradients of the parts of a batch, and the losses after the steps of a
 * lower level, for a {@link ValueFunctionMethod}.
 *
 * @param gradients before these steps
 * @param after of the first part; may be infinite or NaN
 */
public record LossesAfter(GradientSummary.PartGram gradients, Vector after)
    implements GradientSummary {
  @Override
  public GradientForm form() {
    return GradientForm.LOSSES_AFTER;
  }

  @Override
  public int weightsPerTask() {
    return gradients.weightsPerTask();
  }

  @Override
  public boolean fits(int tasks) {
    return gradients.fits(tasks) && after.size() == tasks;
  }

  @Override
  public double[] numbers() {
    return Vector.of(gradients.numbers()).followedBy(after).toArray();
  }

  @Override
  public Optional<Vector> lossesAfter() {
    return Optional.of(after);
  }

  @Override
  public boolean isAfterTrial() {
    return true;
  }

  @Override
  public Optional<SymmetricMatrix> gram() {
    return gradients.gram();
  }

  @Override
  public List<SymmetricMatrix> products() {
    return gradients.products();
  }

  @Override
  public TaskStatus status(int task) {
    return gradients.status(task);
  }
}
