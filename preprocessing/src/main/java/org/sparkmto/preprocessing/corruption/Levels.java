package org.sparkmto.preprocessing.corruption;

import java.util.List;

/**
 * The numbers of a corruption for every severity. The paper has them for images of three sizes, 32,
 * 64 and 224 pixels a side; an image takes those of the size that its shorter side is nearest to,
 * as a ratio: up to 45 pixels those of 32, up to 119 those of 64, above those of 224.
 */
final class Levels {
  /** The last sides below the geometric means of 32 and 64, and of 64 and 224. */
  private static final int MOST_SMALL = 45;

  private static final int MOST_MIDDLE = 119;

  private final double[][] small;
  private final double[][] middle;
  private final double[][] large;

  /** A row of numbers for each severity, for images of 32, 64 and 224 pixels a side. */
  Levels(double[][] small, double[][] middle, double[][] large) {
    for (double[][] size : List.of(small, middle, large)) {
      if (size.length != Corruption.MOST_SEVERE) {
        throw new IllegalArgumentException(size.length + " severities");
      }
    }
    this.small = small;
    this.middle = middle;
    this.large = large;
  }

  /** One number for each severity. */
  static Levels of(List<Double> small, List<Double> middle, List<Double> large) {
    return new Levels(rows(small), rows(middle), rows(large));
  }

  private static double[][] rows(List<Double> numbers) {
    return numbers.stream().map(number -> new double[] {number}).toArray(double[][]::new);
  }

  /**
   * The numbers for an image; not a copy.
   *
   * @throws IllegalArgumentException if there is no such severity
   */
  double[] at(Planes image, int severity) {
    Corruption.requireSeverity(severity);
    int side = image.shorterSide();
    double[][] size = side <= MOST_SMALL ? small : side <= MOST_MIDDLE ? middle : large;
    return size[severity - 1];
  }

  /** Likewise of a corruption with one number. */
  double number(Planes image, int severity) {
    return at(image, severity)[0];
  }
}
