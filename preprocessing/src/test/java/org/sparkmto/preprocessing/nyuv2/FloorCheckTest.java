package org.sparkmto.preprocessing.nyuv2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.image.Filter;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.NearestPixel;
import org.sparkmto.preprocessing.image.RealMap;

class FloorCheckTest {
  private static final int H = 40;
  private static final int W = 60;

  private static SceneEncoder encoder(String axes) {
    return new SceneEncoder(
        new ImageSize(H, W),
        13,
        Filter.ANTIALIASED,
        NearestPixel.CENTRE,
        ValidRegion.NONE,
        NormalAxes.parse(axes),
        false);
  }

  /** A room: floor below, a wall in front and one on each side; seen looking down by 10 degrees. */
  private static Scene scene(NormalAxes stored) {
    float[][] own = {
      {0, -0.985f, -0.174f}, {0, 0.174f, -0.985f}, {0.97f, 0.05f, -0.24f}, {-0.97f, 0.05f, -0.24f}
    };
    float[] normals = new float[3 * H * W];
    int[] labels = new int[H * W];
    for (int i = 0; i < H * W; i++) {
      boolean floor = i / W > H / 2;
      int kind = floor ? 0 : i % W < W / 4 ? 2 : i % W >= W - W / 4 ? 3 : 1;
      labels[i] = floor ? 4 : 11;
      for (int c = 0; c < 3; c++) {
        normals[stored.channel(c) * H * W + i] = stored.sign(c) * own[kind][c];
      }
    }
    return new Scene(
        new Image(3, H, W, new byte[3 * H * W]),
        new IntegerMap(H, W, labels),
        new RealMap(1, H, W, new float[H * W]),
        new RealMap(3, H, W, normals),
        null);
  }

  /** In whatever axes a file is, the check names those that fit; and then it has nothing to say. */
  @Test
  void findsTheAxesOfAllFiles() throws Exception {
    int told = 0;
    for (String order : List.of("xyz", "xzy", "yxz", "yzx", "zxy", "zyx")) {
      for (int signs = 0; signs < 8; signs++) {
        StringBuilder axes = new StringBuilder();
        for (int c = 0; c < 3; c++) {
          axes.append(c == 0 ? "" : ",").append((signs >> c & 1) == 0 ? "" : "-");
          axes.append(order.charAt(c));
        }
        NormalAxes stored = NormalAxes.parse(axes.toString());
        assertThat(stored.toString()).isEqualTo(axes.toString());
        Scene scene = scene(stored);
        for (String given : List.of("x,y,z", "z,-x,y")) {
          FloorCheck check = new FloorCheck(encoder(given));
          check.add(encoder(given).encode(scene));
          if (check.trouble().isPresent()) {
            told++;
            assertThat(check.trouble().get())
                .contains("axes=" + given)
                .endsWith("axes=" + axes + " would fit better");
          }
        }
        FloorCheck right = new FloorCheck(encoder(axes.toString()));
        right.add(encoder(axes.toString()).encode(scene));
        assertThat(right.trouble()).isEmpty();
      }
    }
    // 8 of 48 have y as it should be, whatever the other two are; floors do not show that.
    assertThat(told).isEqualTo(2 * 40);
  }

  @Test
  void isSilentWithoutFloors() {
    assertThat(new FloorCheck(encoder("x,y,z")).trouble()).isEmpty();
  }

  @Test
  void axesAreThreeDifferentChannels() {
    for (String wrong : List.of("", "x", "x,y", "x,y,y", "x,y,z,x", "a,y,z", "--x,y,z", "x y z")) {
      assertThatThrownBy(() -> NormalAxes.parse(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the three channels x, y, z");
    }
    assertThat(NormalAxes.parse(" x, -z ,y")).isEqualTo(new NormalAxes(0, ~2, 1));
  }
}
