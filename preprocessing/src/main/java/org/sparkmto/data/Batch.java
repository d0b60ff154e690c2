package org.sparkmto.data;

import java.util.HashMap;
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

  /**
   * Some of the samples, in a batch of their own.
   *
   * @param stride from one to the next
   * @param first place of the first
   * @param count how many
   */
  public Batch every(int stride, int first, int count) {
    long[] some = new long[count];
    for (int i = 0; i < count; i++) {
      some[i] = numbers[first + i * stride];
    }
    Map<String, byte[]> own = new HashMap<>();
    columns.forEach((name, all) -> own.put(name, every(all, stride, first, count)));
    return new Batch(some, own);
  }

  private byte[] every(byte[] all, int stride, int first, int count) {
    int bytes = samples == 0 ? 0 : all.length / samples;
    byte[] some = new byte[count * bytes];
    for (int i = 0; i < count; i++) {
      System.arraycopy(all, (first + i * stride) * bytes, some, i * bytes, bytes);
    }
    return some;
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
