package org.sparkmto.preprocessing.image;

import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;

/** What every decoder asks of the size that a header announces, before it allocates anything. */
final class Pixels {
  private Pixels() {}

  /**
   * The number of pixels.
   *
   * @throws UnreadableSampleException if it is 0 or more than {@link Jpeg#MAX_PIXELS}
   */
  static int of(long width, long height) throws UnreadableSampleException {
    String size = "an image of " + width + "x" + height + " pixels";
    if (width < 1 || height < 1) {
      throw new UnreadableSampleException(Reason.DAMAGED, size);
    }
    if (width > Jpeg.MAX_PIXELS || height > Jpeg.MAX_PIXELS || width * height > Jpeg.MAX_PIXELS) {
      throw new UnreadableSampleException(
          Reason.TOO_LARGE, size + "; at most " + Jpeg.MAX_PIXELS + " are decoded");
    }
    return (int) (width * height);
  }
}
