package org.sparkmto.network;

import java.util.stream.LongStream;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorTensorHook;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A batch whose samples are each of one task, normalised task by task with scales and shifts of the
 * task's own (the batch normalisation of Auto-Lambda's program for Multi-CIFAR100). As in {@link
 * WholeBatch} the number of values, their sum and that of their squares are added up over the
 * ranks, here a row for each task; what a rank has of a task, if anything, cannot be seen in the
 * result. All rows are computed at once, by products with a matrix that says which sample is of
 * which task.
 *
 * <p>A task of which the batch has no value, or a single one, leaves its running statistics, and
 * the one value is normalised by them. A sample of no task becomes zero.
 */
final class TaskGroups {
  private final Tensor x;
  private final Tensor of;
  private final BatchNormalisation by;
  private final ScalarType numbers;
  private final long[] places;
  private final long[] perSample;

  /**
   * Samples of a layer.
   *
   * @param x samples by channels, and what axes there are besides
   * @param of samples by tasks, 1 where a sample is of a task, in doubles
   */
  TaskGroups(Tensor x, Tensor of, BatchNormalisation by) {
    this.x = x;
    this.of = of;
    this.by = by;
    numbers = ChannelMoments.numbers(x);
    places = LongStream.range(2, x.dim()).toArray();
    perSample = LongStream.range(0, x.dim()).map(axis -> axis < 2 ? x.size(axis) : 1).toArray();
  }

  /**
   * Normalised by the statistics of the batch, which move the running ones.
   *
   * @param sum over the ranks
   * @param back the same of derivatives on the way back
   */
  Tensor ofBatch(BatchStatistics.RankSum sum, TensorTensorHook back) {
    Tensor wide = x.toType(numbers);
    Tensor own = of.sum(0);
    // Around something near the middle of each task, in floats; what is left is in doubles.
    Tensor middle =
        of.t().matmul(overPlaces(wide.detach()).div(valuesOfSample())).div(atLeastOne(own));
    Tensor from = middle.toType(numbers).toType(ScalarType.Double);
    Tensor apart = wide.sub(ofSamples(from));
    Tensor values = own.mul(valuesOfSample()).unsqueeze(1);
    Tensor first = of.t().matmul(overPlaces(apart));
    Tensor second = of.t().matmul(overPlaces(apart.square()));
    Tensor sums = ChannelMoments.sums(first, second, from, values);
    sum.over(sums.detach());
    if (sums.requires_grad()) {
      sums.register_hook(back);
    }
    ChannelMoments moments = ChannelMoments.of(sums);
    Tensor several = moments.count().gt(new Scalar(1.0));
    move(moments.mean().detach(), moments.variance().detach(), moments.count(), several);
    return scaled(
        apart,
        from,
        torch.where(several, moments.mean(), by.runningMean().toType(ScalarType.Double)),
        torch.where(several, moments.variance(), by.runningVariance().toType(ScalarType.Double)));
  }

  /** Normalised by the running statistics. */
  Tensor ofRunning() {
    Tensor mean = by.runningMean().toType(ScalarType.Double);
    Tensor from = mean.toType(numbers).toType(ScalarType.Double);
    return scaled(
        x.toType(numbers).sub(ofSamples(from)),
        from,
        mean,
        by.runningVariance().toType(ScalarType.Double));
  }

  /** Tasks by channels, in doubles, of what is apart from a middle. */
  private Tensor scaled(Tensor apart, Tensor from, Tensor mean, Tensor variance) {
    Tensor scale = by.scale(variance);
    Tensor shift = by.shift(from, mean, scale);
    return torch.addcmul(ofSamples(shift), apart, ofSamples(scale)).toType(x.scalar_type());
  }

  /** By sample and channel what a matrix says of tasks and channels. */
  private Tensor ofSamples(Tensor ofTasks) {
    return of.matmul(ofTasks).toType(numbers).view(perSample);
  }

  /** By sample and channel the sum of its values. */
  private Tensor overPlaces(Tensor values) {
    return (places.length == 0 ? values : values.sum(places, false, new ScalarTypeOptional()))
        .toType(ScalarType.Double);
  }

  private Scalar valuesOfSample() {
    long values = 1;
    for (long axis : places) {
      values *= x.size(axis);
    }
    return new Scalar((double) values);
  }

  private static Tensor atLeastOne(Tensor counts) {
    return counts.clamp_min(new Scalar(1.0)).unsqueeze(1);
  }

  private void move(Tensor mean, Tensor variance, Tensor count, Tensor several) {
    try (NoGradGuard guard = new NoGradGuard()) {
      ScalarType type = by.runningMean().scalar_type();
      Tensor momentum = several.toType(type).mul(new Scalar(BatchNormalisation.MOMENTUM));
      by.runningMean().lerp_(mean.toType(type), momentum);
      Tensor others = count.sub(new Scalar(1.0)).clamp_min(new Scalar(1.0));
      Tensor unbiased = variance.mul(count).div(others);
      by.runningVariance().lerp_(unbiased.toType(type), momentum);
    }
  }
}
