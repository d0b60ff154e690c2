package org.sparkmto.preprocessing.corruption;

import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/**
 * Stretches and contracts parts of the image: three points move, and the image with them by the
 * affine map that they fix; then every pixel moves by smoothed random ways. Beyond the border lies
 * the mirror image. The paper counts in shares of its images' side; here it is the shorter side.
 */
final class Elastic implements Corruption {
  static final CorruptionEntry ENTRY =
      new CorruptionEntry(
          "elastic",
          CorruptionFamily.DIGITAL,
          "parts of the image stretched and contracted",
          new Elastic());

  /** Shares of the side: length of the ways, how smooth they are, how far the points move. */
  private static final Levels WAYS =
      new Levels(
          new double[][] {
            {0, 0, 0.08},
            {0.05, 0.2, 0.07},
            {0.08, 0.06, 0.06},
            {0.1, 0.04, 0.05},
            {0.1, 0.03, 0.03}
          },
          new double[][] {
            {0, 0, 0.08},
            {0.05, 0.3, 0.06},
            {0.1, 0.08, 0.06},
            {0.1, 0.03, 0.03},
            {0.16, 0.03, 0.02}
          },
          new double[][] {
            {2, 0.7, 0.1},
            {2, 0.08, 0.2},
            {0.05, 0.01, 0.02},
            {0.07, 0.01, 0.02},
            {0.12, 0.01, 0.02}
          });

  @Override
  public Image corrupt(Image image, int severity, Draws draws) {
    Planes planes = Planes.of(image);
    double[] ways = WAYS.at(planes, severity);
    int side = planes.shorterSide();
    Planes moved = affine(planes, ways[2] * side, draws.of("points"));
    if (ways[0] == 0) {
      return moved.image();
    }
    Planes down = ways(planes, ways[0] * side, ways[1] * side, draws.of("down"));
    Planes right = ways(planes, ways[0] * side, ways[1] * side, draws.of("right"));
    Planes stretched = planes.blank();
    for (int c = 0; c < planes.channels(); c++) {
      for (int y = 0; y < planes.height(); y++) {
        for (int x = 0; x < planes.width(); x++) {
          double row = y + down.at(0, y, x);
          stretched.set(c, y, x, moved.between(c, row, x + right.at(0, y, x)));
        }
      }
    }
    return stretched.image();
  }

  private static Planes ways(Planes planes, double length, double smoothness, Draws draws) {
    Planes ways = new Planes(1, planes.height(), planes.width());
    float[] values = ways.values();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (length * (2 * draws.uniform(i) - 1));
    }
    return GaussianFilter.smooth(ways, smoothness);
  }

  /** Three corners of a square in the middle move by up to so many pixels each way. */
  private static Planes affine(Planes from, double reach, Draws draws) {
    double middleX = Math.floorDiv(from.width(), 2);
    double middleY = Math.floorDiv(from.height(), 2);
    double half = Math.floorDiv(from.shorterSide(), 3);
    double[] x = {middleX + half, middleX + half, middleX - half};
    double[] y = {middleY + half, middleY - half, middleY - half};
    double[] toX = new double[3];
    double[] toY = new double[3];
    for (int i = 0; i < 3; i++) {
      toX[i] = x[i] + reach * (2 * draws.uniform(2L * i) - 1);
      toY[i] = y[i] + reach * (2 * draws.uniform(2L * i + 1) - 1);
    }
    // Where a pixel comes from: the map from the moved points to those of the image. Edges from
    // the second point to the first and the third are a basis of the plane, unless the moved ones
    // lie on a line, which points that are drawn do not.
    double u0 = toX[0] - toX[1];
    double u1 = toY[0] - toY[1];
    double v0 = toX[2] - toX[1];
    double v1 = toY[2] - toY[1];
    double area = u0 * v1 - u1 * v0;
    Planes to = from.blank();
    for (int c = 0; c < from.channels(); c++) {
      for (int row = 0; row < from.height(); row++) {
        for (int column = 0; column < from.width(); column++) {
          double dx = column - toX[1];
          double dy = row - toY[1];
          double u = (dx * v1 - dy * v0) / area;
          double v = (dy * u0 - dx * u1) / area;
          double sourceX = x[1] + u * (x[0] - x[1]) + v * (x[2] - x[1]);
          double sourceY = y[1] + u * (y[0] - y[1]) + v * (y[2] - y[1]);
          to.set(c, row, column, from.between(c, sourceY, sourceX));
        }
      }
    }
    return to;
  }
}
