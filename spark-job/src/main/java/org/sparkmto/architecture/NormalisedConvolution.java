package org.sparkmto.architecture;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.BatchNormalisation;
import org.sparkmto.network.Functional;
import org.sparkmto.network.ParameterBook;

/** A convolution and the batch normalisation behind it. */
final class NormalisedConvolution {
  private final Convolution convolution;
  private final BatchNormalisation norm;

  private NormalisedConvolution(Convolution convolution, BatchNormalisation norm) {
    this.convolution = convolution;
    this.norm = norm;
  }

  /**
   * Declares both.
   *
   * @param convolution name of the convolution
   * @param norm name of the normalisation
   * @param dilation pixels between the elements of the kernel
   */
  static NormalisedConvolution of(
      ParameterBook.Section section,
      String convolution,
      String norm,
      long in,
      long out,
      long kernel,
      long stride,
      long dilation) {
    return new NormalisedConvolution(
        Convolution.plain(section, convolution, in, out, kernel, stride, dilation),
        new BatchNormalisation(section, norm, out));
  }

  /**
   * One that keeps the size of the map, named by places {@code at} and {@code at + 1} of a list.
   */
  static NormalisedConvolution listed(
      ParameterBook.Section section,
      String list,
      int at,
      long in,
      long out,
      long kernel,
      long dilation) {
    return of(section, list + "." + at, list + "." + (at + 1), in, out, kernel, 1, dilation);
  }

  /**
   * The same with a bias, which changes nothing of what comes out but is in the published weights,
   * and started by Glorot's rule.
   */
  static NormalisedConvolution biased(
      ParameterBook.Section section, String list, int at, long in, long out, long kernel) {
    return new NormalisedConvolution(
        Convolution.glorot(section, list + "." + at, in, out, kernel),
        new BatchNormalisation(section, list + "." + (at + 1), out));
  }

  Tensor apply(Tensor x, boolean training) {
    return norm.apply(convolution.apply(x), training);
  }

  /** With a ReLU behind. */
  Tensor rectified(Tensor x, boolean training) {
    return Functional.reluInPlace(apply(x, training));
  }
}
