package org.sparkmto.preprocessing.samples;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.random.Draws;

/**
 * What stands in a street, drawn by lot. The grays of road, sidewalk and facades overlap on
 * purpose: to tell them apart, a network needs position and context.
 */
final class StreetScene {
  private static final double RARE = 0.12;

  private final Draws draws;
  private long drawn;

  private final List<StreetSurface> surfaces = new ArrayList<>();
  private final Map<StreetClass, Integer> instances = new EnumMap<>(StreetClass.class);
  private final double[] sky = StreetClass.SKY.colour();
  private final double[] light;
  private final double baseline;
  private final double pitch;
  private final double height;
  private final double gain;
  private final double middle;
  private final double road;
  private final double sidewalk;

  StreetScene(Draws draws) {
    this.draws = draws;
    height = 1.22 + 0.03 * normal();
    pitch = 0.038 + 0.004 * normal();
    baseline = chance(0.5) ? 0.209313 : 0.222126;
    gain = between(0.75, 1.15);
    double brightness = between(0.8, 1.1);
    for (int c = 0; c < 3; c++) {
      sky[c] *= brightness;
    }
    light = unit(between(-0.6, 0.6), -0.75, -0.4);
    road = between(4, 5.5);
    middle = between(-1.2, 1.2);
    sidewalk = between(2.2, 3.5);
    boolean tram = chance(RARE);
    double rails = tram ? middle - road + 1.6 : Double.NaN;
    surfaces.add(
        new StreetSurface.Ground(
            height, middle, road, sidewalk, chance(RARE) ? 2 : 0, rails, between(0.85, 1.15)));
    if (tram) {
      double z = between(12, 30);
      thing(StreetClass.TRAIN, rails, z, 2.4, 3.4, 20, StreetClass.TRAIN.colour(), false);
    }
    facade(-1);
    facade(1);
    vehicles();
    people();
    furniture();
    trees();
  }

  /** Everything, nearer or farther. */
  List<StreetSurface> surfaces() {
    return surfaces;
  }

  double[] sky() {
    return sky;
  }

  /** Unit vector to the sun. */
  double[] light() {
    return light;
  }

  double baseline() {
    return baseline;
  }

  double pitch() {
    return pitch;
  }

  double height() {
    return height;
  }

  /** Exposure of the camera. */
  double gain() {
    return gain;
  }

  private void facade(int side) {
    int n = StreetSurface.Facade.SEGMENTS;
    double[] heights = new double[n];
    double[][] colours = new double[n][];
    for (int i = 0; i < n; i++) {
      heights[i] = chance(0.2) ? 0 : between(5, 14);
      double brightness = between(0.7, 1.35);
      double[] base = StreetClass.BUILDING.colour();
      colours[i] =
          new double[] {
            base[0] * brightness * between(0.9, 1.1),
            base[1] * brightness * between(0.9, 1.1),
            base[2] * brightness * between(0.9, 1.1)
          };
    }
    double x = middle + side * (road + sidewalk + between(0, 2));
    surfaces.add(new StreetSurface.Facade(height, x, heights, colours, chance(0.5)));
    if (chance(RARE / 2)) {
      stuff(StreetClass.WALL, x - side * 0.4, between(7, 15), 0.3, between(1.4, 2.4), 14);
    }
    if (chance(RARE / 3)) {
      stuff(StreetClass.GUARD_RAIL, middle + side * road, between(8, 20), 0.1, 0.7, 10);
    }
  }

  private void vehicles() {
    for (int i = count(2, 6); i > 0; i--) {
      double z = between(6, 40);
      double x = middle + side() * between(1.6, road - 1);
      if (chance(0.1)) {
        // Cars that an annotator cannot tell apart: one region, named by the class alone.
        for (int k = 0; k < 3; k++) {
          thing(StreetClass.CAR, x + 0.7 * k, z + 4.5 * k, 1.8, 1.5, 4.2, paint(), true);
        }
        continue;
      }
      switch (count(0, 5)) {
        case 0 -> thing(StreetClass.TRUCK, x, z, 2.4, 3, 7, StreetClass.TRUCK.colour(), false);
        case 1 -> thing(StreetClass.BUS, x, z, 2.6, 3.2, 10, StreetClass.BUS.colour(), false);
        default -> thing(StreetClass.CAR, x, z, 1.8, 1.5, 4.2, paint(), false);
      }
    }
    if (chance(RARE / 2)) {
      double[] white = StreetClass.CARAVAN.colour();
      thing(StreetClass.CARAVAN, middle + road - 1.2, between(8, 25), 2.2, 2.6, 5, white, false);
    }
    for (int i = count(0, 3); i > 0; i--) {
      ridden(StreetClass.BICYCLE, 0.3);
    }
    if (chance(RARE)) {
      ridden(StreetClass.MOTORCYCLE, 0.5);
    }
  }

  private void ridden(StreetClass kind, double width) {
    double z = between(6, 20);
    double x = middle + side() * between(1, road);
    thing(kind, x, z, width, 1, 1.7, kind.colour(), false);
    if (chance(0.7)) {
      block(
          StreetClass.RIDER,
          next(StreetClass.RIDER),
          new double[] {x - 0.25, height - 1.75, z + 0.5},
          new double[] {x + 0.25, height - 0.7, z + 0.9},
          paint());
    }
  }

  private void people() {
    for (int i = count(1, 6); i > 0; i--) {
      double z = between(5, 25);
      double x = middle + side() * (road + between(-0.8, sidewalk - 0.5));
      if (chance(0.05)) {
        for (int k = 0; k < 3; k++) {
          thing(StreetClass.PERSON, x + 0.5 * k, z + 0.3 * k, 0.56, 1.7, 0.35, paint(), true);
        }
      } else {
        thing(StreetClass.PERSON, x, z, 0.56, between(1.55, 1.9), 0.35, paint(), false);
      }
    }
  }

  private void furniture() {
    for (int i = count(2, 6); i > 0; i--) {
      double z = between(6, 35);
      double x = middle + side() * (road + 0.4);
      double top = between(2.5, 5);
      stuff(StreetClass.POLE, x, z, 0.14, top, 0.14);
      double on = between(0, 1);
      if (on < 0.4) {
        mounted(StreetClass.TRAFFIC_SIGN, x, z - 0.05, 0.35, top, 0.7);
      } else if (on < 0.7) {
        mounted(StreetClass.TRAFFIC_LIGHT, x, z - 0.2, 0.18, top, 0.9);
      }
    }
    if (chance(RARE)) {
      stuff(StreetClass.STATIC, middle + road + 1, between(6, 15), 0.6, 1.1, 0.6);
    }
    if (chance(RARE)) {
      stuff(StreetClass.DYNAMIC, middle - road - 1, between(6, 15), 0.7, 1.2, 0.7);
    }
  }

  private void trees() {
    for (int i = count(1, 6); i > 0; i--) {
      double z = between(8, 45);
      double x = middle + side() * (road + between(0.8, sidewalk + 2));
      double up = between(2.5, 5);
      double radius = between(1.1, 2.4);
      stuff(StreetClass.VEGETATION, x, z, 0.3, up, 0.3);
      surfaces.add(new StreetSurface.Crown(x, height - up, z, radius, between(0.8, 1.2)));
    }
  }

  /** Something that stands on the ground and is counted. */
  private void thing(
      StreetClass kind,
      double x,
      double z,
      double width,
      double tall,
      double length,
      double[] colour,
      boolean grouped) {
    block(
        kind,
        grouped ? kind.id() : next(kind),
        new double[] {x - width / 2, height - tall, z},
        new double[] {x + width / 2, height, z + length},
        colour);
  }

  /** Something that stands on the ground and is not counted. */
  private void stuff(
      StreetClass kind, double x, double z, double width, double tall, double length) {
    thing(kind, x, z, width, tall, length, kind.colour(), true);
  }

  private void mounted(StreetClass kind, double x, double z, double half, double top, double tall) {
    block(
        kind,
        kind.id(),
        new double[] {x - half, height - top, z},
        new double[] {x + half, height - top + tall, z + 0.05},
        kind.colour());
  }

  private void block(StreetClass kind, int instance, double[] low, double[] high, double[] colour) {
    surfaces.add(new StreetSurface.Block(low, high, kind, instance, colour));
  }

  /** Instances are counted from 0 by class; some will be hidden, as in the real labels. */
  private int next(StreetClass kind) {
    return 1000 * kind.id() + instances.merge(kind, 1, Integer::sum) - 1;
  }

  private double[] paint() {
    return new double[] {between(0.1, 0.9), between(0.1, 0.9), between(0.1, 0.9)};
  }

  private static double[] unit(double x, double y, double z) {
    double length = Math.sqrt(x * x + y * y + z * z);
    return new double[] {x / length, y / length, z / length};
  }

  private double between(double least, double most) {
    return least + (most - least) * draws.uniform(drawn++);
  }

  /** {@code least} to {@code beyond - 1}. */
  private int count(int least, int beyond) {
    return least + draws.below(beyond - least, drawn++);
  }

  private boolean chance(double probability) {
    return draws.uniform(drawn++) < probability;
  }

  private int side() {
    return chance(0.5) ? 1 : -1;
  }

  private double normal() {
    return draws.of("normal").normal(drawn++);
  }
}
