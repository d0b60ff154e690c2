package org.sparkmto.network;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A contiguous native vector of floats that lives until it is closed. Arrays are copied in and out
 * by pieces, so that no second copy of a whole network is needed on the heap.
 */
public final class FlatVector implements AutoCloseable {
  private final Tensor tensor;
  private final FloatPointer data;
  private final long length;

  private FlatVector(Tensor tensor, long length) {
    this.tensor = tensor;
    this.length = length;
    // An empty tensor has no storage to point at.
    this.data = length == 0 ? new FloatPointer() : tensor.data_ptr_float().capacity(length);
    data.retainReference();
    tensor.retainReference();
  }

  /** Zeros. */
  public static FlatVector zeros(long length) {
    try (PointerScope scope = new PointerScope()) {
      return new FlatVector(torch.zeros(length), length);
    }
  }

  /** Number of elements. */
  public long length() {
    return length;
  }

  /** The vector as a tensor of one axis; borrowed, valid until this is closed. */
  public Tensor tensor() {
    return tensor;
  }

  /** Copies elements from {@code offset} on into an array. */
  public void read(long offset, float[] into, int at, int count) {
    check(offset, count);
    if (count > 0) {
      data.getPointer(offset).get(into, at, count).close();
    }
  }

  /** Copies elements of an array to {@code offset} and on. */
  public void write(long offset, float[] from, int at, int count) {
    check(offset, count);
    if (count > 0) {
      data.getPointer(offset).put(from, at, count).close();
    }
  }

  /** Multiplies every element. */
  public void scale(double factor) {
    try (PointerScope scope = new PointerScope()) {
      tensor.mul_(new Scalar(factor));
    }
  }

  private void check(long offset, int count) {
    if (offset < 0 || count < 0 || offset + count > length) {
      throw new IndexOutOfBoundsException(offset + " + " + count + " of " + length);
    }
  }

  @Override
  public void close() {
    data.releaseReference();
    tensor.releaseReference();
  }
}
