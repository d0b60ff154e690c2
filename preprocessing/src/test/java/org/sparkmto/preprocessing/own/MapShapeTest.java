package org.sparkmto.preprocessing.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.ImageReading;
import org.sparkmto.preprocessing.image.NearestPixel;
import org.sparkmto.preprocessing.numpy.Npy;

class MapShapeTest {

  @Test
  void channelsMayComeFirstOrLastAndABatchOfOneIsPassedOver() throws Exception {
    MapShape plain = new MapShape(6, 8, false);
    assertThat(MapShape.of(new int[] {6, 8}, 1, 6, 8)).isEqualTo(plain);
    assertThat(MapShape.of(new int[] {1, 6, 8}, 1, 6, 8)).isEqualTo(plain);
    assertThat(MapShape.of(new int[] {6, 8, 1}, 1, 6, 8)).isEqualTo(new MapShape(6, 8, true));
    assertThat(MapShape.of(new int[] {1, 6, 8, 1}, 1, 6, 8)).isEqualTo(new MapShape(6, 8, true));
    assertThat(MapShape.of(new int[] {1, 3, 6, 8}, 3, 6, 8)).isEqualTo(plain);
  }

  @Test
  void whatCanBeReadInTwoWaysHasTheSizeOfTheImage() throws Exception {
    assertThat(MapShape.of(new int[] {3, 8, 3}, 3, 3, 8)).isEqualTo(new MapShape(3, 8, true));
    assertThat(MapShape.of(new int[] {3, 8, 3}, 3, 8, 3)).isEqualTo(new MapShape(8, 3, false));
    assertThat(MapShape.of(new int[] {1, 8, 1}, 1, 1, 8)).isEqualTo(new MapShape(1, 8, true));
  }

  @Test
  void otherShapesAreRefused() {
    for (int[] shape :
        new int[][] {{}, {48}, {6, 8, 2}, {2, 6, 8}, {2, 6, 8, 1}, {6, 0, 1}, {1, 1, 1, 6, 8}}) {
      assertThatThrownBy(() -> MapShape.of(shape, 1, 6, 8))
          .isInstanceOf(UnreadableSampleException.class)
          .hasMessageContaining("not one of 1 channels, rows and columns");
    }
  }

  @Test
  void aSegmentationWithAnAxisOfOneChannelBehindIsRead() throws Exception {
    byte[] classes = new byte[48];
    for (int i = 0; i < 48; i++) {
      classes[i] = (byte) (i % 3);
    }
    MapTarget.Labels target = new MapTarget.Labels(java.util.List.of(0, 1, 2), java.util.List.of());
    for (int[] shape : new int[][] {{6, 8}, {6, 8, 1}, {1, 6, 8}}) {
      assertThat(
              target.stored(
                  Npy.encode(shape, classes),
                  6,
                  8,
                  new ImageSize(6, 8),
                  NearestPixel.CENTRE,
                  ImageReading.USUAL))
          .isEqualTo(classes);
    }
  }
}
