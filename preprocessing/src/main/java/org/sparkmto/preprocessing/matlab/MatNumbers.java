package org.sparkmto.preprocessing.matlab;

import java.util.stream.IntStream;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/** The numbers of an array, in whichever of MATLAB's types they are stored. */
final class MatNumbers {
  static final MatNumbers NONE = new MatNumbers(null, null, 0, 1, index -> 0);

  private final MatBytes bytes;
  private final MatElement data;
  private final int count;
  private final int width;
  private final Stored stored;

  /** The number at a place. */
  private interface Stored {
    double at(int index);
  }

  private MatNumbers(MatBytes bytes, MatElement data, int count, int width, Stored stored) {
    this.bytes = bytes;
    this.data = data;
    this.count = count;
    this.width = width;
    this.stored = stored;
  }

  /**
   * The numbers of an element.
   *
   * @param count how many it is said to hold, at least 1
   * @throws UnreadableSampleException {@code DAMAGED} if they are not all there
   */
  static MatNumbers of(MatBytes bytes, MatElement data, int count)
      throws UnreadableSampleException {
    int at = data.start();
    int width =
        switch (data.type()) {
          case 1, 2 -> 1;
          case 3, 4 -> 2;
          case 5, 6, 7 -> 4;
          case 9, 12, 13 -> 8;
          default -> throw damaged("numbers are stored as an element of type " + data.type());
        };
    if (data.size() != (long) count * width) {
      throw damaged(count + " numbers of " + width + " bytes each are said to have " + data.size());
    }
    Stored stored =
        switch (data.type()) {
          case 1 -> i -> (byte) bytes.byteAt(at + i);
          case 2 -> i -> bytes.byteAt(at + i);
          case 3 -> i -> (short) bytes.number(at + 2 * i, 2);
          case 4 -> i -> bytes.number(at + 2 * i, 2);
          case 5 -> i -> (int) bytes.number(at + 4 * i, 4);
          case 6 -> i -> bytes.number(at + 4 * i, 4);
          case 7 -> i -> Float.intBitsToFloat((int) bytes.number(at + 4 * i, 4));
          case 9 -> i -> Double.longBitsToDouble(bytes.number(at + 8 * i, 8));
          case 12 -> i -> bytes.number(at + 8 * i, 8);
          default -> i -> unsigned(bytes.number(at + 8 * i, 8));
        };
    return new MatNumbers(bytes, data, count, width, stored);
  }

  private static double unsigned(long value) {
    return value >= 0 ? value : (value >>> 1) * 2.0;
  }

  /**
   * The numbers as whole ones.
   *
   * @throws UnreadableSampleException {@code DAMAGED} if one is not a whole number of 32 bits
   */
  int[] integers() throws UnreadableSampleException {
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      double value = stored.at(i);
      values[i] = (int) value;
      if (values[i] != value) {
        throw damaged("number " + i + " is " + value + ", not a whole number of 32 bits");
      }
    }
    return values;
  }

  /** The numbers; whole ones beyond 2^53 are rounded. */
  double[] reals() {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = stored.at(i);
    }
    return values;
  }

  /**
   * Where the numbers are not 0.
   *
   * @throws UnreadableSampleException {@code DAMAGED} if not-a-number is among them
   */
  int[] nonZero() throws UnreadableSampleException {
    if (count == 0) {
      return new int[0];
    }
    IntStream.Builder places = IntStream.builder();
    int at = bytes.nextNonZero(data.start(), data.end());
    while (at < data.end()) {
      int index = (at - data.start()) / width;
      double number = stored.at(index);
      if (Double.isNaN(number)) {
        throw damaged("number " + index + " is not a number");
      }
      if (number != 0) {
        places.add(index);
      }
      at = bytes.nextNonZero(data.start() + (index + 1) * width, data.end());
    }
    return places.build().toArray();
  }

  private static UnreadableSampleException damaged(String detail) {
    return new UnreadableSampleException(Reason.DAMAGED, detail);
  }
}
