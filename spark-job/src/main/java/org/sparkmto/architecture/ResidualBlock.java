package org.sparkmto.architecture;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Functional;
import org.sparkmto.network.ParameterBook;

/**
 * A block of a residual network (He et al., CVPR 2016): convolutions around a shortcut. Parameters
 * have torchvision's names.
 */
final class ResidualBlock {
  /** A bottleneck gives so many times the channels of its 3x3 convolution. */
  static final long EXPANSION = 4;

  private final List<NormalisedConvolution> body;
  private final NormalisedConvolution shortcut;

  /** The shortcut is the identity if it is null. */
  private ResidualBlock(List<NormalisedConvolution> body, NormalisedConvolution shortcut) {
    this.body = body;
    this.shortcut = shortcut;
  }

  /**
   * Two 3x3 convolutions.
   *
   * @param stride of the first
   * @param entry dilation of the first
   * @param dilation of the second
   */
  static ResidualBlock basic(
      ParameterBook.Section section,
      String name,
      long in,
      long out,
      long stride,
      long entry,
      long dilation) {
    return new ResidualBlock(
        List.of(
            unit(section, name, 1, in, out, 3, stride, entry),
            unit(section, name, 2, out, out, 3, 1, dilation)),
        shortcut(section, name, in, out, stride));
  }

  /**
   * A 3x3 convolution between two of 1x1, of which the last gives {@link #EXPANSION} times {@code
   * mid} channels.
   *
   * @param stride of the 3x3 convolution
   * @param dilation of the 3x3 convolution
   */
  static ResidualBlock bottleneck(
      ParameterBook.Section section, String name, long in, long mid, long stride, long dilation) {
    long out = EXPANSION * mid;
    return new ResidualBlock(
        List.of(
            unit(section, name, 1, in, mid, 1, 1, 1),
            unit(section, name, 2, mid, mid, 3, stride, dilation),
            unit(section, name, 3, mid, out, 1, 1, 1)),
        shortcut(section, name, in, out, stride));
  }

  private static NormalisedConvolution unit(
      ParameterBook.Section section,
      String block,
      int number,
      long in,
      long out,
      long kernel,
      long stride,
      long dilation) {
    return NormalisedConvolution.of(
        section,
        block + ".conv" + number,
        block + ".bn" + number,
        in,
        out,
        kernel,
        stride,
        dilation);
  }

  private static NormalisedConvolution shortcut(
      ParameterBook.Section section, String block, long in, long out, long stride) {
    return in == out && stride == 1
        ? null
        : NormalisedConvolution.of(
            section, block + ".downsample.0", block + ".downsample.1", in, out, 1, stride, 1);
  }

  Tensor apply(Tensor x, boolean training) {
    int last = body.size() - 1;
    Tensor y = x;
    for (NormalisedConvolution unit : body.subList(0, last)) {
      y = unit.rectified(y, training);
    }
    y = body.get(last).apply(y, training);
    return Functional.reluInPlace(
        Functional.addInPlace(y, shortcut == null ? x : shortcut.apply(x, training)));
  }
}
