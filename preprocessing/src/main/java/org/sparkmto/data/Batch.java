package org.sparkmto.data;

import java.util.Map;
import java.util.Set;

/**
 * Samples side by side: for every column asked for, the bytes of all samples one after the other,
 * each row-major and little-endian as the {@link Column} says. Immutable by convention: whoever
 * gets the arrays only reads them.
 */
public final class Batch {
  private final int samples;
  private final Map<String, byte[]> columns;

  /**
   * A batch.
   *
   * @param samples number of samples
   * @param columns bytes by column name
   */
  public Batch(int samples, Map<String, byte[]> columns) {
    this.samples = samples;
    this.columns = Map.copyOf(columns);
  }

  /** Number of samples. */
  public int samples() {
    return samples;
  }

  /** The names of the columns. */
  public Set<String> names() {
    return columns.keySet();
  }

  /**
   * The bytes of one column, {@code samples() * column.bytes()} of them.
   *
   * @throws DataContractException if the column was not read
   */
  public byte[] column(String name) {
    byte[] bytes = columns.get(name);
    if (bytes == null) {
      throw new DataContractException("the batch holds " + columns.keySet() + ", not " + name);
    }
    return bytes;
  }
}
