package org.sparkmto.preprocessing.corruption;

import org.sparkmto.preprocessing.image.Image;

/**
 * The channels of an image as numbers, 0 black and 1 full; on the way they may leave that range.
 */
final class Planes {
  private static final double FULL = 255;

  private final int channels;
  private final int height;
  private final int width;
  private final float[] values;

  /** Planes of zeros. */
  Planes(int channels, int height, int width) {
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.values = new float[channels * height * width];
  }

  static Planes of(Image image) {
    Planes planes = new Planes(image.channels(), image.height(), image.width());
    byte[] samples = image.samples();
    for (int i = 0; i < samples.length; i++) {
      planes.values[i] = (float) ((samples[i] & 0xff) / FULL);
    }
    return planes;
  }

  /** The image, with numbers outside of 0 to 1 cut and the others rounded to the nearest byte. */
  Image image() {
    byte[] samples = new byte[values.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) Math.round(clipped(values[i]) * FULL);
    }
    return new Image(channels, height, width, samples);
  }

  /** The nearest number from 0 to 1. */
  static double clipped(double value) {
    return Math.max(0, Math.min(1, value));
  }

  /** Zeros of the same size. */
  Planes blank() {
    return new Planes(channels, height, width);
  }

  int channels() {
    return channels;
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  int shorterSide() {
    return Math.min(height, width);
  }

  /** Pixels of a channel. */
  int pixels() {
    return height * width;
  }

  /** All numbers, channel by channel, row by row; not a copy. */
  float[] values() {
    return values;
  }

  double at(int channel, int row, int column) {
    return values[(channel * height + row) * width + column];
  }

  void set(int channel, int row, int column, double value) {
    values[(channel * height + row) * width + column] = (float) value;
  }

  /**
   * The number between pixels, interpolated linearly; beyond the border lies the mirror image, in
   * which the border itself stands once.
   */
  double between(int channel, double row, double column) {
    int top = (int) Math.floor(row);
    int left = (int) Math.floor(column);
    double down = row - top;
    double right = column - left;
    int y0 = mirrored(top, height);
    int y1 = mirrored(top + 1, height);
    int x0 = mirrored(left, width);
    int x1 = mirrored(left + 1, width);
    double above = at(channel, y0, x0) * (1 - right) + at(channel, y0, x1) * right;
    double below = at(channel, y1, x0) * (1 - right) + at(channel, y1, x1) * right;
    return above * (1 - down) + below * down;
  }

  /** The place that a place outside of 0 to length - 1 mirrors, the border standing once. */
  static int mirrored(int place, int length) {
    if (length == 1) {
      return 0;
    }
    int within = Math.floorMod(place, 2 * (length - 1));
    return within < length ? within : 2 * (length - 1) - within;
  }

  /** The nearest place from 0 to length - 1. */
  static int clamped(int place, int length) {
    return Math.max(0, Math.min(length - 1, place));
  }
}
