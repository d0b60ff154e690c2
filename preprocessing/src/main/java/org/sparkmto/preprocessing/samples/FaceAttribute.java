package org.sparkmto.preprocessing.samples;

import java.util.EnumSet;
import java.util.Set;
import org.sparkmto.random.Draws;

/** The forty attributes of CelebA, in the order of its table. */
enum FaceAttribute {
  FIVE_O_CLOCK_SHADOW("5_o_Clock_Shadow"),
  ARCHED_EYEBROWS("Arched_Eyebrows"),
  ATTRACTIVE("Attractive"),
  BAGS_UNDER_EYES("Bags_Under_Eyes"),
  BALD("Bald"),
  BANGS("Bangs"),
  BIG_LIPS("Big_Lips"),
  BIG_NOSE("Big_Nose"),
  BLACK_HAIR("Black_Hair"),
  BLOND_HAIR("Blond_Hair"),
  BLURRY("Blurry"),
  BROWN_HAIR("Brown_Hair"),
  BUSHY_EYEBROWS("Bushy_Eyebrows"),
  CHUBBY("Chubby"),
  DOUBLE_CHIN("Double_Chin"),
  EYEGLASSES("Eyeglasses"),
  GOATEE("Goatee"),
  GRAY_HAIR("Gray_Hair"),
  HEAVY_MAKEUP("Heavy_Makeup"),
  HIGH_CHEEKBONES("High_Cheekbones"),
  MALE("Male"),
  MOUTH_SLIGHTLY_OPEN("Mouth_Slightly_Open"),
  MUSTACHE("Mustache"),
  NARROW_EYES("Narrow_Eyes"),
  NO_BEARD("No_Beard"),
  OVAL_FACE("Oval_Face"),
  PALE_SKIN("Pale_Skin"),
  POINTY_NOSE("Pointy_Nose"),
  RECEDING_HAIRLINE("Receding_Hairline"),
  ROSY_CHEEKS("Rosy_Cheeks"),
  SIDEBURNS("Sideburns"),
  SMILING("Smiling"),
  STRAIGHT_HAIR("Straight_Hair"),
  WAVY_HAIR("Wavy_Hair"),
  WEARING_EARRINGS("Wearing_Earrings"),
  WEARING_HAT("Wearing_Hat"),
  WEARING_LIPSTICK("Wearing_Lipstick"),
  WEARING_NECKLACE("Wearing_Necklace"),
  WEARING_NECKTIE("Wearing_Necktie"),
  YOUNG("Young");

  /** At most one of them is there, and none on a bald head. */
  static final Set<FaceAttribute> HAIR_COLOURS =
      EnumSet.of(BLACK_HAIR, BLOND_HAIR, BROWN_HAIR, GRAY_HAIR);

  /** Only on male faces, and none of them together with {@link #NO_BEARD}. */
  static final Set<FaceAttribute> BEARD =
      EnumSet.of(FIVE_O_CLOCK_SHADOW, GOATEE, MUSTACHE, SIDEBURNS);

  private final String label;

  FaceAttribute(String label) {
    this.label = label;
  }

  /** The name in the table. */
  String label() {
    return label;
  }

  /**
   * The attributes of a face. Shares and strong correlations are about those of CelebA: from 3 %
   * (bald) to 78 % (no beard). {@link #ATTRACTIVE} is a draw with a probability that depends on
   * others, so nobody can predict it without errors, as in CelebA.
   *
   * @param draws of the sample
   */
  static Set<FaceAttribute> of(Draws draws) {
    return new Sampler(draws.of("attributes")).sample();
  }

  /** Every attribute has a random number of its own. */
  private static final class Sampler {
    private final Draws draws;
    private final Set<FaceAttribute> face = EnumSet.noneOf(FaceAttribute.class);

    Sampler(Draws draws) {
      this.draws = draws;
    }

    Set<FaceAttribute> sample() {
      boolean male = chance(MALE, 0.42);
      boolean young = chance(YOUNG, 0.77);
      hair(male, young);
      if (male) {
        chance(FIVE_O_CLOCK_SHADOW, 0.25);
        chance(GOATEE, 0.15);
        chance(MUSTACHE, 0.12);
        chance(SIDEBURNS, 0.14);
        chance(WEARING_NECKTIE, 0.17);
      } else {
        chance(WEARING_LIPSTICK, chance(HEAVY_MAKEUP, 0.63) ? 0.9 : 0.5);
        chance(ROSY_CHEEKS, 0.12);
        chance(WEARING_EARRINGS, 0.32);
        chance(WEARING_NECKLACE, 0.20);
      }
      if (BEARD.stream().noneMatch(face::contains)) {
        face.add(NO_BEARD);
      }
      chance(WEARING_HAT, 0.08);
      chance(ARCHED_EYEBROWS, male ? 0.08 : 0.4);
      chance(BUSHY_EYEBROWS, male ? 0.27 : 0.05);
      chance(BAGS_UNDER_EYES, male ? 0.35 : 0.1);
      chance(BIG_LIPS, 0.24);
      chance(POINTY_NOSE, chance(BIG_NOSE, male ? 0.4 : 0.1) ? 0 : 0.35);
      boolean chubby = chance(CHUBBY, male ? 0.1 : 0.04);
      chance(DOUBLE_CHIN, chubby ? 0.4 : 0.03);
      chance(OVAL_FACE, chubby ? 0 : 0.3);
      chance(EYEGLASSES, male ? 0.12 : 0.03);
      boolean smiling = chance(SMILING, 0.48);
      chance(HIGH_CHEEKBONES, smiling ? 0.8 : 0.15);
      chance(MOUTH_SLIGHTLY_OPEN, smiling ? 0.7 : 0.28);
      chance(NARROW_EYES, 0.12);
      chance(PALE_SKIN, 0.06);
      chance(BLURRY, 0.06);
      chance(ATTRACTIVE, 1 / (1 + StrictMath.exp(-2 * charm())));
      return face;
    }

    private void hair(boolean male, boolean young) {
      if (male && chance(BALD, 0.07)) {
        return;
      }
      boolean receding = chance(RECEDING_HAIRLINE, male ? 0.14 : 0.05);
      chance(BANGS, receding ? 0 : male ? 0.10 : 0.22);
      double black = 0.3;
      double blond = male ? 0.06 : 0.2;
      double brown = 0.3;
      double gray = young ? 0.1 : 0.4;
      double colour = draws.of("colour of hair").uniform(0) * (black + blond + brown + gray);
      face.add(
          colour < black
              ? BLACK_HAIR
              : colour < black + blond
                  ? BLOND_HAIR
                  : colour < black + blond + brown ? BROWN_HAIR : GRAY_HAIR);
      double form = draws.of("form of hair").uniform(0);
      if (form < (male ? 0.15 : 0.45)) {
        face.add(WAVY_HAIR);
      } else if (form > (male ? 0.75 : 0.8)) {
        face.add(STRAIGHT_HAIR);
      }
    }

    private double charm() {
      return -1.4
          + (has(YOUNG) ? 1.2 : 0)
          + (has(MALE) ? 0 : 1)
          + (has(HEAVY_MAKEUP) ? 0.8 : 0)
          + (has(OVAL_FACE) ? 0.5 : 0)
          - (has(CHUBBY) ? 1 : 0)
          - (has(BIG_NOSE) ? 0.8 : 0)
          - (has(BAGS_UNDER_EYES) ? 0.7 : 0)
          - (has(EYEGLASSES) ? 0.6 : 0)
          - (has(BALD) ? 0.6 : 0);
    }

    private boolean has(FaceAttribute attribute) {
      return face.contains(attribute);
    }

    private boolean chance(FaceAttribute attribute, double probability) {
      boolean there = draws.of(attribute.label).uniform(0) < probability;
      if (there) {
        face.add(attribute);
      }
      return there;
    }
  }
}
