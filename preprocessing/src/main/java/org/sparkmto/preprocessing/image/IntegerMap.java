package org.sparkmto.preprocessing.image;

/**
 * One whole number for each pixel: class or instance labels, raw disparities, packed part labels.
 * Row by row.
 */
public final class IntegerMap {
  private final int height;
  private final int width;
  private final int[] values;

  /**
   * @param values {@code height * width} numbers; not copied
   */
  public IntegerMap(int height, int width, int[] values) {
    if (values.length != height * width) {
      throw new IllegalArgumentException(values.length + " values for " + height + "x" + width);
    }
    this.height = height;
    this.width = width;
    this.values = values;
  }

  /** Number of rows. */
  public int height() {
    return height;
  }

  /** Number of columns. */
  public int width() {
    return width;
  }

  /** The numbers; not a copy. */
  public int[] values() {
    return values;
  }

  /** The number at a place. */
  public int at(int row, int column) {
    return values[row * width + column];
  }

  /** This map in another size. Labels and disparities are never interpolated. */
  public IntegerMap resized(int newHeight, int newWidth, NearestPixel rule) {
    int[] rows = rule.sources(height, newHeight);
    int[] columns = rule.sources(width, newWidth);
    int[] result = new int[newHeight * newWidth];
    for (int y = 0; y < newHeight; y++) {
      for (int x = 0; x < newWidth; x++) {
        result[y * newWidth + x] = values[rows[y] * width + columns[x]];
      }
    }
    return new IntegerMap(newHeight, newWidth, result);
  }
}
