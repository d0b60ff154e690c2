package org.sparkmto.preprocessing.numpy;

import java.nio.ByteBuffer;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/** An array of numbers of a {@code .npy} file; index and results are always in C order. */
public final class NpyArray {
  private final int[] shape;
  private final NpyType type;
  private final boolean fortran;
  private final ByteBuffer bytes;
  private final int start;
  private final int count;

  NpyArray(int[] shape, NpyType type, boolean fortran, byte[] file, int start) {
    this.shape = shape;
    this.type = type;
    this.fortran = fortran && shape.length > 1;
    this.bytes = ByteBuffer.wrap(file).order(type.order());
    this.start = start;
    int product = 1;
    for (int dimension : shape) {
      product *= dimension;
    }
    this.count = product;
  }

  /** The length of each dimension; none for a single number. */
  public int[] shape() {
    return shape.clone();
  }

  /** Whether the elements are unsigned bytes. */
  public boolean holdsBytes() {
    return type.bytes();
  }

  /** Number of elements. */
  public int count() {
    return count;
  }

  /**
   * The element at a place. {@code i8} beyond 2^53 is rounded.
   *
   * @param index in C order (last dimension fastest), however the file is ordered
   */
  public double at(int index) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException(index + " of " + count + " elements");
    }
    return type.decoder().at(bytes, start + (fortran ? inFortran(index) : index) * type.width());
  }

  /** All elements, rounded to floats. */
  public float[] reals() {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) at(i);
    }
    return values;
  }

  /**
   * All elements.
   *
   * @throws UnreadableSampleException {@code DAMAGED} if one is not a whole number of 32 bits
   */
  public int[] integers() throws UnreadableSampleException {
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      double value = at(i);
      values[i] = (int) value;
      if (values[i] != value) {
        throw new UnreadableSampleException(
            Reason.DAMAGED, "element " + i + " is " + value + ", not a whole number of 32 bits");
      }
    }
    return values;
  }

  /** The place in a file whose first dimension is the fastest. */
  private int inFortran(int index) {
    int rest = index;
    int place = 0;
    int stride = count;
    for (int d = shape.length - 1; d >= 0; d--) {
      stride /= shape[d];
      place += rest % shape[d] * stride;
      rest /= shape[d];
    }
    return place;
  }
}
