package org.sparkmto.preprocessing.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ImageTest {

  @Test
  void weightsOfARampAgreeWithPillow() {
    double[] expected = {1.0, 3.24, 5.76, 8.0}; // Pillow 11, mode F, resize 10 -> 4, BILINEAR
    for (int i = 0; i < 4; i++) {
      double value = 0;
      double[] weights = TriangleFilter.exactWeights(10, 4, i);
      for (int k = 0; k < weights.length; k++) {
        value += weights[k] * (TriangleFilter.firstPixel(10, 4, i) + k);
      }
      assertThat(value).isCloseTo(expected[i], within(1e-12));
    }
  }

  @Test
  void downscalingAgreesWithPillowBitForBit() throws Exception {
    Image photo = Jpeg.decode(JpegTest.resource("photo.jpg"));
    assertThat(photo.resized(64, 64).samples()).isEqualTo(JpegTest.resource("photo-64x64.chw"));
  }

  @Test
  void mixedScalingAgreesWithPillowBitForBit() throws Exception {
    Image photo = Jpeg.decode(JpegTest.resource("photo.jpg"));
    assertThat(photo.resized(70, 200).samples()).isEqualTo(JpegTest.resource("photo-70x200.chw"));
  }

  @Property(tries = 50)
  void constantImagesStayConstant(
      @ForAll @IntRange(max = 255) int value,
      @ForAll @IntRange(min = 1, max = 60) int from,
      @ForAll @IntRange(min = 1, max = 60) int to) {
    byte[] samples = new byte[2 * from * 7];
    Arrays.fill(samples, (byte) value);
    for (byte sample : new Image(2, from, 7, samples).resized(to, 5).samples()) {
      assertThat(sample & 0xff).isEqualTo(value);
    }
  }

  @Test
  void sameSizeChangesNothing() {
    byte[] samples = {0, 127, -128, -1, 5, 9};
    assertThat(new Image(1, 2, 3, samples).resized(2, 3).samples()).isEqualTo(samples);
  }

  @Test
  void samplesMustFillTheShape() {
    assertThatThrownBy(() -> new Image(3, 2, 2, new byte[11]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("11 samples for 3x2x2");
  }
}
