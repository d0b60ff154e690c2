package org.sparkmto.preprocessing.own;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.sparkmto.data.ElementType;

/** Stored targets that hold no label or value. */
final class Stored {
  private Stored() {}

  /** Nothing but {@link ElementType#missing()}. */
  static byte[] missing(ElementType type, int bytes) {
    ByteBuffer stored = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (stored.hasRemaining()) {
      switch (type) {
        case UINT8 -> stored.put((byte) (int) type.missing());
        case INT16 -> stored.putShort((short) (int) type.missing());
        case FLOAT32 -> stored.putFloat((float) type.missing());
        case INT8, UINT16, INT32 -> throw new IllegalArgumentException(type.label());
      }
    }
    return stored.array();
  }

  /** Whether an element is anything but {@link ElementType#missing()}. */
  static boolean hasValue(ElementType type, byte[] bytes) {
    ByteBuffer stored = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (stored.hasRemaining()) {
      boolean missing =
          switch (type) {
            case UINT8 -> (stored.get() & 0xff) == type.missing();
            case INT16 -> stored.getShort() == type.missing();
            case FLOAT32 -> Float.isNaN(stored.getFloat());
            case INT8, UINT16, INT32 -> throw new IllegalArgumentException(type.label());
          };
      if (!missing) {
        return true;
      }
    }
    return false;
  }
}
