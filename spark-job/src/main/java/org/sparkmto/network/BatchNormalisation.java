package org.sparkmto.network;

import org.bytedeco.pytorch.Tensor;

/**
 * Batch normalisation over the rank's part of the batch, as in PyTorch: momentum 0.1, epsilon 1e-5,
 * running variance unbiased.
 *
 * <p>One value has no variance, so where a channel has only one (the pooled map of a batch of one
 * sample) training takes the running statistics and leaves them as they are. PyTorch refuses such a
 * batch; here it may be what is left for a rank at the end of an epoch.
 */
final class BatchNormalisation {
  private static final double MOMENTUM = 0.1;
  private static final double EPSILON = 1e-5;

  private final Parameter weight;
  private final Parameter bias;
  private final Parameter runningMean;
  private final Parameter runningVariance;

  BatchNormalisation(ParameterBook.Section section, String name, long channels) {
    weight = section.parameter(name + ".weight", new Initialisation.Constant(1), channels);
    bias = section.parameter(name + ".bias", new Initialisation.Constant(0), channels);
    runningMean = section.buffer(name + ".running_mean", new Initialisation.Constant(0), channels);
    runningVariance =
        section.buffer(name + ".running_var", new Initialisation.Constant(1), channels);
  }

  Tensor apply(Tensor x, boolean training) {
    boolean severalValues = x.numel() > x.size(1);
    return Functional.batchNorm(
        x,
        weight,
        bias,
        runningMean,
        runningVariance,
        training && severalValues,
        MOMENTUM,
        EPSILON);
  }
}
