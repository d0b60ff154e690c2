package org.sparkmto.preprocessing.image;

/**
 * One or more real numbers for each pixel, channel by channel, each row by row (CHW): depths in
 * metres, normals, offsets. NaN in all channels of a pixel says that it has no value.
 */
public final class RealMap {
  private final int channels;
  private final int height;
  private final int width;
  private final float[] values;

  /**
   * @param values {@code channels * height * width} numbers; not copied
   */
  public RealMap(int channels, int height, int width, float[] values) {
    if (values.length != channels * height * width) {
      throw new IllegalArgumentException(
          values.length + " values for " + channels + "x" + height + "x" + width);
    }
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.values = values;
  }

  /** Number of channels. */
  public int channels() {
    return channels;
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
  public float[] values() {
    return values;
  }

  /** The number at a place. */
  public float at(int channel, int row, int column) {
    return values[(channel * height + row) * width + column];
  }

  /** This map in another size, never interpolated. */
  public RealMap resized(int newHeight, int newWidth, NearestPixel rule) {
    int[] rows = rule.sources(height, newHeight);
    int[] columns = rule.sources(width, newWidth);
    float[] result = new float[channels * newHeight * newWidth];
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < newHeight; y++) {
        int line = (c * height + rows[y]) * width;
        for (int x = 0; x < newWidth; x++) {
          result[(c * newHeight + y) * newWidth + x] = values[line + columns[x]];
        }
      }
    }
    return new RealMap(channels, newHeight, newWidth, result);
  }
}
