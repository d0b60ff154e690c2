package org.sparkmto.preprocessing.inspection;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Colours for classes, amounts and directions; the same in every picture. */
final class Colours {
  /** A pixel that nobody has labelled. */
  static final int VOID = 0x000000;

  /** Those of the Cityscapes benchmark, which people know from papers: classes and categories. */
  private static final Map<String, Integer> STREET =
      Map.ofEntries(
          Map.entry("road", 0x804080),
          Map.entry("sidewalk", 0xf423e8),
          Map.entry("building", 0x464646),
          Map.entry("wall", 0x66669c),
          Map.entry("fence", 0xbe9999),
          Map.entry("pole", 0x999999),
          Map.entry("traffic light", 0xfaaa1e),
          Map.entry("traffic sign", 0xdcdc00),
          Map.entry("vegetation", 0x6b8e23),
          Map.entry("terrain", 0x98fb98),
          Map.entry("sky", 0x4682b4),
          Map.entry("person", 0xdc143c),
          Map.entry("rider", 0xff0000),
          Map.entry("car", 0x00008e),
          Map.entry("truck", 0x000046),
          Map.entry("bus", 0x003c64),
          Map.entry("train", 0x005064),
          Map.entry("motorcycle", 0x0000e6),
          Map.entry("bicycle", 0x770b20),
          Map.entry("flat", 0x804080),
          Map.entry("construction", 0x464646),
          Map.entry("object", 0x999999),
          Map.entry("nature", 0x6b8e23),
          Map.entry("human", 0xdc143c),
          Map.entry("vehicle", 0x00008e));

  /** Viridis at equal steps: even in brightness, and readable for the colour-blind. */
  private static final int[] VIRIDIS = {
    0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725
  };

  private Colours() {}

  /**
   * A colour for each class: those of Cityscapes if all names are its, otherwise well separated
   * ones that depend on the number of the class alone.
   *
   * @param names of the classes, or none
   */
  static List<Integer> ofClasses(int classes, List<String> names) {
    List<Integer> colours = new ArrayList<>();
    for (String name : names) {
      Integer known = STREET.get(name.toLowerCase(Locale.ROOT).replace('_', ' '));
      if (known != null) {
        colours.add(known);
      }
    }
    if (names.isEmpty() || colours.size() < classes) {
      colours.clear();
      for (int i = 0; i < classes; i++) {
        colours.add(ofClass(i));
      }
    }
    return colours;
  }

  /**
   * Hues a golden section apart, so that any number of them is spread evenly, with brightness and
   * saturation in turn. The constants are those of 4,000 tried at random for which the two nearest
   * of 14, 20 and 40 colours are farthest apart. Never black.
   */
  private static int ofClass(int index) {
    double hue = (0.96 + index * 0.6180339887498949) % 1;
    double brightness = index % 2 == 0 ? 0.99 : 0.72;
    double saturation = index % 3 == 0 ? 0.8 : index % 3 == 1 ? 1 : 0.41;
    return ofHue(hue, saturation, brightness);
  }

  /** A colour by hue, saturation and brightness, each 0..1. */
  static int ofHue(double hue, double saturation, double brightness) {
    int colour = 0;
    for (int c = 0; c < 3; c++) {
      // Red leads at hue 0, green at 1/3, blue at 2/3.
      double away = Math.abs((hue - c / 3.0 + 1.5) % 1 - 0.5) * 6;
      double pure = Math.max(0, Math.min(1, 2 - away));
      double level = brightness * (1 - saturation * (1 - pure));
      colour = colour << 8 | (int) Math.round(255 * level);
    }
    return colour;
  }

  /** A colour for an amount, 0..1: dark for little, bright for much. */
  static int ofAmount(double amount) {
    double place = Math.max(0, Math.min(1, amount)) * (VIRIDIS.length - 1);
    int below = (int) Math.min(VIRIDIS.length - 2, Math.floor(place));
    double weight = place - below;
    int colour = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      double from = VIRIDIS[below] >> shift & 0xff;
      double to = VIRIDIS[below + 1] >> shift & 0xff;
      colour = colour << 8 | (int) Math.round(from + weight * (to - from));
    }
    return colour;
  }

  /**
   * A colour for a way in the image: its direction is the hue (right is red, down is a yellow
   * green), its length the saturation.
   *
   * @param length as a share of the longest, 0..1
   */
  static int ofWay(double down, double right, double length) {
    double turn = Math.atan2(down, right) / (2 * Math.PI);
    return ofHue((turn + 1) % 1, Math.max(0, Math.min(1, length)), 1);
  }

  /** A colour for a unit vector: (x, y, z) from -1..1 to red, green and blue. */
  static int ofNormal(double x, double y, double z) {
    return level(x) << 16 | level(y) << 8 | level(z);
  }

  /** A colour over another one, so many parts of 100. */
  static int blend(int colour, int below, int parts) {
    int blended = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int level = (colour >> shift & 0xff) * parts + (below >> shift & 0xff) * (100 - parts);
      blended = blended << 8 | (level + 50) / 100;
    }
    return blended;
  }

  static int gray(int level) {
    return level << 16 | level << 8 | level;
  }

  private static int level(double component) {
    return (int) Math.round(255 * Math.max(0, Math.min(1, (component + 1) / 2)));
  }
}
