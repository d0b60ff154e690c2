package org.sparkmto.network;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A convolution or linear layer as a pass went through it. The gradient of its weight is a product:
 * with the cotangent C of what comes out (channels x places, the places of all samples in one row)
 * and the unfolded U of what goes in (weights of a channel x places) it is {@code C U'}. So the
 * inner product of two gradients, of the same pass or of different ones, is that of {@code C (U'V)}
 * and D, and where there are fewer places than weights of a channel it is had for less than one of
 * the gradients (Rochette, Manoel and Tramel, "Efficient per-example gradient computations in
 * convolutional neural networks", 2019, for single samples).
 *
 * <p>Its tensors are valid as long as the pass; its lengths remain.
 */
public final class LayerFactors {
  private final Tensor in;
  private final Tensor out;
  private final Window window;
  private final LayerShape shape;

  /** How a convolution goes over its maps; a linear layer has none. */
  record Window(long kernel, long padding, long dilation, long stride) {}

  LayerFactors(int parameter, Tensor in, Tensor out, Window window) {
    this.in = in;
    this.out = out;
    this.window = window;
    long channels = out.size(1);
    long kernel = window == null ? 1 : window.kernel() * window.kernel();
    this.shape = new LayerShape(parameter, channels, out.numel() / channels, in.size(1) * kernel);
  }

  /** How large they are. */
  public LayerShape shape() {
    return shape;
  }

  /** The weight's place among the shared parameters. */
  public int parameter() {
    return shape.parameter();
  }

  /** What comes out of the layer, by which a pass is differentiated. */
  Tensor out() {
    return out;
  }

  /** Channels that come out. */
  public long channels() {
    return shape.channels();
  }

  /** Places of all maps that come out, the samples' together. */
  public long places() {
    return shape.places();
  }

  /** Weights of a channel. */
  public long weights() {
    return shape.weights();
  }

  /**
   * Puts U into a matrix.
   *
   * @param into weights x places
   */
  public void unfold(Tensor into) {
    try (PointerScope own = new PointerScope()) {
      into.copy_(window == null ? in.detach().t() : unfolded());
    }
  }

  private Tensor unfolded() {
    long[] kernel = {window.kernel(), window.kernel()};
    long[] dilation = {window.dilation(), window.dilation()};
    long[] padding = {window.padding(), window.padding()};
    return torch
        .im2col(in.detach(), kernel, dilation, padding, window.stride(), window.stride())
        .transpose(0, 1)
        .reshape(shape.weights(), shape.places());
  }

  /**
   * Puts a cotangent of what comes out into a matrix.
   *
   * @param into channels x places
   */
  void put(Tensor cotangent, Tensor into) {
    try (PointerScope own = new PointerScope()) {
      into.copy_(cotangents(cotangent));
    }
  }

  /** C of a cotangent of what comes out. */
  Tensor cotangents(Tensor cotangent) {
    return cotangent.transpose(0, 1).reshape(shape.channels(), shape.places());
  }

  /**
   * Inner products of gradients, row-major.
   *
   * @param left cotangents, tasks x channels x places
   * @param leftIn U of those, weights x places
   * @param right cotangents, tasks x channels x places, of as many channels and maybe other places
   * @param rightIn U of those
   */
  public static double[] products(Tensor left, Tensor leftIn, Tensor right, Tensor rightIn) {
    try (PointerScope own = new PointerScope()) {
      long tasks = left.size(0);
      Tensor met = leftIn.t().mm(rightIn);
      Tensor seen = left.reshape(tasks * left.size(1), left.size(2)).mm(met);
      return TaskRows.crossed(seen.view(tasks, -1), right.reshape(right.size(0), -1));
    }
  }
}
