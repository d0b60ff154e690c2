package org.sparkmto.data;

import java.util.Locale;

/** Type of one element of a column. Columns are little-endian binaries of such elements. */
public enum ElementType {
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT32(4),
  FLOAT32(4);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
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
