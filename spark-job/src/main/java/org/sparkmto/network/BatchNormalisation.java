package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;

/**
 * Batch normalisation as in PyTorch: momentum 0.1, epsilon 1e-5, running variance unbiased; in
 * training over those samples that {@link BatchStatistics} says.
 *
 * <p>One value has no variance, so where a channel has only one (the pooled map of a batch of one
 * sample) training takes the running statistics and leaves them as they are. PyTorch refuses such a
 * batch; here it may be what is left for a rank at the end of an epoch.
 */
final class BatchNormalisation {
  static final double MOMENTUM = 0.1;
  static final double EPSILON = 1e-5;

  private final ParameterBook.Section section;
  private final Parameter weight;
  private final Parameter bias;
  private final Parameter runningMean;
  private final Parameter runningVariance;

  BatchNormalisation(ParameterBook.Section section, String name, long channels) {
    this.section = section.normalising();
    weight = section.parameter(name + ".weight", new Initialisation.Constant(1), channels);
    bias = section.parameter(name + ".bias", new Initialisation.Constant(0), channels);
    runningMean = section.buffer(name + ".running_mean", new Initialisation.Constant(0), channels);
    runningVariance =
        section.buffer(name + ".running_var", new Initialisation.Constant(1), channels);
  }

  Tensor apply(Tensor x, boolean training) {
    return training ? section.statistics().normalised(x, this) : ofRunning(x);
  }

  /** Normalised by the running statistics. */
  Tensor ofRunning(Tensor x) {
    return normalised(x, false, MOMENTUM);
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

  Tensor weight() {
    return weight.tensor();
  }

  Tensor bias() {
    return bias.tensor();
  }

  Tensor runningMean() {
    return runningMean.tensor();
  }

  Tensor runningVariance() {
    return runningVariance.tensor();
  }
}
