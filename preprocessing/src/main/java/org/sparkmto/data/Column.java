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
 * @param scale what a stored number is multiplied with to give its value, not 0
 * @param offset what is added afterwards
 * @param unit of the value, such as {@code m}; empty where there is none
 */
public record Column(
    String name,
    Role role,
    ElementType type,
    List<Integer> shape,
    double scale,
    double offset,
    String unit)
    implements Serializable {

  /** What a column is for. */
  public enum Role {
    /** Networks read it. */
    INPUT,
    /** Tasks compare with it. */
    TARGET,
    /**
     * One small integer, the group the sample belongs to: a data set whose tasks have images of
     * their own may ask for batches with the same number of samples of each group.
     */
    GROUP
  }

  /** A column whose stored numbers are its values. */
  public Column(String name, Role role, ElementType type, List<Integer> shape) {
    this(name, role, type, shape, 1, 0, "");
  }

  public Column {
    if (scale == 0 || !Double.isFinite(scale) || !Double.isFinite(offset)) {
      throw new DataContractException(
          "column '" + name + "' has scale " + scale + " and offset " + offset);
    }
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

  /** This column with values of {@code stored * newScale + newOffset} in a unit. */
  public Column measured(double newScale, double newOffset, String newUnit) {
    return new Column(name, role, type, shape, newScale, newOffset, newUnit);
  }

  /**
   * The place of the column of a name among others.
   *
   * @throws DataContractException if there is none
   */
  public static int position(List<Column> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new DataContractException("there is no column '" + name + "'");
  }

  /** The value of a stored number, in the column's unit. */
  public double value(double stored) {
    return stored * scale + offset;
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
