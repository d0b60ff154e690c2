package org.sparkmto.preprocessing.nyuv2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.sparkmto.preprocessing.image.RealMap;

class NormalsFromDepthTest {
  private static final int H = 60;
  private static final int W = 80;

  /** Depth of the plane n . P = -d, which the camera sees where n . ray is negative. */
  private static float[] plane(PinholeCamera camera, double d, double... n) {
    float[] depth = new float[H * W];
    for (int i = 0; i < depth.length; i++) {
      double facing = n[0] * camera.rayX(i % W) + n[1] * camera.rayY(i / W) + n[2];
      depth[i] = facing < -1e-6 ? (float) (-d / facing) : Float.NaN;
    }
    return depth;
  }

  /** Floats round depths to 1e-7 of their value, and a window spans some 5 %: far below 0.01. */
  @Test
  void aPlaneHasItsOwnNormalEverywhere() {
    PinholeCamera camera = PinholeCamera.kinect(H, W);
    double r = Math.sqrt(0.5);
    for (double[] n :
        new double[][] {
          {0, 0, -1}, {r, 0, -r}, {-r, 0, -r}, {0.36, -0.48, -0.8}, {0.1, -0.9, -0.42}
        }) {
      float[] depth = plane(camera, 2, n);
      NormalsFromDepth normals = new NormalsFromDepth(new RealMap(1, H, W, depth), camera);
      double length = Math.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
      double[] found = new double[3];
      int valid = 0;
      for (int i = 0; i < depth.length; i++) {
        if (depth[i] < 10 && normals.at(i / W, i % W, found)) {
          valid++;
          for (int c = 0; c < 3; c++) {
            assertThat(found[c]).isCloseTo(n[c] / length, within(1e-3));
          }
        }
      }
      assertThat(valid).isGreaterThan(H * W / 3);
    }
  }

  @Test
  void normalsLookAtTheCameraNotAlongItsAxis() {
    // A wall almost parallel to the rays at the left edge: its n_z is positive and yet it is seen.
    PinholeCamera camera = PinholeCamera.kinect(H, W);
    double[] n = {0.995, 0, 0.1};
    float[] depth = plane(camera, 0.4, n);
    NormalsFromDepth normals = new NormalsFromDepth(new RealMap(1, H, W, depth), camera);
    double[] found = new double[3];
    assertThat(normals.at(H / 2, 2, found)).isTrue();
    assertThat(found[0]).isCloseTo(0.995, within(1e-3));
    assertThat(found[2]).isPositive();
  }

  @Test
  void aStepIsNotSmoothedOver() {
    PinholeCamera camera = PinholeCamera.kinect(H, W);
    float[] depth = plane(camera, 2, 0, 0, -1);
    float[] behind = plane(camera, 3, 0.6, 0, -0.8);
    for (int i = 0; i < depth.length; i++) {
      depth[i] = i % W < W / 2 ? depth[i] : behind[i];
    }
    NormalsFromDepth normals = new NormalsFromDepth(new RealMap(1, H, W, depth), camera);
    double[] found = new double[3];
    for (int x = 0; x < W; x++) {
      assertThat(normals.at(H / 2, x, found)).isTrue();
      assertThat(found[0]).as("column %s", x).isCloseTo(x < W / 2 ? 0 : 0.6, within(1e-3));
    }
  }

  @Test
  void noNormalWithoutDepthWithFewPointsOrOnALine() {
    PinholeCamera camera = PinholeCamera.kinect(H, W);
    float[] flat = plane(camera, 2, 0, 0, -1);
    double[] found = new double[3];
    float[] depth = new float[H * W];
    Arrays.fill(depth, Float.NaN);
    assertThat(new NormalsFromDepth(new RealMap(1, H, W, depth), camera).at(5, 5, found)).isFalse();
    for (int i = 0; i < 5; i++) {
      int pixel = (20 + i / 3) * W + 20 + i % 3;
      depth[pixel] = flat[pixel];
    }
    assertThat(new NormalsFromDepth(new RealMap(1, H, W, depth), camera).at(20, 20, found))
        .as("five points")
        .isFalse();
    depth[21 * W + 22] = 2;
    assertThat(new NormalsFromDepth(new RealMap(1, H, W, depth), camera).at(20, 20, found))
        .as("six points")
        .isTrue();
    Arrays.fill(depth, Float.NaN);
    Arrays.fill(depth, 30 * W, 31 * W, 2);
    // 5 columns of a window would do; all in one row they fix no plane.
    assertThat(new NormalsFromDepth(new RealMap(1, H, W, depth), camera).at(30, 40, found))
        .as("a line")
        .isFalse();
  }

  /** What augmentation does to normals, it must do to depths: formats of the flip agree. */
  @Test
  void theMirroredDepthHasMirroredNormals() {
    PinholeCamera camera = PinholeCamera.kinect(H, W);
    float[] depth = plane(camera, 2, 0.48, -0.36, -0.8);
    float[] mirrored = new float[depth.length];
    for (int i = 0; i < depth.length; i++) {
      depth[i] += 0.01f * (float) Math.sin(0.3 * (i % W)) * (float) Math.cos(0.2 * (i / W));
    }
    for (int i = 0; i < depth.length; i++) {
      mirrored[i / W * W + W - 1 - i % W] = depth[i];
    }
    NormalsFromDepth there = new NormalsFromDepth(new RealMap(1, H, W, depth), camera);
    NormalsFromDepth here =
        new NormalsFromDepth(new RealMap(1, H, W, mirrored), camera.mirrored(W));
    double[] n = new double[3];
    double[] m = new double[3];
    for (int i = 0; i < depth.length; i++) {
      assertThat(there.at(i / W, i % W, n)).isEqualTo(here.at(i / W, W - 1 - i % W, m));
      assertThat(m[0]).isCloseTo(-n[0], within(1e-9));
      assertThat(m[1]).isCloseTo(n[1], within(1e-9));
      assertThat(m[2]).isCloseTo(n[2], within(1e-9));
    }
  }

  @Test
  void theCameraScalesWithTheImage() {
    // The toolbox counts pixels from 1: pixel (1, 1) has X/Z = (1 - 325.58244941119034) / 518.86.
    PinholeCamera full = PinholeCamera.kinect(480, 640);
    assertThat(full.rayX(0)).isCloseTo((1 - 325.58244941119034) / 518.8579011745019, within(1e-12));
    assertThat(full.rayY(479))
        .isCloseTo((480 - 253.73616633400465) / 519.4696111212749, within(1e-12));
    // Half the size: a pixel's centre lies between those of four.
    PinholeCamera half = PinholeCamera.kinect(240, 320);
    assertThat(half.rayX(7)).isCloseTo(full.rayX(14.5), within(1e-12));
    assertThat(half.rayY(100)).isCloseTo(full.rayY(200.5), within(1e-12));
  }
}
