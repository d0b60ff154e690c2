package org.sparkmto.preprocessing.samples;

import java.util.Set;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/**
 * A schematic face that shows its attributes, 178 wide and 218 high as the aligned images of
 * CelebA. A function of attributes and draws alone: every face has a {@link Sketch} of its own, so
 * faces may be drawn in many threads. Places are in pixels from the middle of the face, x to the
 * right and y down.
 */
final class Face {
  static final int WIDTH = 178;
  static final int HEIGHT = 218;

  private static final int[][] SKINS = {
    {224, 180, 150}, {205, 155, 120}, {170, 120, 90}, {235, 195, 165}
  };

  private final Set<FaceAttribute> attributes;
  private final Draws draws;
  private final Sketch sketch;
  private final int[] skin;
  private final int[] hair;
  private final double halfWidth;
  private final double halfHeight;
  private long drawn;

  private Face(Set<FaceAttribute> attributes, Draws draws) {
    this.attributes = attributes;
    this.draws = draws;
    double middleX = 89 + 2.5 * bell();
    double middleY = 118 + 2.5 * bell();
    sketch = new Sketch(WIDTH, HEIGHT, middleX, middleY, between(0.94, 1.06));
    int[] tone = SKINS[(int) (SKINS.length * uniform())];
    skin = jittered(has(FaceAttribute.PALE_SKIN) ? new int[] {246, 228, 215} : tone, 6);
    hair = jittered(hairColour(), 8);
    halfWidth =
        44
            + (has(FaceAttribute.CHUBBY) ? 9 : 0)
            - (has(FaceAttribute.OVAL_FACE) ? 4 : 0)
            + (has(FaceAttribute.MALE) ? 3 : 0);
    halfHeight = has(FaceAttribute.OVAL_FACE) ? 62 : 56;
  }

  /**
   * Draws a face.
   *
   * @param attributes what it shows
   * @param draws of the sample: place, size, colours, noise
   */
  static Image of(Set<FaceAttribute> attributes, Draws draws) {
    Face face = new Face(attributes, draws.of("drawing"));
    try (Sketch sketch = face.sketch) {
      face.draw();
      return Photograph.of(sketch, attributes.contains(FaceAttribute.BLURRY), draws.of("noise"));
    }
  }

  private void draw() {
    int[] background = {0, 0, 0};
    for (int c = 0; c < 3; c++) {
      background[c] = (int) between(40, 220);
    }
    sketch.background(background);
    backHair();
    shoulders();
    head();
    stubble();
    frontHair();
    cheeks();
    for (int side = -1; side <= 1; side += 2) {
      eye(side);
      wrinkles(side);
    }
    middleLines();
    nose();
    mouth();
    beard();
    earrings();
  }

  private void backHair() {
    if (has(FaceAttribute.BALD)) {
      return;
    }
    boolean wavy = has(FaceAttribute.WAVY_HAIR);
    if (!has(FaceAttribute.MALE)) {
      if (wavy) {
        for (int i = 0; i < 7; i++) {
          double out = halfWidth + 4 + 6 * StrictMath.sin(1.9 * i);
          sketch.ellipse(-out, -40 + 20 * i, 15, 14, hair);
          sketch.ellipse(out, -40 + 20 * i, 15, 14, hair);
        }
      } else {
        boolean straight = has(FaceAttribute.STRAIGHT_HAIR);
        double out = halfWidth + (straight ? 9 : 13);
        sketch.rectangle(-out, -40, out, straight ? 80 : 45, hair);
      }
    }
    sketch.ellipse(0, -22, halfWidth + 9, halfHeight - 2, hair);
    if (has(FaceAttribute.MALE) && wavy) {
      for (int i = 0; i < 8; i++) {
        double x = -halfWidth + 2 * i * halfWidth / 7;
        sketch.ellipse(x, -66 + 8 * Math.abs(i - 3.5) / 3.5, 11, 10, hair);
      }
    }
  }

  private void shoulders() {
    boolean male = has(FaceAttribute.MALE);
    double neck = male ? 24 : 17;
    sketch.rectangle(-neck, 40, neck, 110, scaled(skin, 0.88));
    int[] cloth = male ? new int[] {60, 60, 90} : new int[] {150, 60, 90};
    sketch.rectangle(-95, 84, 95, 140, jittered(cloth, 25));
    if (has(FaceAttribute.WEARING_NECKTIE)) {
      sketch.polygon(new int[] {245, 245, 245}, -16, 80, 16, 80, 9, 100, -9, 100);
      sketch.polygon(new int[] {170, 20, 30}, -6, 80, 6, 80, 8, 120, -8, 120);
    }
    if (has(FaceAttribute.WEARING_NECKLACE)) {
      sketch.arc(0, 69, 22, 17, 0, 180, 4, new int[] {250, 220, 60});
    }
  }

  private void head() {
    if (has(FaceAttribute.DOUBLE_CHIN)) {
      sketch.ellipse(0, 47, halfWidth * 0.62, 21, scaled(skin, 0.9));
      sketch.arc(0, 46, 26, 16, 20, 160, 2, scaled(skin, 0.6));
    }
    sketch.ellipse(0, 0, halfWidth, halfHeight, skin);
    if (has(FaceAttribute.MALE)) {
      sketch.rectangle(-halfWidth * 0.8, 18, halfWidth * 0.8, 40, skin);
      sketch.ellipse(0, 40, halfWidth * 0.72, 18, skin);
    }
    for (int side = -1; side <= 1; side += 2) {
      sketch.ellipse(side * (halfWidth + 2), 2, 6, 11, scaled(skin, 0.93));
    }
  }

  private void stubble() {
    if (has(FaceAttribute.FIVE_O_CLOCK_SHADOW)) {
      int[] dark = scaled(skin, 0.62);
      for (int i = 0; i < 420; i++) {
        double x = between(-34, 34);
        double y = between(20, 54);
        sketch.rectangle(x, y, x + 1.6, y + 1.6, dark);
      }
    }
    if (has(FaceAttribute.SIDEBURNS)) {
      sketch.rectangle(-halfWidth, -10, -halfWidth + 10, 24, scaled(hair, 0.9));
      sketch.rectangle(halfWidth - 10, -10, halfWidth, 24, scaled(hair, 0.9));
    }
  }

  private void frontHair() {
    if (!has(FaceAttribute.BALD)) {
      double line = has(FaceAttribute.RECEDING_HAIRLINE) ? -44 : -30;
      double top = -halfHeight - 10;
      sketch.cap(-halfWidth - 2, top, 2 * (halfWidth + 2), 2 * (line - top), hair);
      if (has(FaceAttribute.BANGS)) {
        sketch.rectangle(-halfWidth * 0.85, -44, halfWidth * 0.85, -19, hair);
      }
    }
    if (has(FaceAttribute.WEARING_HAT)) {
      int[] felt = jittered(new int[] {40, 40, 150}, 40);
      sketch.rectangle(-halfWidth - 22, -42, halfWidth + 22, -33, felt);
      sketch.rectangle(-halfWidth - 4, -85, halfWidth + 4, -40, felt);
    }
  }

  private void cheeks() {
    for (int side = -1; side <= 1; side += 2) {
      if (has(FaceAttribute.ROSY_CHEEKS)) {
        sketch.ellipse(side * 26, 18, 10, 8, new int[] {240, 120, 120});
      }
      if (has(FaceAttribute.HIGH_CHEEKBONES)) {
        boolean light = skin[0] + skin[1] + skin[2] >= 620;
        sketch.arc(side * 27, 17, 13, 9, 200, 340, 3, scaled(skin, light ? 0.85 : 1.12));
      }
    }
  }

  private void eye(int side) {
    double middle = 19 * side;
    int[] brow = has(FaceAttribute.BALD) ? new int[] {60, 45, 40} : scaled(hair, 0.55);
    double thickness = has(FaceAttribute.BUSHY_EYEBROWS) ? 7 : 3;
    if (has(FaceAttribute.ARCHED_EYEBROWS)) {
      sketch.arc(middle, -16, 12, 12, 195, 345, thickness, brow);
    } else {
      sketch.line(middle - 12, -16, middle + 12, -16, thickness, brow);
    }
    if (has(FaceAttribute.HEAVY_MAKEUP)) {
      sketch.ellipse(middle, -7, 12, 8, new int[] {130, 70, 140});
    }
    double opening = has(FaceAttribute.NARROW_EYES) ? 2.6 : 6;
    double pupil = Math.min(4.5, opening);
    sketch.ellipse(middle, -5, 10, opening, new int[] {250, 250, 250});
    sketch.ellipse(middle, -5, pupil, pupil, jittered(new int[] {60, 50, 40}, 20));
    if (has(FaceAttribute.BAGS_UNDER_EYES)) {
      sketch.arc(middle, 0.5, 11, 8.5, 20, 160, 2.5, scaled(skin, 0.55));
    }
    if (has(FaceAttribute.EYEGLASSES)) {
      sketch.arc(middle, -5, 15, 13, 0, 360, 3, new int[] {15, 15, 15});
    }
  }

  private void wrinkles(int side) {
    if (!has(FaceAttribute.YOUNG)) {
      int[] dark = scaled(skin, 0.6);
      sketch.line(36 * side, -10, 42 * side, -14, 2, dark);
      sketch.line(36 * side, -4, 42 * side, -2, 2, dark);
      sketch.line(14 * side, 14, 22 * side, 30, 2, dark);
    }
  }

  private void middleLines() {
    if (has(FaceAttribute.EYEGLASSES)) {
      sketch.line(-5, -6, 5, -6, 3, new int[] {15, 15, 15});
    }
    if (!has(FaceAttribute.YOUNG)) {
      sketch.line(-20, -32, 20, -32, 1.5, scaled(skin, 0.7));
      sketch.line(-20, -27, 20, -27, 1.5, scaled(skin, 0.7));
    }
  }

  private void nose() {
    if (has(FaceAttribute.POINTY_NOSE)) {
      sketch.polygon(scaled(skin, 0.75), 0, -4, 7, 17, -7, 17);
      sketch.polygon(scaled(skin, 0.6), 0, 22, 4, 15, -4, 15);
    } else {
      double width = has(FaceAttribute.BIG_NOSE) ? 12 : 7;
      sketch.ellipse(0, 12, width, 0.7 * width, scaled(skin, 0.8));
      sketch.line(0, -4, 0, 12, 2, scaled(skin, 0.85));
    }
  }

  private void mouth() {
    int[] lip = has(FaceAttribute.WEARING_LIPSTICK) ? new int[] {190, 20, 50} : scaled(skin, 0.68);
    double thickness = has(FaceAttribute.BIG_LIPS) ? 7 : 3.5;
    boolean open = has(FaceAttribute.MOUTH_SLIGHTLY_OPEN);
    if (open) {
      sketch.ellipse(0, 34, 15, 6, new int[] {60, 10, 15});
      sketch.rectangle(-10, 30, 10, 33, new int[] {250, 250, 250});
    }
    if (has(FaceAttribute.SMILING)) {
      sketch.arc(0, 30, 20, 12, 15, 165, thickness, lip);
    } else {
      double y = open ? 39 : 33;
      sketch.line(-15, y, 15, y, thickness, lip);
    }
  }

  private void beard() {
    if (has(FaceAttribute.MUSTACHE)) {
      sketch.rectangle(-15, 20, 15, 26, scaled(hair, 0.8));
    }
    if (has(FaceAttribute.GOATEE)) {
      sketch.ellipse(0, 51, 10, 9, scaled(hair, 0.8));
    }
  }

  private void earrings() {
    if (has(FaceAttribute.WEARING_EARRINGS)) {
      sketch.ellipse(-halfWidth - 4, 18, 5, 8, new int[] {255, 225, 70});
      sketch.ellipse(halfWidth + 4, 18, 5, 8, new int[] {255, 225, 70});
    }
  }

  private int[] hairColour() {
    if (has(FaceAttribute.BLACK_HAIR)) {
      return new int[] {30, 25, 25};
    }
    if (has(FaceAttribute.BLOND_HAIR)) {
      return new int[] {225, 195, 110};
    }
    return has(FaceAttribute.GRAY_HAIR) ? new int[] {165, 165, 165} : new int[] {110, 70, 40};
  }

  private boolean has(FaceAttribute attribute) {
    return attributes.contains(attribute);
  }

  private int[] jittered(int[] rgb, double spread) {
    int[] jittered = new int[3];
    for (int c = 0; c < 3; c++) {
      jittered[c] = Photograph.clamped((int) (rgb[c] + spread * bell()));
    }
    return jittered;
  }

  private static int[] scaled(int[] rgb, double factor) {
    int[] scaled = new int[3];
    for (int c = 0; c < 3; c++) {
      scaled[c] = Photograph.clamped((int) (rgb[c] * factor));
    }
    return scaled;
  }

  private double uniform() {
    return draws.uniform(drawn++);
  }

  private double between(double least, double most) {
    return least + (most - least) * uniform();
  }

  private double bell() {
    return Photograph.bell(draws.bits(drawn++));
  }
}
