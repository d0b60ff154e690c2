package org.sparkmto.preprocessing.image;

import java.io.Serializable;

/**
 * What of image files somebody wants to be read.
 *
 * @param mostPixels of an image or map
 * @param black the number of a file with 16 bits a channel that becomes 0
 * @param white the one that becomes 255; numbers outside become the nearer of the two. Not-a-number
 *     for both: such files are refused as images
 */
public record ImageReading(int mostPixels, double black, double white) implements Serializable {
  /** 25 megapixels, 8 bits a channel. */
  public static final ImageReading USUAL =
      new ImageReading(Jpeg.MAX_PIXELS, Double.NaN, Double.NaN);

  /** Most pixels that anybody can ask for. */
  public static final int MOST_PIXELS = 400_000_000;

  /** Beside colours there are what the decoder holds, what is turned upright, and the file. */
  private static final int HEAP_PER_PIXEL = 16;

  /** Images of up to so many pixels, with 8 bits a channel. */
  public static ImageReading upTo(int mostPixels) {
    return new ImageReading(mostPixels, Double.NaN, Double.NaN);
  }

  /** The same with images of 16 bits a channel. */
  public ImageReading withLevels(double newBlack, double newWhite) {
    return new ImageReading(mostPixels, newBlack, newWhite);
  }

  /** Whether files with 16 bits a channel are images. */
  boolean hasLevels() {
    return !Double.isNaN(black);
  }

  /** What a number of 16 bits becomes in 8, rounded to the nearest. */
  byte level(int number) {
    double share = (number - black) / (white - black);
    return (byte) Math.round(255 * Math.max(0, Math.min(1, share)));
  }

  /**
   * The longest file for a format: what it is usually, and as much more as images have pixels.
   *
   * @param usual bytes for 25 megapixels
   */
  public int mostBytes(int usual) {
    return (int) Math.max(usual, (long) usual * mostPixels / USUAL.mostPixels);
  }

  /** Bytes of heap that one such image may need, if that is more than usual; otherwise 0. */
  public long heap() {
    return mostPixels > USUAL.mostPixels ? (long) HEAP_PER_PIXEL * mostPixels : 0;
  }
}
