package org.sparkmto.preprocessing.corruption;

import java.util.Arrays;
import java.util.List;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Jpeg;
import org.sparkmto.random.Draws;

/** What a JPEG file of low quality leaves, encoded by the JDK with half the colours a side. */
final class JpegCompression implements Corruption {
  static final CorruptionEntry ENTRY =
      new CorruptionEntry(
          "jpeg",
          CorruptionFamily.DIGITAL,
          "what a JPEG file of low quality leaves",
          new JpegCompression());

  /** Quality as libjpeg counts it, 1 to 100. */
  private static final Levels QUALITY =
      Levels.of(
          List.of(80.0, 65.0, 58.0, 50.0, 40.0),
          List.of(65.0, 58.0, 50.0, 40.0, 25.0),
          List.of(25.0, 18.0, 15.0, 10.0, 7.0));

  @Override
  public Image corrupt(Image image, int severity, Draws draws) {
    double quality = QUALITY.number(Planes.of(image), severity);
    Image decoded;
    try {
      decoded = Jpeg.decode(Jpeg.encode(coloured(image), share(quality)));
    } catch (UnreadableSampleException e) {
      throw new IllegalStateException("what was just encoded is a JPEG", e);
    }
    if (image.channels() == 3) {
      return decoded;
    }
    // Equal channels have no colour, so each of the three is the luma.
    byte[] one = Arrays.copyOf(decoded.samples(), image.height() * image.width());
    return new Image(1, image.height(), image.width(), one);
  }

  /**
   * The quality, 0 to 1, for which the JDK scales its tables as libjpeg does for one of 1 to 100:
   * libjpeg divides whole numbers there.
   */
  private static float share(double quality) {
    return (float) (quality < 50 ? 50.0 / Math.floor(5000 / quality) : quality / 100);
  }

  private static Image coloured(Image image) {
    if (image.channels() == 3) {
      return image;
    }
    int pixels = image.height() * image.width();
    byte[] samples = new byte[3 * pixels];
    for (int c = 0; c < 3; c++) {
      System.arraycopy(image.samples(), 0, samples, c * pixels, pixels);
    }
    return new Image(3, image.height(), image.width(), samples);
  }
}
