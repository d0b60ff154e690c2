package org.sparkmto.preprocessing.image;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FilterTest {

  /** The values that Pillow, OpenCV and PyTorch give for 10 to 4. */
  @Test
  void aRampAgreesWithTheLibraries() {
    assertThat(row(ramp(10, 1), 4, Filter.NEAREST_CENTRE)).containsExactly(1, 3, 6, 8);
    assertThat(row(ramp(10, 1), 4, Filter.NEAREST_FLOOR)).containsExactly(0, 2, 5, 7);
    assertThat(row(ramp(10, 25), 4, Filter.ANTIALIASED)).containsExactly(25, 81, 144, 200);
    // src = (i + .5) 2.5 - .5 = .75, 3.25, 5.75, 8.25
    assertThat(row(ramp(10, 20), 4, Filter.BILINEAR)).containsExactly(15, 65, 115, 165);
    // src = (i + .5) / 2 - .5 = -.25, .25, .75, 1.25, held at the border
    assertThat(row(ramp(2, 100), 4, Filter.BILINEAR)).containsExactly(0, 25, 75, 100);
  }

  @Test
  void bilinearDoesNotSeeWhatLiesBetweenItsPixels() {
    int[] spike = {0, 0, 200, 0, 0, 0, 0, 0, 0};
    assertThat(row(spike, 3, Filter.BILINEAR)).containsExactly(0, 0, 0);
    assertThat(row(spike, 3, Filter.ANTIALIASED)[0]).isPositive();
  }

  @Property(tries = 100)
  void bilinearOfAPlaneIsThePlane(
      @ForAll @IntRange(min = 2, max = 16) int height,
      @ForAll @IntRange(min = 2, max = 16) int width,
      @ForAll @IntRange(min = 1, max = 30) int newHeight,
      @ForAll @IntRange(min = 1, max = 30) int newWidth) {
    byte[] samples = new byte[height * width];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) (5 * (i / width) + 8 * (i % width));
    }
    Image resized =
        new Image(1, height, width, samples).resized(newHeight, newWidth, Filter.BILINEAR);
    for (int y = 0; y < newHeight; y++) {
      double row = held((y + 0.5) * height / newHeight - 0.5, height);
      for (int x = 0; x < newWidth; x++) {
        double column = held((x + 0.5) * width / newWidth - 0.5, width);
        // Half a step of the rounding, and the error of the arithmetic in double.
        assertThat(Math.abs(resized.at(0, y, x) - (5 * row + 8 * column))).isLessThan(0.5 + 1e-9);
      }
    }
  }

  /** Pitfall 13: image and targets must be resampled by one rule, else they shift. */
  @ParameterizedTest
  @EnumSource(NearestPixel.class)
  void imagesAndMapsOfOneRuleStayTogether(NearestPixel rule) {
    Filter filter = rule == NearestPixel.CENTRE ? Filter.NEAREST_CENTRE : Filter.NEAREST_FLOOR;
    int[] ramp = ramp(50, 5);
    IntegerMap labels = new IntegerMap(1, 50, ramp);
    float[] depths = new float[50];
    for (int i = 0; i < 50; i++) {
      depths[i] = ramp[i];
    }
    for (int width : new int[] {1, 7, 20, 33, 50, 90}) {
      int[] expected = labels.resized(1, width, rule).values();
      assertThat(row(ramp, width, filter)).isEqualTo(expected);
      RealMap real = new RealMap(1, 1, 50, depths).resized(1, width, rule);
      for (int i = 0; i < width; i++) {
        assertThat((int) real.at(0, 0, i)).isEqualTo(expected[i]);
      }
    }
  }

  /** Pitfall 13, too: under a filter that is centred, only the central rule does not shift. */
  @Test
  void theFloorShiftsLabelsAgainstAFilteredImage() {
    int[] ramp = ramp(64, 2);
    for (Filter filter : new Filter[] {Filter.ANTIALIASED, Filter.BILINEAR}) {
      double image = mean(row(ramp, 16, filter));
      double centre =
          mean(new IntegerMap(1, 64, ramp).resized(1, 16, NearestPixel.CENTRE).values());
      double floor = mean(new IntegerMap(1, 64, ramp).resized(1, 16, NearestPixel.FLOOR).values());
      // Of four pixels the third is taken for the centre: half an input pixel, 1 gray level, off.
      assertThat(centre - image).isBetween(0.5, 1.5);
      assertThat(image - floor).isBetween(2.5, 3.5);
    }
  }

  private static double mean(int[] values) {
    return java.util.Arrays.stream(values).average().orElseThrow();
  }

  private static double held(double place, int length) {
    return Math.max(0, Math.min(length - 1, place));
  }

  private static int[] ramp(int length, int step) {
    int[] ramp = new int[length];
    for (int i = 0; i < length; i++) {
      ramp[i] = i * step;
    }
    return ramp;
  }

  /** The line resized as a row; as a column, in another channel, it must come out the same. */
  private static int[] row(int[] values, int width, Filter filter) {
    byte[] samples = new byte[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      samples[values.length + i] = (byte) values[i];
    }
    Image across = new Image(2, 1, values.length, samples).resized(1, width, filter);
    Image down = new Image(2, values.length, 1, samples).resized(width, 1, filter);
    int[] result = new int[width];
    for (int i = 0; i < width; i++) {
      result[i] = across.at(1, 0, i);
      assertThat(down.at(1, i, 0)).isEqualTo(result[i]);
    }
    return result;
  }
}
