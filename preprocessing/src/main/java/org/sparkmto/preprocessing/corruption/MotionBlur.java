package org.sparkmto.preprocessing.corruption;

import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/** A camera that moves, in a direction of up to 45 degrees from the horizontal. */
final class MotionBlur implements Corruption {
  static final CorruptionEntry ENTRY =
      new CorruptionEntry(
          "motion-blur",
          CorruptionFamily.BLUR,
          "every point becomes a line, as when the camera moves",
          new MotionBlur());

  /** Radius and deviation of the streak, in pixels. */
  private static final Levels STREAK =
      new Levels(
          new double[][] {{6, 1}, {6, 1.5}, {6, 2}, {8, 2}, {9, 2.5}},
          new double[][] {{10, 1}, {10, 1.5}, {10, 2}, {10, 2.5}, {12, 3}},
          new double[][] {{10, 3}, {15, 5}, {15, 8}, {15, 12}, {20, 15}});

  private static final double STEEPEST = 45;

  @Override
  public Image corrupt(Image image, int severity, Draws draws) {
    Planes planes = Planes.of(image);
    double[] streak = STREAK.at(planes, severity);
    double degrees = STEEPEST * (2 * draws.uniform(0) - 1);
    return Streak.along(planes, streak[0], streak[1], degrees).image();
  }
}
