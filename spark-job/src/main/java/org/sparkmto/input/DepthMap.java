package org.sparkmto.input;

import org.sparkmto.data.Column;

/**
 * Depths, inverse depths or disparities: always those of the nearest pixel, because a mean over an
 * edge is the depth of nothing; no value outside. A {@link DepthRule} says what a zoom does to
 * them.
 */
final class DepthMap implements PixelMap {
  private final Column column;
  private final MapSize size;
  private final DepthRule rule;
  private final StoredNumbers stored;
  private final byte[] missing;
  private final double[] numbers;

  DepthMap(Column column, DepthRule rule) {
    this.column = column;
    this.rule = rule;
    size = MapSize.of(column);
    stored = new StoredNumbers(column);
    missing = StoredNumbers.bytes(column.type(), column.type().missing());
    numbers = new double[column.elements()];
  }

  @Override
  public Column column() {
    return column;
  }

  @Override
  public void show(View view, byte[] bytes, int sample) {
    view.of(size.height(), size.width())
        .copyNearest(PixelMap.copy(column, bytes, sample), bytes, sample * column.bytes(), missing);
    double zoom = view.zoom();
    double factor = zoom == 1 ? 1 : rule.factor(column, zoom);
    if (factor == 1) {
      return;
    }
    stored.read(bytes, sample, numbers);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = stored.stored(stored.value(numbers[i]) * factor);
    }
    stored.write(numbers, bytes, sample);
  }
}
