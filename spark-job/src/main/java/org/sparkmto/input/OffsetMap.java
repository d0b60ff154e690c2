package org.sparkmto.input;

import java.util.List;
import org.sparkmto.data.Column;
import org.sparkmto.data.Task;

/**
 * Ways in the image, such as from or to the centre of an instance: always that of the nearest
 * pixel, because neighbours may belong to other instances; then mirrored, turned and enlarged with
 * the image. None outside.
 *
 * <p>A way belongs to the centre of the pixel that it was stored at, and the place that an
 * augmented pixel shows lies up to half a stored pixel beside it, so an augmented way is off by up
 * to half a stored pixel in each direction of the map, times the zoom.
 */
final class OffsetMap implements PixelMap {
  private final Column column;
  private final MapSize size;
  private final boolean downFirst;
  private final StoredNumbers stored;
  private final byte[] missing;
  private final double[] numbers;

  private OffsetMap(Column column, boolean downFirst) {
    this.column = column;
    this.downFirst = downFirst;
    size = MapSize.of(column);
    stored = new StoredNumbers(column);
    missing = StoredNumbers.bytes(column.type(), column.type().missing());
    numbers = new double[column.elements()];
  }

  /**
   * Names of the task's classes tell which channel is which: dy and dx, or y and x. Without names
   * the first is down and the second right, as everywhere in this project.
   *
   * @throws IllegalArgumentException if the channels are not one across and one down
   */
  static OffsetMap of(Column column, Task task) {
    List<String> names = task.classNames();
    boolean downFirst =
        names.isEmpty() || names.equals(List.of("dy", "dx")) || names.equals(List.of("y", "x"));
    boolean rightFirst = names.equals(List.of("dx", "dy")) || names.equals(List.of("x", "y"));
    if (MapSize.of(column).channels() != 2 || !(downFirst || rightFirst)) {
      throw new IllegalArgumentException(
          "task '%s' has vectors of %d channels %s, of which nobody knows how they turn with the image;"
                  .formatted(task.name(), MapSize.of(column).channels(), names)
              + " only two channels named dy and dx can be augmented");
    }
    return new OffsetMap(column, downFirst);
  }

  @Override
  public Column column() {
    return column;
  }

  @Override
  public void show(View view, byte[] bytes, int sample) {
    view.of(size.height(), size.width())
        .copyNearest(PixelMap.copy(column, bytes, sample), bytes, sample * column.bytes(), missing);
    View.Turn turn = view.ways();
    int rights = downFirst ? size.pixels() : 0;
    int downs = downFirst ? 0 : size.pixels();
    stored.read(bytes, sample, numbers);
    for (int i = 0; i < size.pixels(); i++) {
      double right = stored.value(numbers[rights + i]);
      double down = stored.value(numbers[downs + i]);
      numbers[rights + i] = stored.stored(turn.right(right, down));
      numbers[downs + i] = stored.stored(turn.down(right, down));
    }
    stored.write(numbers, bytes, sample);
  }
}
