package org.sparkmto.preprocessing.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.sparkmto.preprocessing.image.RealMap;
import org.sparkmto.preprocessing.nyuv2.NyuClasses;
import org.sparkmto.preprocessing.nyuv2.PinholeCamera;
import org.sparkmto.random.Draws;

class RoomViewTest {
  private static final int H = 72;
  private static final int W = 96;

  private static int row(int pixel) {
    return pixel / W;
  }

  @Test
  void aRoomIsAFunctionOfSeedSplitAndIndex() {
    RoomView one = RoomView.of(3, "train", 17, H, W);
    assertThat(one.image().samples())
        .isEqualTo(RoomView.of(3, "train", 17, H, W).image().samples());
    for (RoomView other :
        new RoomView[] {
          RoomView.of(4, "train", 17, H, W),
          RoomView.of(3, "test", 17, H, W),
          RoomView.of(3, "train", 16, H, W)
        }) {
      assertThat(other.image().samples()).isNotEqualTo(one.image().samples());
    }
  }

  /**
   * A split has all 13 classes, about 3 % of unlabelled pixels, and no view filled by an object.
   */
  @Test
  void theUsualTrainingSplitHasEverything() {
    long[] classes = new long[14];
    double most = 0;
    for (int i = 0; i < 400; i++) {
      RoomView view = RoomView.of(0, "train", i, H, W);
      int[] counts = new int[256 * 1024];
      for (int pixel = 0; pixel < H * W; pixel++) {
        int raw = view.labels().values()[pixel];
        classes[raw == 0 ? 0 : NyuClasses.thirteenOf(NyuClasses.fortyOf(raw))]++;
        assertThat(view.instances().values()[pixel] == 0).isEqualTo(raw == 0);
        if (raw != 0 && raw != Room.WALL && raw != Room.FLOOR && raw != Room.CEILING) {
          most = Math.max(most, ++counts[raw * 256 + view.instances().values()[pixel]]);
        }
      }
    }
    assertThat(classes[0] / (400.0 * H * W)).isBetween(0.02, 0.04);
    for (int c = 1; c <= 13; c++) {
      assertThat(classes[c]).as("class %s", c).isGreaterThan(1_000);
    }
    assertThat(most).isLessThanOrEqualTo(0.6 * H * W);
  }

  /** Consistency (b): the floor is one plane, and its normal is the one the map gives. */
  @Test
  void backProjectedFloorsAreFlat() {
    PinholeCamera camera = PinholeCamera.kinect(H, W);
    int floors = 0;
    for (int i = 0; i < 20; i++) {
      RoomView view = RoomView.of(1, "train", i, H, W);
      double distance = Double.NaN;
      for (int pixel = 0; pixel < H * W; pixel++) {
        if (view.labels().values()[pixel] == Room.FLOOR) {
          double z = view.depth().values()[pixel];
          RealMap n = view.normals();
          double along =
              z
                  * (n.at(0, pixel / W, pixel % W) * camera.rayX(pixel % W)
                      + n.at(1, pixel / W, pixel % W) * camera.rayY(row(pixel))
                      + n.at(2, pixel / W, pixel % W));
          distance = Double.isNaN(distance) ? along : distance;
          // A float of 10 m is good for 5e-7 m.
          assertThat(along).isCloseTo(distance, within(1e-5));
          floors++;
        }
      }
      assertThat(-distance).as("eye height").isBetween(1.2, 1.6);
    }
    assertThat(floors).isGreaterThan(10_000);
  }

  /** Consistency (c): where depth jumps, something else begins. */
  @Test
  void jumpsOfDepthLieOnEdgesOfLabelsOrNormals() {
    int jumps = 0;
    int explained = 0;
    for (int i = 0; i < 40; i++) {
      RoomView view = RoomView.of(2, "train", i, H, W);
      for (int y = 0; y < H; y++) {
        for (int x = 0; x + 1 < W; x++) {
          float here = view.depth().at(0, y, x);
          float there = view.depth().at(0, y, x + 1);
          if (Math.abs(here - there) > 0.1 * Math.min(here, there)) {
            jumps++;
            boolean edge = view.labels().at(y, x) != view.labels().at(y, x + 1);
            for (int c = 0; c < 3; c++) {
              edge |= view.normals().at(c, y, x) != view.normals().at(c, y, x + 1);
            }
            explained += edge ? 1 : 0;
          }
        }
      }
    }
    assertThat(jumps).isGreaterThan(1_000);
    assertThat(explained).isGreaterThan((int) (0.9 * jumps));
  }

  @Test
  void normalsAreUnitVectorsTowardsTheCamera() {
    PinholeCamera camera = PinholeCamera.kinect(H, W);
    for (int i = 0; i < 20; i++) {
      RoomView view = RoomView.of(5, "test", i, H, W);
      RealMap n = view.normals();
      for (int y = 0; y < H; y++) {
        for (int x = 0; x < W; x++) {
          double length = Math.hypot(Math.hypot(n.at(0, y, x), n.at(1, y, x)), n.at(2, y, x));
          assertThat(length).isCloseTo(1, within(1e-6));
          double towards =
              n.at(0, y, x) * camera.rayX(x) + n.at(1, y, x) * camera.rayY(y) + n.at(2, y, x);
          assertThat(towards).isNegative();
        }
      }
    }
  }

  /** Pitfall 9's room: a wall whose normal's components sum to 0. */
  @Test
  void theDiagonalRoomHasWallsAt45Degrees() {
    RoomView view = RoomView.of(Room.diagonal(Draws.of(0)), Draws.of(0), H, W);
    Set<String> walls = new TreeSet<>();
    for (int pixel = 0; pixel < H * W; pixel++) {
      if (view.labels().values()[pixel] == Room.WALL) {
        walls.add(
            "%.4f %.4f %.4f"
                .formatted(
                    view.normals().at(0, pixel / W, pixel % W),
                    view.normals().at(1, pixel / W, pixel % W),
                    view.normals().at(2, pixel / W, pixel % W))
                .replace("-0.0000", "0.0000"));
      }
    }
    assertThat(walls).contains("-0.7071 0.0000 -0.7071", "0.7071 0.0000 -0.7071");
  }

  @Test
  void rawDepthsAreTheTrueOnesOrHoles() {
    int holes = 0;
    int shadows = 0;
    for (int i = 0; i < 20; i++) {
      RoomView view = RoomView.of(0, "train", i, H, W);
      float[] depth = view.depth().values();
      float[] raw = view.rawDepth().values();
      for (int pixel = 0; pixel < depth.length; pixel++) {
        assertThat(raw[pixel] == 0 || raw[pixel] == depth[pixel]).isTrue();
        assertThat(depth[pixel]).isPositive();
        assertThat(raw[pixel]).isLessThanOrEqualTo(8);
        holes += raw[pixel] == 0 ? 1 : 0;
        boolean besideNearer = pixel % W + 1 < W && depth[pixel] > 1.3 * depth[pixel + 1];
        shadows += besideNearer && raw[pixel] == 0 ? 1 : 0;
      }
    }
    assertThat(holes / (20.0 * H * W)).isBetween(0.03, 0.15);
    assertThat(shadows).isGreaterThan(100);
  }
}
