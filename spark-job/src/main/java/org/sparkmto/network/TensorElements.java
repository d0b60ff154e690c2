package org.sparkmto.network;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.elementwise.ElementVector;
import org.sparkmto.random.Draws;

/**
 * Elements of a tensor of one axis, for arithmetic where they lie. The tensor is borrowed; vectors
 * that are made on the way live in the scope of the caller.
 */
public final class TensorElements implements ElementVector<TensorElements> {
  private final Tensor tensor;

  private TensorElements(Tensor tensor) {
    this.tensor = tensor;
  }

  /** The elements of a tensor: what changes the one changes the other. */
  public static TensorElements over(Tensor tensor) {
    return new TensorElements(tensor);
  }

  /** Another vector with the same elements. */
  public TensorElements copy() {
    return new TensorElements(tensor.clone());
  }

  @Override
  public long length() {
    return tensor.numel();
  }

  @Override
  public TensorElements plus(double factor, TensorElements other) {
    return factor == 0 ? this : new TensorElements(tensor.add(other.tensor, new Scalar(factor)));
  }

  @Override
  public TensorElements scale(double factor) {
    tensor.mul_(new Scalar(factor));
    return this;
  }

  @Override
  public TensorElements shift(double number) {
    tensor.add_(new Scalar(number));
    return this;
  }

  @Override
  public TensorElements add(double factor, TensorElements other) {
    tensor.add_(other.tensor, new Scalar(factor));
    return this;
  }

  @Override
  public TensorElements addProduct(double factor, TensorElements left, TensorElements right) {
    tensor.addcmul_(left.tensor, right.tensor, new Scalar(factor));
    return this;
  }

  @Override
  public TensorElements addQuotient(double factor, TensorElements over, TensorElements under) {
    tensor.addcdiv_(over.tensor, under.tensor, new Scalar(factor));
    return this;
  }

  @Override
  public TensorElements root(double shift) {
    return new TensorElements(
        shift == 0 ? torch.sqrt(tensor) : tensor.add(new Scalar(shift)).sqrt_());
  }

  @Override
  public TensorElements signs() {
    return new TensorElements(torch.sign(tensor));
  }

  /** libtorch's abs knows no tensors without numbers, on which whole steps are tried. */
  @Override
  public TensorElements magnitudes() {
    return new TensorElements(torch.sign(tensor).mul_(tensor));
  }

  @Override
  public TensorElements times(TensorElements other) {
    return new TensorElements(tensor.mul(other.tensor));
  }

  @Override
  public TensorElements smaller(TensorElements other) {
    return new TensorElements(torch.minimum(tensor, other.tensor));
  }

  @Override
  public TensorElements larger(TensorElements other) {
    return new TensorElements(torch.maximum(tensor, other.tensor));
  }

  @Override
  public TensorElements zeros() {
    return new TensorElements(torch.zeros_like(tensor));
  }

  @Override
  public TensorElements divide(TensorElements other) {
    tensor.div_(other.tensor);
    return this;
  }

  @Override
  public TensorElements positivePart() {
    tensor.clamp_min_(new Scalar(0.0));
    return this;
  }

  /** Computed where the vector lies, so that no number of an element travels to a device. */
  @Override
  public TensorElements uniforms(Draws draws, long first) {
    return new TensorElements(
        TensorDraws.uniforms(draws, first, length(), tensor).toType(tensor.scalar_type()));
  }

  @Override
  public double sum() {
    return HostTensors.doubles(tensor.sum(new ScalarTypeOptional(ScalarType.Double)))[0];
  }
}
