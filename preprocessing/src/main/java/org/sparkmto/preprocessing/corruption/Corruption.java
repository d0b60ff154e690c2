package org.sparkmto.preprocessing.corruption;

import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/** A fault of images that people recognise, in five severities. */
public interface Corruption {
  /** The highest severity; the lowest is 1. */
  int MOST_SEVERE = 5;

  /**
   * Refuses what is no severity.
   *
   * @throws IllegalArgumentException if it is not 1 to {@value #MOST_SEVERE}
   */
  static void requireSeverity(int severity) {
    if (severity < 1 || severity > MOST_SEVERE) {
      throw new IllegalArgumentException(
          "severity " + severity + " is not one of 1 to " + MOST_SEVERE);
    }
  }

  /**
   * The image with the fault.
   *
   * @param image of one channel or of red, green and blue; not changed
   * @param severity 1 to {@value #MOST_SEVERE}
   * @param draws of this image; the same draws make the fault in the same places at any severity
   * @return an image of the same size
   */
  Image corrupt(Image image, int severity, Draws draws);
}
