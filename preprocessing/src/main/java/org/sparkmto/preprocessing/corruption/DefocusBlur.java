package org.sparkmto.preprocessing.corruption;

import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/**
 * A lens out of focus: every point becomes a disk. The image goes on mirrored at its border. The
 * weights of the disk sum up to 1; those of the paper's program come to up to 1.3 % more for the
 * two largest disks, whose smoothing is mirrored at their edge.
 */
final class DefocusBlur implements Corruption {
  static final CorruptionEntry ENTRY =
      new CorruptionEntry(
          "defocus-blur",
          CorruptionFamily.BLUR,
          "every point becomes a disk, as out of focus",
          new DefocusBlur());

  /** Radius of the disk in pixels, and the deviation by which its edge is smoothed. */
  private static final Levels DISK =
      new Levels(
          new double[][] {{0.3, 0.4}, {0.4, 0.5}, {0.5, 0.6}, {1, 0.2}, {1.5, 0.1}},
          new double[][] {{0.5, 0.6}, {1, 0.1}, {1.5, 0.1}, {2.5, 0.01}, {3, 0.1}},
          new double[][] {{3, 0.1}, {4, 0.5}, {6, 0.5}, {8, 0.5}, {10, 0.5}});

  /** Disks above this radius are smoothed over five pixels, others over three. */
  private static final double LARGE = 8;

  @Override
  public Image corrupt(Image image, int severity, Draws draws) {
    Planes from = Planes.of(image);
    double[] disk = DISK.at(from, severity);
    double[][] weights = disk(disk[0], disk[1]);
    int radius = weights.length / 2;
    Planes to = from.blank();
    for (int c = 0; c < from.channels(); c++) {
      for (int y = 0; y < from.height(); y++) {
        for (int x = 0; x < from.width(); x++) {
          double sum = 0;
          for (int i = -radius; i <= radius; i++) {
            int row = Planes.mirrored(y + i, from.height());
            double[] line = weights[i + radius];
            for (int j = -radius; j <= radius; j++) {
              if (line[j + radius] != 0) {
                sum += line[j + radius] * from.at(c, row, Planes.mirrored(x + j, from.width()));
              }
            }
          }
          to.set(c, y, x, sum);
        }
      }
    }
    return to.image();
  }

  /** The disk of whole pixels within a radius, smoothed; a square of weights that sum up to 1. */
  static double[][] disk(double radius, double deviation) {
    double[] smoothing = GaussianFilter.weights(deviation, radius > LARGE ? 2 : 1);
    int reach = smoothing.length / 2;
    int inner = (int) radius;
    int side = 2 * (inner + reach) + 1;
    double[][] weights = new double[side][side];
    double pixels = 0;
    for (int y = -inner; y <= inner; y++) {
      for (int x = -inner; x <= inner; x++) {
        if (x * x + y * y <= radius * radius) {
          pixels++;
          for (int i = 0; i < smoothing.length; i++) {
            for (int j = 0; j < smoothing.length; j++) {
              weights[y + inner + i][x + inner + j] += smoothing[i] * smoothing[j];
            }
          }
        }
      }
    }
    for (double[] line : weights) {
      for (int x = 0; x < side; x++) {
        line[x] /= pixels;
      }
    }
    return weights;
  }
}
