package org.sparkmto.input;

import java.util.ArrayList;
import java.util.List;

/** Decoded rows: for each column, the rows' values one after the other. Immutable once filled. */
final class RowGroup {
  private final int rows;
  private final List<byte[]> columns;

  /**
   * @param columns for each column, {@code rows} values of equal length
   */
  RowGroup(int rows, List<byte[]> columns) {
    this.rows = rows;
    this.columns = List.copyOf(columns);
  }

  int rows() {
    return rows;
  }

  long bytes() {
    return columns.stream().mapToLong(column -> column.length).sum();
  }

  /** Copies a value to the place of row {@code targetRow} in an array of such values. */
  void copy(int column, int row, byte[] target, int targetRow) {
    byte[] values = columns.get(column);
    int length = values.length / rows;
    System.arraycopy(values, row * length, target, targetRow * length, length);
  }

  /** A copy of some rows only, in the order given. */
  RowGroup only(int[] kept) {
    List<byte[]> copies = new ArrayList<>();
    for (int c = 0; c < columns.size(); c++) {
      byte[] copy = new byte[columns.get(c).length / rows * kept.length];
      for (int i = 0; i < kept.length; i++) {
        copy(c, kept[i], copy, i);
      }
      copies.add(copy);
    }
    return new RowGroup(kept.length, copies);
  }
}
