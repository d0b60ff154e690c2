package org.sparkmto.input;

import org.sparkmto.data.Column;

/** Labels of pixels: always those of the nearest pixel, "not labelled" outside. */
final class LabelMap implements PixelMap {
  private final Column column;
  private final MapSize size;
  private final byte[] missing;

  LabelMap(Column column, int missing) {
    this.column = column;
    this.missing = StoredNumbers.bytes(column.type(), missing);
    size = MapSize.of(column);
  }

  @Override
  public Column column() {
    return column;
  }

  @Override
  public void show(View view, byte[] bytes, int sample) {
    view.of(size.height(), size.width())
        .copyNearest(PixelMap.copy(column, bytes, sample), bytes, sample * column.bytes(), missing);
  }
}
