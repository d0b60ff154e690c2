package org.sparkmto.input;

import java.util.List;
import org.sparkmto.data.Column;

/** Channels, height and width of a column that holds a map: the last two axes are the pixels. */
record MapSize(int channels, int height, int width) {

  /**
   * @throws IllegalArgumentException if the column has neither two nor three axes
   */
  static MapSize of(Column column) {
    List<Integer> shape = column.shape();
    int axes = shape.size();
    if (axes != 2 && axes != 3) {
      throw new IllegalArgumentException(
          "column '%s' of shape %s is no image or map, so it cannot be augmented"
              .formatted(column.name(), shape));
    }
    return new MapSize(axes == 3 ? shape.get(0) : 1, shape.get(axes - 2), shape.get(axes - 1));
  }

  int pixels() {
    return height * width;
  }

  double aspect() {
    return (double) width / height;
  }

  /** Whether one is the other at another resolution, but for rounding to whole pixels. */
  boolean sameShapeAs(MapSize other) {
    return Math.abs(height - width / other.aspect()) < 1
        || Math.abs(width - height * other.aspect()) < 1;
  }

  @Override
  public String toString() {
    return height + "x" + width;
  }
}
