package org.sparkmto.network;

import java.io.IOException;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A contiguous vector of floats outside the JVM, on some device, that lives until it is closed.
 * Arrays are copied in and out by pieces, so that no second copy of a whole network is needed on
 * the heap. Of a {@link Replica#inDoubles} it is one of doubles, which arrays of floats round.
 */
public final class FlatVector implements AutoCloseable {
  private static final int PIECE = 1 << 16;
  private static final long IN_CACHE = 1 << 17;

  /** What a formula makes beside some elements is several times their size. */
  private static final long IN_MEMORY = 1 << 25;

  private final Tensor tensor;
  private final long length;

  private FlatVector(Tensor tensor, long length) {
    this.tensor = tensor;
    this.length = length;
    tensor.retainReference();
  }

  /** Zeros in the memory of the host. */
  public static FlatVector zeros(long length) {
    return zeros(length, Device.CPU);
  }

  /** Zeros on a device. */
  public static FlatVector zeros(long length, Device device) {
    return zeros(length, device, ScalarType.Float);
  }

  /** Zeros on a device, floats or doubles. */
  static FlatVector zeros(long length, Device device, ScalarType numbers) {
    try (PointerScope scope = new PointerScope()) {
      return new FlatVector(torch.zeros(new long[] {length}, device.options(numbers)), length);
    }
  }

  /** Zeros where this vector lies, in numbers as it has. */
  public FlatVector zerosBeside(long elements) {
    try (PointerScope scope = new PointerScope()) {
      return new FlatVector(HostTensors.zeros(tensor, tensor.scalar_type(), elements), elements);
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

  /** A copy of all elements, each with all its digits. */
  public double[] toDoubles() {
    try (PointerScope scope = new PointerScope()) {
      return HostTensors.doubles(tensor);
    }
  }

  /** Copies elements from {@code offset} on into an array. */
  public void read(long offset, float[] into, int at, int count) {
    check(offset, count);
    try (PointerScope scope = new PointerScope()) {
      HostTensors.read(tensor.narrow(0, offset, count), into, at, count);
    }
  }

  /** Copies elements of an array to {@code offset} and on. */
  public void write(long offset, float[] from, int at, int count) {
    check(offset, count);
    try (PointerScope scope = new PointerScope()) {
      float[] piece =
          at == 0 && count == from.length ? from : Arrays.copyOfRange(from, at, at + count);
      tensor.narrow(0, offset, count).copy_(HostTensors.floats(piece, ScalarType.Float, count));
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

  /** What is done with some of the elements. */
  @FunctionalInterface
  public interface Piece {
    /** Handles the elements from {@code at} on. */
    void run(long at, long count);
  }

  /**
   * Goes through some elements, piece by piece, each in a scope of tensors of its own. A formula is
   * several passes over a piece: on a CPU it stays in the cache meanwhile, and is long enough that
   * the call of a pass costs nothing beside; elsewhere a call costs more than a cache saves.
   */
  public void byPieces(long from, long to, Piece piece) {
    long length = tensor.is_cpu() ? IN_CACHE : IN_MEMORY;
    for (long at = from; at < to; at += length) {
      try (PointerScope scope = new PointerScope()) {
        piece.run(at, Math.min(length, to - at));
      }
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

  /** Takes the elements of another vector of this length. */
  public void copy(FlatVector other) {
    try (PointerScope scope = new PointerScope()) {
      tensor.copy_(other.tensor);
    }
  }

  /** Makes every element 0, whatever it was. */
  public void clear() {
    try (PointerScope scope = new PointerScope()) {
      tensor.zero_();
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
    tensor.releaseReference();
  }
}
