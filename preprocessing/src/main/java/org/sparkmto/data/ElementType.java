package org.sparkmto.data;

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
