package org.sparkmto.network;

import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The statistics of the whole batch over all ranks. What is needed of a channel are its number of
 * values, their sum and that of their squares; these are added up over the ranks in place, so that
 * autograd goes on from the sums of all as if they were a rank's own.
 *
 * <p>On the way back every rank has the derivatives of its own losses by those sums. The loss of
 * the batch is the sum of the ranks' losses, so its derivative is the sum of theirs: they are added
 * up, too, before they go on to the rank's values. What the weights get is left as it is, because
 * gradients of ranks are added up later.
 *
 * <p>Ranks must meet the same layers in the same order, there and back. Autograd, of what it can
 * differentiate, takes what was computed last first; ranks compute the same operations.
 */
final class WholeBatch extends BatchStatistics {
  private final RankSum sum;
  private final Back back;

  WholeBatch(RankSum sum) {
    this.sum = sum;
    back = new Back(sum);
    // Not freed with the scope that this is made in: graphs call it.
    back.retainReference();
  }

  /** Adds up derivatives over the ranks. The same for all layers, as it knows nothing of them. */
  private static final class Back extends TensorTensorHook {
    private final RankSum sum;

    Back(RankSum sum) {
      this.sum = sum;
    }

    @Override
    public TensorBase call(TensorBase derivatives) {
      // Autograd may have given the same memory to others.
      Tensor all = new Tensor(derivatives).contiguous().clone();
      sum.over(all);
      return all;
    }
  }

  @Override
  Tensor normalised(Tensor x, BatchNormalisation by) {
    return lasting(
        () ->
            by.isOfTasks()
                ? new TaskGroups(x, by.membership(), by).ofBatch(sum, back)
                : normalisedByAll(x, by));
  }

  private Tensor normalisedByAll(Tensor x, BatchNormalisation by) {
    long channels = x.size(1);
    long values = x.numel() / channels;
    long[] others = LongStream.range(0, x.dim()).filter(axis -> axis != 1).toArray();
    long[] perChannel =
        LongStream.range(0, x.dim()).map(axis -> axis == 1 ? channels : 1).toArray();
    ScalarType numbers = ChannelMoments.numbers(x);
    Tensor wide = x.toType(numbers);
    // Around something near their middle, in floats; what is left is of a channel, in doubles.
    Tensor middle = wide.detach().mean(others);
    Tensor apart = wide.sub(middle.view(perChannel));
    Tensor from = middle.toType(ScalarType.Double);
    Tensor own = HostTensors.numbers(List.of((double) values), from);
    Tensor sums =
        ChannelMoments.sums(summed(apart, others), summed(apart.square(), others), from, own);
    sum.over(sums.detach());
    if (sums.requires_grad()) {
      sums.register_hook(back);
    }
    ChannelMoments moments = ChannelMoments.of(sums);
    // Who has more than one value knows that all have; who has one asks how many all have.
    if (values == 1 && HostTensors.doubles(moments.count())[0] == 1) {
      return by.ofRunning(x);
    }
    move(by, moments.mean().detach(), moments.variance().detach(), moments.count());
    Tensor scale = by.scale(moments.variance());
    Tensor shift = by.shift(from, moments.mean(), scale);
    return torch
        .addcmul(
            shift.toType(numbers).view(perChannel), apart, scale.toType(numbers).view(perChannel))
        .toType(x.scalar_type());
  }

  private static Tensor summed(Tensor tensor, long[] axes) {
    return tensor.sum(axes, false, new ScalarTypeOptional()).toType(ScalarType.Double);
  }

  private static void move(BatchNormalisation by, Tensor mean, Tensor variance, Tensor count) {
    try (NoGradGuard guard = new NoGradGuard()) {
      Scalar momentum = new Scalar(BatchNormalisation.MOMENTUM);
      by.runningMean().lerp_(mean.toType(by.runningMean().scalar_type()), momentum);
      Tensor unbiased = variance.mul(count).div(count.sub(new Scalar(1.0)));
      by.runningVariance().lerp_(unbiased.toType(by.runningVariance().scalar_type()), momentum);
    }
  }
}
