package org.sparkmto.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * Type of one element of a column. Columns are little-endian binaries of such elements.
 *
 * <p>A target may have elements without a value: pixels that nobody has labelled, depths that no
 * sensor has seen. They hold {@link #missing()}, which no valid element ever does. The channels of
 * a pixel are missing together.
 */
public enum ElementType {
  UINT8(1, 255),
  INT8(1, -128),
  UINT16(2, 0),
  INT16(2, -32768),
  INT32(4, Integer.MIN_VALUE),
  FLOAT32(4, Double.NaN);

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTEGERS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  private final int bytes;
  private final double missing;

  ElementType(int bytes, double missing) {
    this.bytes = bytes;
    this.missing = missing;
  }

  /** What an element of a target without a value holds: the stored number, before any scale. */
  public double missing() {
    return missing;
  }

  /**
   * The stored number of an element, before any scale; exact for every type.
   *
   * @param content of a sample, little-endian
   * @param index of the element
   */
  public double at(byte[] content, int index) {
    return switch (this) {
      case UINT8 -> content[index] & 0xff;
      case INT8 -> content[index];
      case UINT16 -> (short) SHORTS.get(content, 2 * index) & 0xffff;
      case INT16 -> (short) SHORTS.get(content, 2 * index);
      case INT32 -> (int) INTEGERS.get(content, 4 * index);
      case FLOAT32 -> (float) FLOATS.get(content, 4 * index);
    };
  }

  /** Whether a stored number is the one that says "no value". */
  public boolean isMissing(double stored) {
    return stored == missing || (this == FLOAT32 && Double.isNaN(stored));
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** The name in a manifest: {@code uint8}, {@code float32}, ... */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static ElementType ofLabel(String label) {
    for (ElementType type : values()) {
      if (type.label().equals(label)) {
        return type;
      }
    }
    throw new DataContractException("element type '" + label + "' is not one this version knows");
  }
}
