package org.sparkmto.input;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;

/** The stored numbers of a column, sample by sample. */
final class StoredNumbers {
  private final Column column;
  private final ElementType type;
  private final int elements;
  private final boolean mayMiss;
  private final double least;
  private final double greatest;

  /**
   * Of a target, a stored number may say that there is no value; of an input, every number is one.
   */
  StoredNumbers(Column column) {
    this.column = column;
    type = column.type();
    elements = column.elements();
    mayMiss = column.role() == Column.Role.TARGET;
    int excluded = mayMiss ? 1 : 0;
    switch (type) {
      case UINT8 -> {
        least = 0;
        greatest = 255 - excluded;
      }
      case INT8 -> {
        least = Byte.MIN_VALUE + excluded;
        greatest = Byte.MAX_VALUE;
      }
      case UINT16 -> {
        least = excluded;
        greatest = 65535;
      }
      case INT16 -> {
        least = Short.MIN_VALUE + excluded;
        greatest = Short.MAX_VALUE;
      }
      case INT32 -> {
        least = Integer.MIN_VALUE + (double) excluded;
        greatest = Integer.MAX_VALUE;
      }
      case FLOAT32 -> {
        least = Double.NEGATIVE_INFINITY;
        greatest = Double.POSITIVE_INFINITY;
      }
      default -> throw new IllegalStateException("element type " + type);
    }
  }

  /** Reads the stored numbers of a sample; NaN where there is no value. */
  void read(byte[] bytes, int sample, double[] numbers) {
    int from = sample * elements;
    for (int i = 0; i < elements; i++) {
      double stored = type.at(bytes, from + i);
      numbers[i] = mayMiss && type.isMissing(stored) ? Double.NaN : stored;
    }
  }

  /** Value of a stored number, in the column's unit. */
  double value(double stored) {
    return column.value(stored);
  }

  /** The stored number, not yet rounded, of a value in the column's unit. */
  double stored(double value) {
    return (value - column.offset()) / column.scale();
  }

  /**
   * Writes stored numbers of a sample, rounded where the type asks for it. NaN, and a number that
   * the type cannot hold, become "no value"; a number less than one step off what the type can hold
   * becomes the next that it can.
   */
  void write(double[] numbers, byte[] bytes, int sample) {
    ByteBuffer to =
        ByteBuffer.wrap(bytes, sample * column.bytes(), column.bytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case UINT8, INT8 -> {
        for (int i = 0; i < elements; i++) {
          to.put((byte) whole(numbers[i]));
        }
      }
      case UINT16, INT16 -> {
        for (int i = 0; i < elements; i++) {
          to.putShort((short) whole(numbers[i]));
        }
      }
      case INT32 -> {
        for (int i = 0; i < elements; i++) {
          to.putInt(whole(numbers[i]));
        }
      }
      case FLOAT32 -> {
        for (int i = 0; i < elements; i++) {
          to.putFloat((float) numbers[i]);
        }
      }
    }
  }

  private int whole(double number) {
    double rounded = Math.rint(number);
    if (rounded >= least && rounded <= greatest) {
      return (int) rounded;
    }
    if (mayMiss && !(rounded >= least - 1 && rounded <= greatest + 1)) {
      return (int) type.missing();
    }
    return (int) Math.max(least, Math.min(greatest, rounded));
  }

  /** The bytes of an element that holds a number. */
  static byte[] bytes(ElementType type, double number) {
    ByteBuffer bytes = ByteBuffer.allocate(type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    return switch (type) {
      case UINT8, INT8 -> bytes.put((byte) (int) number).array();
      case UINT16, INT16 -> bytes.putShort((short) (int) number).array();
      case INT32 -> bytes.putInt((int) number).array();
      case FLOAT32 -> bytes.putFloat((float) number).array();
    };
  }
}
