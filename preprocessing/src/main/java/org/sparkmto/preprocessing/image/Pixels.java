package org.sparkmto.preprocessing.image;

import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/** What every decoder asks of the size that a header announces, before it allocates anything. */
final class Pixels {
  /**
   * Longest side, that of JPEG. What resizing holds grows with a side, not with the number of
   * pixels: an image of one column and 24 million rows would take 6 GB on its way to 256 columns.
   */
  static final int MAX_SIDE = 65_535;

  private Pixels() {}

  /**
   * The number of pixels.
   *
   * @throws UnreadableSampleException if it is 0 or more than {@link Jpeg#MAX_PIXELS}, or a side is
   *     longer than {@link #MAX_SIDE}
   */
  static int of(long width, long height) throws UnreadableSampleException {
    return of(width, height, Jpeg.MAX_PIXELS);
  }

  /**
   * The number of pixels.
   *
   * @throws UnreadableSampleException if it is 0 or more than {@code most}, or a side is longer
   *     than {@link #MAX_SIDE}
   */
  static int of(long width, long height, int most) throws UnreadableSampleException {
    String size = "an image of " + width + "x" + height + " pixels";
    if (width < 1 || height < 1) {
      throw new UnreadableSampleException(Reason.DAMAGED, size);
    }
    if (width > MAX_SIDE || height > MAX_SIDE || width * height > most) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE,
          size + "; at most " + most + " are decoded, and " + MAX_SIDE + " of a row or a column");
    }
    return (int) (width * height);
  }
}
