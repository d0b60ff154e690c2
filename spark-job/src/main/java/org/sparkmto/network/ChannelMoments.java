package org.sparkmto.network;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Mean and variance of the values of every channel, from what ranks can add up: the sum of the
 * values, that of their squares, and their number. In doubles, as a sum of squares forgets what a
 * variance is; one row, or one for each group of samples.
 *
 * @param mean by channel
 * @param variance by channel, of these values and not of those that they were drawn from
 * @param count of the values of a channel, as a column; without a graph
 */
record ChannelMoments(Tensor mean, Tensor variance, Tensor count) {
  /** With what maps are computed: numbers of their own kind, halves in floats. */
  static ScalarType numbers(Tensor maps) {
    ScalarType own = maps.scalar_type().intern();
    return own == ScalarType.BFloat16 ? ScalarType.Float : own;
  }

  /**
   * What is added up over the ranks, side by side.
   *
   * @param first by channel the sum of what values are apart from something
   * @param second that of its squares
   * @param from that something, by channel
   * @param count of the values of a channel, as a column
   */
  static Tensor sums(Tensor first, Tensor second, Tensor from, Tensor count) {
    Tensor values = first.add(from.mul(count));
    Tensor squares = second.add(from.mul(first).mul(new Scalar(2.0))).add(from.square().mul(count));
    return torch.cat(HostTensors.vector(List.of(values, squares, count)), first.dim() - 1);
  }

  /** Of such sums; zeros of what has no value. */
  static ChannelMoments of(Tensor sums) {
    long axis = sums.dim() - 1;
    long channels = (sums.size(axis) - 1) / 2;
    Tensor count = sums.detach().narrow(axis, 2 * channels, 1);
    Tensor atLeastOne = count.clamp_min(new Scalar(1.0));
    Tensor mean = sums.narrow(axis, 0, channels).div(atLeastOne);
    Tensor squares = sums.narrow(axis, channels, channels).div(atLeastOne);
    return new ChannelMoments(mean, squares.sub(mean.square()).clamp_min(new Scalar(0.0)), count);
  }
}
