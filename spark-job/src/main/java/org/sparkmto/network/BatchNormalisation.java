package org.sparkmto.network;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Batch normalisation as in PyTorch: momentum 0.1, epsilon 1e-5, running variance unbiased; in
 * training over those samples that {@link BatchStatistics} says.
 *
 * <p>One value has no variance, so where a channel has only one (the pooled map of a batch of one
 * sample) training takes the running statistics and leaves them as they are. PyTorch refuses such a
 * batch; here it may be what is left for a rank at the end of an epoch.
 *
 * <p>Where tasks have each their own, weight, bias and running statistics have a row for each, and
 * {@link SampleTasks} says which one a sample is normalised by.
 */
public final class BatchNormalisation {
  static final double MOMENTUM = 0.1;
  static final double EPSILON = 1e-5;

  private final ParameterBook.Section section;
  private final Parameter weight;
  private final Parameter bias;
  private final Parameter runningMean;
  private final Parameter runningVariance;

  /**
   * Declares scales, shifts and running statistics.
   *
   * @param name of the layer, in front of theirs
   */
  public BatchNormalisation(ParameterBook.Section section, String name, long channels) {
    this.section = section.normalising();
    weight = section.normalisation(name + ".weight", 1, channels);
    bias = section.normalisation(name + ".bias", 0, channels);
    runningMean = section.runningStatistics(name + ".running_mean", 0, channels);
    runningVariance = section.runningStatistics(name + ".running_var", 1, channels);
  }

  /** The same of other numbers. */
  private BatchNormalisation(
      ParameterBook.Section section,
      Parameter weight,
      Parameter bias,
      Parameter runningMean,
      Parameter runningVariance) {
    this.section = section;
    this.weight = weight;
    this.bias = bias;
    this.runningMean = runningMean;
    this.runningVariance = runningVariance;
  }

  /** What normalises the channels of copies; the running statistics stay where they are. */
  BatchNormalisation of(SampleCopies copies) {
    return new BatchNormalisation(
        section,
        copies.learned(weight),
        copies.learned(bias),
        copies.remembered(runningMean),
        copies.remembered(runningVariance));
  }

  /**
   * Normalises maps, {@code samples x channels x height x width}.
   *
   * @param training whether statistics are the batch's own, which then move the running ones
   */
  public Tensor apply(Tensor x, boolean training) {
    SampleCopies copies = SampleCopies.open();
    return copies == null ? alone(x, training) : copies.normalised(x, this, training);
  }

  /** Of samples that are no copies, or of copies that are channels. */
  Tensor alone(Tensor x, boolean training) {
    return training ? section.statistics().normalised(x, this) : ofRunning(x);
  }

  /** Whether each task has its own, as a row of what there is for a channel. */
  boolean isOfTasks() {
    return section.sampleTasks() != null;
  }

  /** Of which task each sample is that is normalised now, see {@link SampleTasks#membership}. */
  Tensor membership() {
    Tensor membership = section.sampleTasks().membership();
    if (membership == null) {
      throw new IllegalStateException(
          "batch normalisation of tasks trains on samples of which nobody has said the task");
    }
    return membership;
  }

  /** Normalised by the running statistics. */
  Tensor ofRunning(Tensor x) {
    if (!isOfTasks()) {
      return normalised(x, false, MOMENTUM);
    }
    SampleTasks tasks = section.sampleTasks();
    return tasks.membership() == null
        ? Functional.batchNormOfTask(
            x, weight, bias, runningMean, runningVariance, tasks.asked(), EPSILON)
        : BatchStatistics.lasting(() -> new TaskGroups(x, tasks.membership(), this).ofRunning());
  }

  /**
   * Normalised by the statistics of what is given, which move the running ones.
   *
   * @param momentum by how much
   */
  Tensor ofItsOwn(Tensor x, double momentum) {
    return normalised(x, x.numel() > x.size(1), momentum);
  }

  private Tensor normalised(Tensor x, boolean training, double momentum) {
    return Functional.batchNorm(
        x, weight, bias, runningMean, runningVariance, training, momentum, EPSILON);
  }

  /** By what values of such a variance are multiplied, in doubles. */
  Tensor scale(Tensor variance) {
    return variance.add(new Scalar(EPSILON)).rsqrt().mul(weight.tensor().toType(ScalarType.Double));
  }

  /**
   * What is added to values that have been multiplied, in doubles.
   *
   * @param from what was subtracted from them before
   */
  Tensor shift(Tensor from, Tensor mean, Tensor scale) {
    return bias.tensor().toType(ScalarType.Double).add(from.sub(mean).mul(scale));
  }

  Tensor runningMean() {
    return runningMean.tensor();
  }

  Tensor runningVariance() {
    return runningVariance.tensor();
  }
}
