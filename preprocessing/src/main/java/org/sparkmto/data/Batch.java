package org.sparkmto.data;

import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Samples side by side: for every column asked for, the bytes of all samples one after the other,
 * each row-major and little-endian as the {@link Column} says. Immutable by convention: whoever
 * gets the arrays only reads them.
 */
public final class Batch {
  private final int samples;
  private final long[] numbers;
  private final Map<String, byte[]> columns;

  /**
   * A batch.
   *
   * @param samples number of samples
   * @param columns bytes by column name
   */
  public Batch(int samples, Map<String, byte[]> columns) {
    this(LongStream.range(0, samples).toArray(), columns);
  }

  /**
   * A batch of samples that have numbers.
   *
   * @param numbers of the samples within what they are of, in their order
   * @param columns bytes by column name
   */
  public Batch(long[] numbers, Map<String, byte[]> columns) {
    this.samples = numbers.length;
    this.numbers = numbers.clone();
    this.columns = Map.copyOf(columns);
  }

  /** Number of samples. */
  public int samples() {
    return samples;
  }

  /** The number of each sample within what it is of; its place in the batch if nobody said. */
  public long[] numbers() {
    return numbers.clone();
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
