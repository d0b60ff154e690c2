package org.sparkmto.architecture;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.Functional;
import org.sparkmto.network.Initialisation;
import org.sparkmto.network.Parameter;
import org.sparkmto.network.ParameterBook;

/** A square 2-D convolution, weights as out, in, height, width. */
final class Convolution {
  private final Parameter weight;
  private final Parameter bias;
  private final long stride;
  private final long padding;
  private final long dilation;

  private Convolution(Parameter weight, Parameter bias, long stride, long padding, long dilation) {
    this.weight = weight;
    this.bias = bias;
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
  }

  /** With a bias and stride 1, started as PyTorch starts a convolution. */
  static Convolution biased(
      ParameterBook.Section section, String name, long in, long out, long kernel, long padding) {
    return biased(section, name, in, out, kernel, 1, padding);
  }

  /** With a bias, started as PyTorch starts a convolution. */
  static Convolution biased(
      ParameterBook.Section section,
      String name,
      long in,
      long out,
      long kernel,
      long stride,
      long padding) {
    Initialisation start = Initialisation.fanIn(in * kernel * kernel);
    return new Convolution(
        section.parameter(name + ".weight", start, out, in, kernel, kernel),
        section.parameter(name + ".bias", start, out),
        stride,
        padding,
        1);
  }

  /** With a bias that starts at zero, stride 1 and as much padding as keeps the map's size. */
  static Convolution glorot(
      ParameterBook.Section section, String name, long in, long out, long kernel) {
    Initialisation start = Initialisation.glorot(in * kernel * kernel, out * kernel * kernel);
    return new Convolution(
        section.parameter(name + ".weight", start, out, in, kernel, kernel),
        section.parameter(name + ".bias", new Initialisation.Constant(0), out),
        1,
        kernel / 2,
        1);
  }

  /** Without bias, started by He's rule: what stands before a batch normalisation. */
  static Convolution plain(
      ParameterBook.Section section, String name, long in, long out, long kernel, long stride) {
    return plain(section, name, in, out, kernel, stride, 1);
  }

  /**
   * The same with the kernel's elements {@code dilation} pixels apart, padded so that stride 1
   * keeps the size of the map.
   */
  static Convolution plain(
      ParameterBook.Section section,
      String name,
      long in,
      long out,
      long kernel,
      long stride,
      long dilation) {
    return new Convolution(
        section.parameter(
            name + ".weight",
            Initialisation.heFanOut(out * kernel * kernel),
            out,
            in,
            kernel,
            kernel),
        null,
        stride,
        dilation * (kernel / 2),
        dilation);
  }

  /** Without bias, stride 1, of the map's size, started at zero. */
  static Convolution silent(
      ParameterBook.Section section, String name, long in, long out, long kernel) {
    return new Convolution(
        section.parameter(
            name + ".weight", new Initialisation.Constant(0), out, in, kernel, kernel),
        null,
        1,
        kernel / 2,
        1);
  }

  Tensor apply(Tensor x) {
    return Functional.conv2d(x, weight, bias, stride, padding, dilation);
  }
}
