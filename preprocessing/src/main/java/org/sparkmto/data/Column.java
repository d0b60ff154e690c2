package org.sparkmto.data;

import java.io.Serializable;
import java.util.List;

/**
 * A binary column of the shards: one array per sample, row-major, little-endian.
 *
 * @param name the Parquet column
 * @param role whether networks read it as an input or tasks read it as a target
 * @param type type of an element
 * @param shape lengths of the axes, without the sample axis; images are channel, height, width
 */
public record Column(String name, Role role, ElementType type, List<Integer> shape)
    implements Serializable {

  /** What a column is for. */
  public enum Role {
    INPUT,
    TARGET
  }

  public Column {
    if (name.isBlank()) {
      throw new DataContractException("a column has no name");
    }
    shape = List.copyOf(shape);
    for (int length : shape) {
      if (length < 1) {
        throw new DataContractException("column '" + name + "' has an axis of length " + length);
      }
    }
  }

  /** Elements of one sample. */
  public int elements() {
    int elements = 1;
    for (int length : shape) {
      elements = Math.multiplyExact(elements, length);
    }
    return elements;
  }

  /** Bytes of one sample. */
  public int bytes() {
    return Math.multiplyExact(elements(), type.bytes());
  }
}
