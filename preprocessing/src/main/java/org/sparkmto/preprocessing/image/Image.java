package org.sparkmto.preprocessing.image;

/** An image of unsigned bytes, stored channel by channel, each row by row (CHW). */
public final class Image {
  private final int channels;
  private final int height;
  private final int width;
  private final byte[] samples;

  /**
   * @param samples {@code channels * height * width} bytes; not copied
   */
  public Image(int channels, int height, int width, byte[] samples) {
    if (samples.length != channels * height * width) {
      throw new IllegalArgumentException(
          samples.length + " samples for " + channels + "x" + height + "x" + width);
    }
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.samples = samples;
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

  /** The samples; not a copy. */
  public byte[] samples() {
    return samples;
  }

  /** The sample at a place, 0..255. */
  public int at(int channel, int row, int column) {
    return samples[(channel * height + row) * width + column] & 0xff;
  }

  /**
   * This image in another size; the aspect ratio is not kept. Antialiased linear interpolation: on
   * downscaling the triangle filter widens with the scale, as in Pillow's {@code BILINEAR}. Rows
   * are resampled before columns, as in Pillow up to 11; a later Pillow may swap the two, which
   * changes roundings by 1.
   */
  public Image resized(int newHeight, int newWidth) {
    TriangleFilter across = new TriangleFilter(width, newWidth);
    TriangleFilter down = new TriangleFilter(height, newHeight);
    byte[] result = new byte[channels * newHeight * newWidth];
    byte[] narrowed = new byte[height * newWidth];
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < height; y++) {
        across.apply(samples, (c * height + y) * width, 1, narrowed, y * newWidth, 1);
      }
      for (int x = 0; x < newWidth; x++) {
        down.apply(narrowed, x, newWidth, result, c * newHeight * newWidth + x, newWidth);
      }
    }
    return new Image(channels, newHeight, newWidth, result);
  }

  /** This image in another size; the aspect ratio is not kept. */
  public Image resized(int newHeight, int newWidth, Filter filter) {
    return filter.resize(this, newHeight, newWidth);
  }
}
