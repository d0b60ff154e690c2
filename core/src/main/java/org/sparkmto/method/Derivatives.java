package org.sparkmto.method;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The derivatives of targets by the weights of a trial step, for a {@link BilevelMethod}.
 *
 * @param targets how many there are
 * @param values one per task, target after target
 */
public record Derivatives(int targets, Vector values) implements GradientSummary {
  /** Those of one target. */
  public Derivatives(Vector values) {
    this(1, values);
  }

  /** Those of all targets. */
  public static Derivatives of(List<Vector> all) {
    return new Derivatives(all.size(), all.stream().reduce(Vector::followedBy).orElseThrow());
  }

  @Override
  public int blocks() {
    return targets;
  }

  @Override
  public Optional<Derivatives> derivatives() {
    return Optional.of(this);
  }

  @Override
  public boolean isAfterTrial() {
    return true;
  }

  /** The derivatives of a target by the weights of some tasks. */
  Vector of(int target, int... tasks) {
    int from = target * values.size() / targets;
    return values.select(Arrays.stream(tasks).map(task -> from + task).toArray());
  }

  @Override
  public GradientForm form() {
    return GradientForm.DERIVATIVES;
  }

  @Override
  public boolean fits(int tasks) {
    return values.size() == targets * tasks;
  }

  @Override
  public double[] numbers() {
    return values.toArray();
  }
}
