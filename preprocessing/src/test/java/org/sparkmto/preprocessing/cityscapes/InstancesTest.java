package org.sparkmto.preprocessing.cityscapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.NearestPixel;
import org.sparkmto.preprocessing.image.RealMap;

class InstancesTest {
  private static final Set<Integer> COUNTED = Set.of(24, 25, 26, 27, 28, 31, 32, 33);

  @Test
  void offsetsByHand() throws UnreadableSampleException {
    IntegerMap labels = new IntegerMap(2, 4, new int[] {33, 33, 7, 24, 33, 26, 26, 24});
    IntegerMap numbers =
        new IntegerMap(2, 4, new int[] {33005, 33005, 7, 24000, 33005, 26, 26, 24001});
    RealMap offsets =
        new Instances(labels, numbers, GroupInstances.IGNORED)
            .offsets(new ImageSize(2, 4), NearestPixel.CENTRE);
    // The bicycle covers (0,0), (0,1), (1,0): its centre is (1/3, 1/3).
    assertThat(offsets.at(0, 0, 0)).isCloseTo(-1 / 3f, within(1e-6f));
    assertThat(offsets.at(1, 0, 0)).isCloseTo(-1 / 3f, within(1e-6f));
    assertThat(offsets.at(1, 0, 1)).isCloseTo(2 / 3f, within(1e-6f));
    assertThat(offsets.at(0, 1, 0)).isCloseTo(2 / 3f, within(1e-6f));
    assertThat(offsets.at(0, 0, 3)).isZero(); // two persons of a pixel each, not one of two
    assertThat(offsets.at(0, 1, 3)).isZero();
    for (int channel = 0; channel < 2; channel++) {
      assertThat(offsets.at(channel, 0, 2)).isNaN(); // road
      assertThat(offsets.at(channel, 1, 1)).isNaN(); // a group of cars
      assertThat(offsets.at(channel, 1, 2)).isNaN();
    }
    RealMap asOne =
        new Instances(labels, numbers, GroupInstances.AS_ONE)
            .offsets(new ImageSize(2, 4), NearestPixel.CENTRE);
    assertThat(asOne.at(1, 1, 1)).isEqualTo(-0.5f);
    assertThat(asOne.at(1, 1, 2)).isEqualTo(0.5f);
    assertThat(asOne.at(0, 0, 2)).isNaN();
    assertThat(asOne.at(0, 0, 0)).isEqualTo(offsets.at(0, 0, 0));
  }

  /** A second implementation: all offsets at full size, then the map made smaller. */
  @ParameterizedTest
  @EnumSource(NearestPixel.class)
  void centresAreThoseOfTheFullImage(NearestPixel rule) throws UnreadableSampleException {
    Random random = new Random(3);
    int height = 37;
    int width = 53;
    int[] ids = new int[height * width];
    int[] objects = new int[height * width];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = random.nextInt(34);
      boolean thing = ids[i] >= 24;
      objects[i] = thing && random.nextInt(5) > 0 ? ids[i] * 1000 + random.nextInt(4) : ids[i];
    }
    IntegerMap labels = new IntegerMap(height, width, ids);
    IntegerMap numbers = new IntegerMap(height, width, objects);
    for (GroupInstances groups : GroupInstances.values()) {
      RealMap expected = full(labels, numbers, groups).resized(5, 8, rule);
      RealMap found = new Instances(labels, numbers, groups).offsets(new ImageSize(5, 8), rule);
      assertThat(found.values()).containsExactly(expected.values(), within(1e-5f));
    }
  }

  private static RealMap full(IntegerMap labels, IntegerMap numbers, GroupInstances groups) {
    Map<Integer, double[]> centres = new HashMap<>();
    int height = labels.height();
    int width = labels.width();
    for (int number : numbers.values()) {
      centres.computeIfAbsent(
          number,
          n -> {
            double[] sums = new double[3];
            for (int i = 0; i < height * width; i++) {
              if (numbers.values()[i] == n) {
                sums[0] += Math.floorDiv(i, width);
                sums[1] += i % width;
                sums[2]++;
              }
            }
            return new double[] {sums[0] / sums[2], sums[1] / sums[2]};
          });
    }
    float[] offsets = new float[2 * height * width];
    for (int i = 0; i < height * width; i++) {
      int number = numbers.values()[i];
      boolean counts =
          COUNTED.contains(labels.values()[i])
              && (number >= 1000 || groups == GroupInstances.AS_ONE);
      offsets[i] = counts ? (float) (Math.floorDiv(i, width) - centres.get(number)[0]) : Float.NaN;
      offsets[height * width + i] =
          counts ? (float) (i % width - centres.get(number)[1]) : Float.NaN;
    }
    return new RealMap(2, height, width, offsets);
  }

  @Test
  void anOffsetOf250IsAnOffset() throws UnreadableSampleException {
    IntegerMap labels = TinyCity.map(501, 1, i -> 26);
    IntegerMap numbers = TinyCity.map(501, 1, i -> 26003);
    RealMap offsets =
        new Instances(labels, numbers, GroupInstances.IGNORED)
            .offsets(new ImageSize(501, 1), NearestPixel.CENTRE);
    assertThat(offsets.at(0, 500, 0)).isEqualTo(250f);
    assertThat(offsets.values()).doesNotContain(Float.NaN);
  }

  @Test
  void aFlippedImageHasFlippedOffsets() throws UnreadableSampleException {
    ImageSize size = new ImageSize(TinyCity.HEIGHT, TinyCity.WIDTH);
    RealMap plain =
        new Instances(TinyCity.labels(), TinyCity.instances(), GroupInstances.IGNORED)
            .offsets(size, NearestPixel.CENTRE);
    RealMap flipped =
        new Instances(
                flipped(TinyCity.labels()), flipped(TinyCity.instances()), GroupInstances.IGNORED)
            .offsets(size, NearestPixel.CENTRE);
    int valid = 0;
    for (int y = 0; y < size.height(); y++) {
      for (int x = 0; x < size.width(); x++) {
        float dy = plain.at(0, y, x);
        float dx = plain.at(1, y, x);
        if (Float.isNaN(dy)) {
          assertThat(flipped.at(0, y, size.width() - 1 - x)).isNaN();
        } else {
          assertThat(flipped.at(0, y, size.width() - 1 - x)).isEqualTo(dy);
          assertThat(flipped.at(1, y, size.width() - 1 - x)).isCloseTo(-dx, within(1e-5f));
          valid++;
        }
      }
    }
    assertThat(valid).isEqualTo(6 * 15 + 17); // six classes of 15 pixels, and bicycles
  }

  private static IntegerMap flipped(IntegerMap map) {
    return TinyCity.map(i -> map.at(i / map.width(), map.width() - 1 - i % map.width()));
  }

  @Test
  void whatStandsOnVoidIsNoObject() throws UnreadableSampleException {
    IntegerMap labels = new IntegerMap(1, 3, new int[] {255, 26, 255});
    IntegerMap numbers = new IntegerMap(1, 3, new int[] {26001, 26001, 65535});
    RealMap offsets =
        new Instances(labels, numbers, GroupInstances.AS_ONE)
            .offsets(new ImageSize(1, 3), NearestPixel.CENTRE);
    assertThat(offsets.values()).containsExactly(Float.NaN, 0, Float.NaN, Float.NaN, 0, Float.NaN);
  }

  @ParameterizedTest
  @CsvSource({"24,26001", "24,25", "7,7001", "7,255", "0,65535", "33,34000", "26,999", "1,0"})
  void numbersOfAnotherLabelAreRefused(int label, int number) {
    IntegerMap labels = new IntegerMap(1, 2, new int[] {7, label});
    IntegerMap numbers = new IntegerMap(1, 2, new int[] {7, number});
    assertThatThrownBy(() -> new Instances(labels, numbers, GroupInstances.IGNORED))
        .isInstanceOf(UnreadableSampleException.class)
        .hasMessageContaining("row 0, column 1")
        .hasMessageContaining(Integer.toString(number))
        .matches(e -> ((UnreadableSampleException) e).reason() == Reason.BAD_LABEL);
  }
}
