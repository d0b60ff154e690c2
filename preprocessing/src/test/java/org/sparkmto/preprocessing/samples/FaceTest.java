package org.sparkmto.preprocessing.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

class FaceTest {
  /** Attributes that others show, or that nobody can see for sure. */
  private static final Set<FaceAttribute> SHOWN_BY_OTHERS =
      EnumSet.of(FaceAttribute.ATTRACTIVE, FaceAttribute.NO_BEARD);

  @ParameterizedTest
  @EnumSource(FaceAttribute.class)
  void everyAttributeChangesThePicture(FaceAttribute attribute) {
    Set<FaceAttribute> without = EnumSet.of(FaceAttribute.YOUNG);
    if (attribute != FaceAttribute.BROWN_HAIR) { // the colour of hair without one
      without.add(FaceAttribute.BLACK_HAIR);
    }
    if (FaceAttribute.HAIR_COLOURS.contains(attribute)) {
      without.removeAll(FaceAttribute.HAIR_COLOURS);
      without.add(
          attribute == FaceAttribute.BLACK_HAIR
              ? FaceAttribute.BLOND_HAIR
              : FaceAttribute.BLACK_HAIR);
    }
    Set<FaceAttribute> with = EnumSet.copyOf(without);
    if (!with.remove(attribute)) {
      with.add(attribute);
    }
    if (FaceAttribute.HAIR_COLOURS.contains(attribute)) {
      with.removeAll(FaceAttribute.HAIR_COLOURS);
      with.add(attribute);
    }
    Draws draws = Draws.of(3);
    double difference = difference(Face.of(without, draws), Face.of(with, draws));
    if (SHOWN_BY_OTHERS.contains(attribute)) {
      assertThat(difference).isZero();
    } else {
      assertThat(difference).as("mean difference of a sample").isGreaterThan(0.02);
    }
  }

  @Test
  void glassesHatsAndHairStandWhereTheyBelong() {
    Set<FaceAttribute> plain = EnumSet.of(FaceAttribute.YOUNG, FaceAttribute.BROWN_HAIR);
    for (int i = 0; i < 20; i++) {
      Draws draws = Draws.of(i);
      Image face = Face.of(plain, draws);
      Image glasses = Face.of(and(plain, FaceAttribute.EYEGLASSES), draws);
      assertThat(dark(glasses, 95, 135, 45, 135)).isGreaterThan(dark(face, 95, 135, 45, 135) + 200);
      assertThat(difference(face, glasses, 170, 218)).as("below the face").isZero();
      Image hat = Face.of(and(plain, FaceAttribute.WEARING_HAT), draws);
      assertThat(difference(face, hat, 25, 75)).isGreaterThan(10);
      Set<FaceAttribute> blond = EnumSet.of(FaceAttribute.YOUNG, FaceAttribute.BLOND_HAIR);
      Set<FaceAttribute> black = EnumSet.of(FaceAttribute.YOUNG, FaceAttribute.BLACK_HAIR);
      assertThat(mean(Face.of(blond, draws), 60, 68, 80, 98))
          .isGreaterThan(mean(Face.of(black, draws), 60, 68, 80, 98) + 80);
      assertThat(mean(Face.of(black, draws), 60, 68, 80, 98)).isLessThan(60);
    }
  }

  @Test
  void theSameDrawsGiveTheSamePictureInManyThreads() {
    List<byte[]> alone = IntStream.range(0, 16).mapToObj(FaceTest::samples).toList();
    List<byte[]> together =
        IntStream.range(0, 64).parallel().mapToObj(i -> samples(i % 16)).toList();
    for (int i = 0; i < together.size(); i++) {
      assertThat(together.get(i)).isEqualTo(alone.get(i % 16));
    }
    assertThat(alone.get(0)).isNotEqualTo(alone.get(1));
  }

  private static byte[] samples(int index) {
    Draws draws = FacesSamples.draws(5, "train", index);
    return Face.of(FaceAttribute.of(draws), draws).samples();
  }

  private static Set<FaceAttribute> and(Set<FaceAttribute> face, FaceAttribute more) {
    Set<FaceAttribute> all = EnumSet.copyOf(face);
    all.add(more);
    return all;
  }

  private static double difference(Image one, Image other) {
    return difference(one, other, 0, one.height());
  }

  private static double difference(Image one, Image other, int top, int bottom) {
    long sum = 0;
    for (int c = 0; c < 3; c++) {
      for (int y = top; y < bottom; y++) {
        for (int x = 0; x < one.width(); x++) {
          sum += Math.abs(one.at(c, y, x) - other.at(c, y, x));
        }
      }
    }
    return sum / (3.0 * (bottom - top) * one.width());
  }

  private static int dark(Image image, int top, int bottom, int left, int right) {
    int count = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        count += image.at(0, y, x) + image.at(1, y, x) + image.at(2, y, x) < 120 ? 1 : 0;
      }
    }
    return count;
  }

  private static double mean(Image image, int top, int bottom, int left, int right) {
    long sum = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        sum += image.at(0, y, x) + image.at(1, y, x) + image.at(2, y, x);
      }
    }
    return sum / (3.0 * (bottom - top) * (right - left));
  }
}
