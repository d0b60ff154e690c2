package org.sparkmto.network;

import java.io.IOException;
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
  private static final int PIECE = 1 << 16;

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

  /** These values. */
  public static FlatVector of(float... values) {
    FlatVector vector = zeros(values.length);
    vector.write(0, values, 0, values.length);
    return vector;
  }

  /** Number of elements. */
  public long length() {
    return length;
  }

  /** The vector as a tensor of one axis; borrowed, valid until this is closed. */
  public Tensor tensor() {
    return tensor;
  }

  /** A copy of all elements. */
  public float[] toArray() {
    float[] values = new float[Math.toIntExact(length)];
    read(0, values, 0, values.length);
    return values;
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

  /** Moves some elements between an array and somewhere else. */
  @FunctionalInterface
  public interface Move {
    /** Moves the first elements of the array. */
    void run(float[] piece, int at, int count) throws IOException;
  }

  /** Hands all elements on, piece by piece in their order. */
  public void readAll(Move move) throws IOException {
    float[] piece = new float[(int) Math.min(PIECE, length)];
    for (long at = 0; at < length; at += PIECE) {
      int count = (int) Math.min(PIECE, length - at);
      read(at, piece, 0, count);
      move.run(piece, 0, count);
    }
  }

  /** Gives all elements the values that are put into the pieces, in their order. */
  public void writeAll(Move move) throws IOException {
    float[] piece = new float[(int) Math.min(PIECE, length)];
    for (long at = 0; at < length; at += PIECE) {
      int count = (int) Math.min(PIECE, length - at);
      move.run(piece, 0, count);
      write(at, piece, 0, count);
    }
  }

  /** Some of the elements, for arithmetic, in the scope of the caller. */
  public TensorElements elements(long from, long count) {
    return TensorElements.over(tensor.narrow(0, from, count));
  }

  /** The sum of the squares of some elements, in double. */
  public double squares(long from, long count) {
    try (PointerScope scope = new PointerScope()) {
      return TaskRows.squaredNorms(tensor.narrow(0, from, count).unsqueeze(0))[0];
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
