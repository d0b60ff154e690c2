package org.sparkmto.preprocessing.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.sparkmto.random.Draws;

class FaceAttributeTest {
  private static final int FACES = 20_000;

  /** The header of the real table. */
  private static final String HEADER =
      "5_o_Clock_Shadow Arched_Eyebrows Attractive Bags_Under_Eyes Bald Bangs Big_Lips Big_Nose"
          + " Black_Hair Blond_Hair Blurry Brown_Hair Bushy_Eyebrows Chubby Double_Chin Eyeglasses"
          + " Goatee Gray_Hair Heavy_Makeup High_Cheekbones Male Mouth_Slightly_Open Mustache"
          + " Narrow_Eyes No_Beard Oval_Face Pale_Skin Pointy_Nose Receding_Hairline Rosy_Cheeks"
          + " Sideburns Smiling Straight_Hair Wavy_Hair Wearing_Earrings Wearing_Hat"
          + " Wearing_Lipstick Wearing_Necklace Wearing_Necktie Young";

  @Test
  void theNamesAreThoseOfCelebaInItsOrder() {
    assertThat(
            Arrays.stream(FaceAttribute.values())
                .map(FaceAttribute::label)
                .collect(Collectors.joining(" ")))
        .isEqualTo(HEADER);
  }

  @Test
  void attributesThatExcludeEachOtherAreNeverTogether() {
    for (int i = 0; i < FACES; i++) {
      Set<FaceAttribute> face = face(i);
      long beards = face.stream().filter(FaceAttribute.BEARD::contains).count();
      assertThat(face.contains(FaceAttribute.NO_BEARD)).isEqualTo(beards == 0);
      long colours = face.stream().filter(FaceAttribute.HAIR_COLOURS::contains).count();
      assertThat(colours).isEqualTo(face.contains(FaceAttribute.BALD) ? 0 : 1);
      if (!face.contains(FaceAttribute.MALE)) {
        assertThat(beards).isZero();
        assertThat(face).doesNotContain(FaceAttribute.BALD, FaceAttribute.WEARING_NECKTIE);
      } else {
        assertThat(face)
            .doesNotContain(
                FaceAttribute.HEAVY_MAKEUP,
                FaceAttribute.WEARING_LIPSTICK,
                FaceAttribute.WEARING_EARRINGS);
      }
      assertNotBoth(face, FaceAttribute.WAVY_HAIR, FaceAttribute.STRAIGHT_HAIR);
      assertNotBoth(face, FaceAttribute.BIG_NOSE, FaceAttribute.POINTY_NOSE);
      assertNotBoth(face, FaceAttribute.CHUBBY, FaceAttribute.OVAL_FACE);
      assertNotBoth(face, FaceAttribute.BANGS, FaceAttribute.RECEDING_HAIRLINE);
      assertNotBoth(face, FaceAttribute.BALD, FaceAttribute.RECEDING_HAIRLINE);
    }
  }

  @Test
  void sharesAreThoseOfTheRecipe() {
    Map<FaceAttribute, Double> wanted = new EnumMap<>(FaceAttribute.class);
    double male = 0.42;
    double female = 0.58;
    wanted.put(FaceAttribute.MALE, male);
    wanted.put(FaceAttribute.YOUNG, 0.77);
    wanted.put(FaceAttribute.BALD, male * 0.07);
    wanted.put(FaceAttribute.FIVE_O_CLOCK_SHADOW, male * 0.25);
    wanted.put(FaceAttribute.MUSTACHE, male * 0.12);
    wanted.put(FaceAttribute.NO_BEARD, female + male * 0.75 * 0.85 * 0.88 * 0.86);
    wanted.put(FaceAttribute.HEAVY_MAKEUP, female * 0.63);
    wanted.put(FaceAttribute.WEARING_LIPSTICK, female * (0.63 * 0.9 + 0.37 * 0.5));
    wanted.put(FaceAttribute.EYEGLASSES, male * 0.12 + female * 0.03);
    wanted.put(FaceAttribute.SMILING, 0.48);
    wanted.put(FaceAttribute.HIGH_CHEEKBONES, 0.48 * 0.8 + 0.52 * 0.15);
    wanted.put(FaceAttribute.MOUTH_SLIGHTLY_OPEN, 0.48 * 0.7 + 0.52 * 0.28);
    wanted.put(FaceAttribute.POINTY_NOSE, 0.35 * (1 - male * 0.4 - female * 0.1));
    wanted.put(
        FaceAttribute.DOUBLE_CHIN,
        (male * 0.1 + female * 0.04) * 0.4 + (1 - male * 0.1 - female * 0.04) * 0.03);
    wanted.put(
        FaceAttribute.GRAY_HAIR,
        0.77 * (male * 0.93 * 0.1 / 0.76 + female * 0.1 / 0.9)
            + 0.23 * (male * 0.93 * 0.4 / 1.06 + female * 0.4 / 1.2));
    wanted.put(FaceAttribute.RECEDING_HAIRLINE, male * 0.93 * 0.14 + female * 0.05);
    wanted.put(FaceAttribute.BLURRY, 0.06);
    Map<FaceAttribute, Integer> counts = new EnumMap<>(FaceAttribute.class);
    for (int i = 0; i < FACES; i++) {
      face(i).forEach(attribute -> counts.merge(attribute, 1, Integer::sum));
    }
    // Four standard deviations: one of 17 shares is outside by chance once in a thousand seeds.
    wanted.forEach(
        (attribute, share) ->
            assertThat(counts.get(attribute) / (double) FACES)
                .as(attribute.label())
                .isBetween(share - deviations(share), share + deviations(share)));
    assertThat(counts).as("every attribute occurs").hasSize(40);
    counts.forEach((attribute, count) -> assertThat(count).isBetween(FACES / 50, FACES * 4 / 5));
  }

  private static double deviations(double share) {
    return 4 * Math.sqrt(share * (1 - share) / FACES);
  }

  private static void assertNotBoth(
      Set<FaceAttribute> face, FaceAttribute one, FaceAttribute other) {
    assertThat(face.contains(one) && face.contains(other)).as(one + " and " + other).isFalse();
  }

  private static Set<FaceAttribute> face(int index) {
    return FaceAttribute.of(Draws.of(7).at(index));
  }
}
