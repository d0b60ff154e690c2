package org.sparkmto.preprocessing.samples;

import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.random.Draws;

/**
 * A head before a wall, of {@link #SIDE} x {@link #SIDE} pixels. Hair grows grey with age; a smile
 * is broad and red; glasses are bright discs or dark squares, a patch covers one eye; a hat is
 * blue.
 *
 * @param age 10 to 89 years
 * @param smiles whether the mouth is broad
 * @param hat whether the head has one
 * @param glasses what is before the eyes
 * @param radius of the head, in pixels
 * @param column of its middle
 * @param row of its middle
 * @param wall brightness of what is behind it
 */
record Portrait(
    int age,
    boolean smiles,
    boolean hat,
    Glasses glasses,
    double radius,
    double column,
    double row,
    int wall) {
  static final int SIDE = 48;

  /** The value of the head in its mask; 0 is the wall. */
  static final int HEAD = 255;

  private static final int[] MOUTH = {200, 30, 40};
  private static final int[] SKIN = {220, 180, 150};
  private static final int[] HAT = {30, 60, 200};
  private static final int[] BRIGHT = {150, 220, 255};
  private static final int[] DARK = {20, 20, 40};
  private static final int NOISE = 10;

  /** What is before the eyes. */
  enum Glasses {
    NONE,
    ROUND,
    SQUARE,
    PATCH
  }

  static Portrait of(Draws draws) {
    return new Portrait(
        10 + draws.of("age").below(80, 0),
        draws.of("smiles").below(2, 0) == 1,
        draws.of("hat").below(2, 0) == 1,
        Glasses.values()[draws.of("glasses").below(4, 0)],
        SIDE * (0.3 + 0.01 * draws.of("radius").below(15, 0)),
        SIDE / 2.0 + draws.of("place").below(7, 0) - 3,
        SIDE / 2.0 + draws.of("place").below(7, 1) - 3,
        90 + draws.of("wall").below(60, 0));
  }

  /** The photograph, with noise. */
  Image image(Draws noise) {
    byte[] image = new byte[3 * SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) {
      int[] colour = colour(x(i), y(i));
      for (int channel = 0; channel < 3; channel++) {
        int value = colour[channel] + noise.below(2 * NOISE + 1, 3L * i + channel) - NOISE;
        image[channel * SIDE * SIDE + i] = (byte) Math.max(0, Math.min(255, value));
      }
    }
    return new Image(3, SIDE, SIDE, image);
  }

  /** Where the head is. */
  IntegerMap mask() {
    int[] mask = new int[SIDE * SIDE];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = inside(x(i), y(i)) ? HEAD : 0;
    }
    return new IntegerMap(SIDE, SIDE, mask);
  }

  private double x(int pixel) {
    return (pixel % SIDE + 0.5 - column) / radius;
  }

  private double y(int pixel) {
    return (Math.floorDiv(pixel, SIDE) + 0.5 - row) / radius;
  }

  private static boolean inside(double x, double y) {
    return x * x + y * y < 1;
  }

  /** At a place in units of the head's radius from its middle. */
  private int[] colour(double x, double y) {
    if (!inside(x, y)) {
      return new int[] {60, wall, 120};
    }
    if (y < -0.4) {
      int grey = 20 + 5 * age / 2;
      return hat && y < -0.7 ? HAT : new int[] {grey, grey, grey};
    }
    double fromEye = Math.abs(x) - 0.4;
    boolean disc = Math.hypot(fromEye, y + 0.05) < 0.3;
    boolean square = Math.max(Math.abs(fromEye), Math.abs(y + 0.05)) < 0.26;
    if (glasses == Glasses.ROUND && disc) {
      return BRIGHT;
    }
    if (square && (glasses == Glasses.SQUARE || (glasses == Glasses.PATCH && x < 0))) {
      return DARK;
    }
    boolean mouth = Math.abs(y - 0.5) < (smiles ? 0.2 : 0.1) && Math.abs(x) < (smiles ? 0.6 : 0.15);
    return mouth ? MOUTH : SKIN;
  }
}
