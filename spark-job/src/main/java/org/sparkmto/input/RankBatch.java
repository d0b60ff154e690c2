package org.sparkmto.input;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.data.Batch;
import org.sparkmto.data.Column;
import org.sparkmto.data.DataContractException;

/** A rank's part of a batch, in host memory. Whoever gets one must not write into its arrays. */
public final class RankBatch {
  private final long step;
  private final long epoch;
  private final long[] indices;
  private final List<Column> columns;
  private final Map<String, byte[]> values;

  /** An empty batch, to be filled by {@link #put}. */
  RankBatch(Part part, List<Column> columns) {
    step = part.step();
    epoch = part.epoch();
    indices = new long[part.samples()];
    this.columns = columns;
    values = new LinkedHashMap<>();
    for (Column column : columns) {
      values.put(column.name(), new byte[Math.multiplyExact(part.samples(), column.bytes())]);
    }
  }

  void put(int sample, long index, RowGroup rows, int row) {
    indices[sample] = index;
    for (int c = 0; c < columns.size(); c++) {
      rows.copy(c, row, values.get(columns.get(c).name()), sample);
    }
  }

  /** Number of the training step, or of the batch within a scan, from 0. */
  public long step() {
    return step;
  }

  /** Epoch of the step, from 0; always 0 in a scan. */
  public long epoch() {
    return epoch;
  }

  /** Samples in this part. */
  public int samples() {
    return indices.length;
  }

  /** Number of a sample within its split, in the order of {@link org.sparkmto.data.Split}. */
  public long index(int sample) {
    return indices[sample];
  }

  /** The columns, in the order in which they were asked for. */
  public List<Column> columns() {
    return columns;
  }

  /**
   * The values of a column: one sample after the other, each of {@link Column#bytes} bytes,
   * row-major and little-endian.
   *
   * @throws DataContractException if the batch has no such column
   */
  public byte[] bytes(String column) {
    byte[] bytes = values.get(column);
    if (bytes == null) {
      throw new DataContractException(
          "column '" + column + "' was not asked for; the batch has " + values.keySet());
    }
    return bytes;
  }

  /** The columns and the samples' numbers, as networks and metrics take them. */
  public Batch host() {
    return new Batch(indices, values);
  }
}
