package org.sparkmto.preprocessing.nyuv2;

import org.sparkmto.preprocessing.image.RealMap;

/**
 * Surface normals from a depth map: in a square window around a pixel, a plane is fitted to the
 * points whose depth differs by less than 5 % from the pixel's own, and its normal is turned
 * towards the camera. The plane's normal is the eigenvector of the smallest eigenvalue of the
 * points' scatter matrix (the idea of the local planes in the toolbox of Silberman et al., ECCV
 * 2012).
 *
 * <p>A pixel has no normal where it has no depth, where fewer than 6 points are left, or where
 * these lie on a line. The window grows with the image: 5 pixels at a width of 96, 7 at 160, 11 at
 * 384, 17 at 640.
 */
final class NormalsFromDepth {
  private static final double DEPTH_TOLERANCE = 0.05;
  private static final int FEWEST_POINTS = 6;

  /** Points whose second extent is this small a part of the first, squared, lie on a line. */
  private static final double LINE = 1e-3;

  private final RealMap depth;
  private final int radius;
  private final double[] raysX;
  private final double[] raysY;

  // The scatter matrix and its eigenvectors, by rows; kept to spare the garbage collector millions.
  private final double[][] scatter = new double[3][3];
  private final double[][] vectors = new double[3][3];

  /**
   * @param depth metres, NaN where there is none
   * @param camera that has seen it
   */
  NormalsFromDepth(RealMap depth, PinholeCamera camera) {
    this.depth = depth;
    this.radius = Math.max(2, (int) Math.round(depth.width() / 96.0 + 4.0 / 3));
    raysX = new double[depth.width()];
    raysY = new double[depth.height()];
    for (int x = 0; x < raysX.length; x++) {
      raysX[x] = camera.rayX(x);
    }
    for (int y = 0; y < raysY.length; y++) {
      raysY[y] = camera.rayY(y);
    }
  }

  /**
   * The normal of a pixel: x right, y down, z forward, of length 1.
   *
   * @param normal gets the three components
   * @return whether the pixel has one
   */
  boolean at(int row, int column, double[] normal) {
    double z = depth.at(0, row, column);
    if (Double.isNaN(z) || !gather(row, column, z)) {
      return false;
    }
    diagonalise();
    int least = 0;
    int most = 0;
    for (int i = 1; i < 3; i++) {
      least = scatter[i][i] < scatter[least][least] ? i : least;
      most = scatter[i][i] >= scatter[most][most] ? i : most;
    }
    int middle = 3 - least - most;
    if (least == most || !(scatter[middle][middle] > LINE * scatter[most][most])) {
      return false;
    }
    double[] n = vectors[least];
    double towards = n[0] * raysX[column] + n[1] * raysY[row] + n[2];
    double sign = towards > 0 ? -1 : 1;
    for (int i = 0; i < 3; i++) {
      normal[i] = sign * n[i];
    }
    return true;
  }

  /** The scatter matrix of the window's points, relative to the point in the middle. */
  private boolean gather(int row, int column, double z) {
    int top = Math.max(0, row - radius);
    int bottom = Math.min(depth.height() - 1, row + radius);
    int left = Math.max(0, column - radius);
    int right = Math.min(depth.width() - 1, column + radius);
    double tolerance = DEPTH_TOLERANCE * z;
    double x0 = raysX[column] * z;
    double y0 = raysY[row] * z;
    float[] depths = depth.values();
    int count = 0;
    double sx = 0;
    double sy = 0;
    double sz = 0;
    double xx = 0;
    double xy = 0;
    double xz = 0;
    double yy = 0;
    double yz = 0;
    double zz = 0;
    for (int v = top; v <= bottom; v++) {
      for (int u = left; u <= right; u++) {
        double other = depths[v * depth.width() + u];
        double dz = other - z;
        if (Math.abs(dz) < tolerance) { // false for NaN
          double dx = raysX[u] * other - x0;
          double dy = raysY[v] * other - y0;
          count++;
          sx += dx;
          sy += dy;
          sz += dz;
          xx += dx * dx;
          xy += dx * dy;
          xz += dx * dz;
          yy += dy * dy;
          yz += dy * dz;
          zz += dz * dz;
        }
      }
    }
    scatter[0][0] = xx - sx * sx / count;
    scatter[1][1] = yy - sy * sy / count;
    scatter[2][2] = zz - sz * sz / count;
    scatter[0][1] = scatter[1][0] = xy - sx * sy / count;
    scatter[0][2] = scatter[2][0] = xz - sx * sz / count;
    scatter[1][2] = scatter[2][1] = yz - sy * sz / count;
    return count >= FEWEST_POINTS;
  }

  /** Jacobi's rotations: the scatter matrix becomes diagonal, the rows of vectors its vectors. */
  private void diagonalise() {
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        vectors[i][j] = i == j ? 1 : 0;
      }
    }
    double scale = scatter[0][0] + scatter[1][1] + scatter[2][2];
    for (int sweep = 0; sweep < 20; sweep++) {
      double rest = Math.abs(scatter[0][1]) + Math.abs(scatter[0][2]) + Math.abs(scatter[1][2]);
      if (!(rest > 1e-15 * scale)) {
        return;
      }
      rotate(0, 1, 2);
      rotate(0, 2, 1);
      rotate(1, 2, 0);
    }
  }

  private void rotate(int p, int q, int other) {
    double[][] a = scatter;
    if (a[p][q] == 0) {
      return;
    }
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double c = 1 / Math.sqrt(t * t + 1);
    double s = t * c;
    a[p][p] -= t * a[p][q];
    a[q][q] += t * a[p][q];
    a[p][q] = a[q][p] = 0;
    double op = a[other][p];
    double oq = a[other][q];
    a[other][p] = a[p][other] = c * op - s * oq;
    a[other][q] = a[q][other] = s * op + c * oq;
    for (int i = 0; i < 3; i++) {
      double vp = vectors[p][i];
      double vq = vectors[q][i];
      vectors[p][i] = c * vp - s * vq;
      vectors[q][i] = s * vp + c * vq;
    }
  }
}
