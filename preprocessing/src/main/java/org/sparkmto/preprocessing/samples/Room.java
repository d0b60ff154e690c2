package org.sparkmto.preprocessing.samples;

import java.util.ArrayList;
import java.util.List;
import org.sparkmto.random.Draws;

/**
 * A furnished room and a camera in it. World axes: x right, y down with the floor at 0, z from the
 * camera's wall to the far wall; metres.
 *
 * @param yaw how far the camera is turned to the right, radians
 * @param pitch how far it looks down, radians
 * @param eye where it stands
 * @param low the corner with the smallest coordinates
 * @param high the corner with the largest coordinates
 * @param boxes everything that stands in the room or hangs on its walls
 * @param walls colour of the walls
 * @param floor colour of the floor
 * @param light where light comes from, of length 1
 * @param gain of the camera
 */
record Room(
    double yaw,
    double pitch,
    Vector eye,
    Vector low,
    Vector high,
    List<Box> boxes,
    Vector walls,
    Vector floor,
    Vector light,
    double gain) {
  /** Raw labels of NYUv2. */
  static final int FLOOR = 11;

  static final int CEILING = 4;
  static final int WALL = 21;

  /** Furniture starts this far from the camera's wall: 1.3 m from the camera. */
  private static final double CLEARANCE = 1.7;

  private static final double EYE_Z = 0.4;

  /** Three numbers: a point, a direction, or red, green and blue from 0 to 1. */
  record Vector(double x, double y, double z) {
    Vector times(double factor) {
      return new Vector(factor * x, factor * y, factor * z);
    }

    Vector times(Vector other) {
      return new Vector(x * other.x, y * other.y, z * other.z);
    }

    Vector unit() {
      return times(1 / Math.sqrt(x * x + y * y + z * z));
    }
  }

  /**
   * An object.
   *
   * @param label raw label of NYUv2
   * @param instance number among the objects of its label, from 1
   * @param low the corner with the smallest coordinates
   * @param high the corner with the largest coordinates
   * @param colour red, green and blue
   */
  record Box(int label, int instance, Vector low, Vector high, Vector colour) {}

  private enum Place {
    FLOOR,
    WALL,
    TOP
  }

  /**
   * A kind of objects.
   *
   * @param label raw label of NYUv2
   * @param place where it stands or hangs
   * @param least smallest width, height and depth, metres
   * @param most largest width, height and depth
   * @param colour red, green and blue, before each object's own tint
   */
  private record Kind(int label, Place place, Vector least, Vector most, Vector colour) {}

  private static final List<Kind> KINDS =
      List.of(
          // bed
          new Kind(
              157,
              Place.FLOOR,
              new Vector(1.4, 0.45, 1.8),
              new Vector(2.0, 0.6, 2.1),
              new Vector(0.75, 0.35, 0.35)),
          // chair
          new Kind(
              5,
              Place.FLOOR,
              new Vector(0.45, 0.8, 0.45),
              new Vector(0.6, 1.0, 0.6),
              new Vector(0.45, 0.28, 0.12)),
          // sofa
          new Kind(
              83,
              Place.FLOOR,
              new Vector(1.6, 0.7, 0.8),
              new Vector(2.2, 0.9, 1.0),
              new Vector(0.25, 0.4, 0.65)),
          // table
          new Kind(
              19,
              Place.FLOOR,
              new Vector(0.9, 0.7, 0.6),
              new Vector(1.6, 0.8, 0.9),
              new Vector(0.62, 0.45, 0.25)),
          // cabinet
          new Kind(
              3,
              Place.FLOOR,
              new Vector(0.6, 1.2, 0.4),
              new Vector(1.2, 2.0, 0.6),
              new Vector(0.55, 0.5, 0.45)),
          // box
          new Kind(
              26,
              Place.FLOOR,
              new Vector(0.3, 0.3, 0.3),
              new Vector(0.6, 0.5, 0.6),
              new Vector(0.7, 0.56, 0.38)),
          // television
          new Kind(
              172,
              Place.WALL,
              new Vector(0.8, 0.5, 0.05),
              new Vector(1.2, 0.7, 0.08),
              new Vector(0.06, 0.06, 0.08)),
          // picture
          new Kind(
              64,
              Place.WALL,
              new Vector(0.5, 0.4, 0.02),
              new Vector(0.9, 0.7, 0.04),
              new Vector(0.8, 0.7, 0.2)),
          // window
          new Kind(
              59,
              Place.WALL,
              new Vector(0.9, 0.9, 0.02),
              new Vector(1.5, 1.3, 0.04),
              new Vector(0.75, 0.9, 1.0)),
          // books
          new Kind(
              85,
              Place.TOP,
              new Vector(0.3, 0.2, 0.2),
              new Vector(0.5, 0.35, 0.3),
              new Vector(0.5, 0.2, 0.55)),
          // pillow
          new Kind(
              119,
              Place.TOP,
              new Vector(0.4, 0.12, 0.3),
              new Vector(0.6, 0.2, 0.4),
              new Vector(0.85, 0.85, 0.8)),
          // "book": no "books" of the 40 classes but an "otherprop"
          new Kind(
              1,
              Place.TOP,
              new Vector(0.2, 0.15, 0.2),
              new Vector(0.35, 0.3, 0.3),
              new Vector(0.2, 0.55, 0.3)));

  /** A room like those people live in: 3 to 5.5 by 3.5 to 6.5 m, five to nine objects. */
  static Room random(Draws draws) {
    Choices choices = new Choices(draws);
    return furnished(choices, choices.between(-0.5, 0.5), choices.between(-0.05, 0.3));
  }

  /**
   * A room seen along its diagonal: two of its walls have normals (-r, 0, -r) and (r, 0, -r) with r
   * = sqrt(1/2), and the components of the second one sum to 0.
   */
  static Room diagonal(Draws draws) {
    return furnished(new Choices(draws), Math.PI / 4, 0);
  }

  private static Room furnished(Choices choices, double yaw, double pitch) {
    double width = choices.between(3, 5.5);
    double length = choices.between(3.5, 6.5);
    double height = choices.between(2.4, 2.8);
    Vector low = new Vector(-width / 2, -height, 0);
    Vector high = new Vector(width / 2, 0, length);
    Vector eye = new Vector(choices.between(-0.2, 0.2) * width, -choices.between(1.2, 1.6), EYE_Z);
    List<Box> boxes = new ArrayList<>();
    int count = 5 + choices.below(5);
    for (int tries = 0; boxes.size() < count && tries < 10 * count; tries++) {
      Kind kind = KINDS.get(choices.below(KINDS.size()));
      Box box = placed(kind, choices, boxes, width, length);
      if (box != null) {
        boxes.add(box);
      }
    }
    double tone = choices.between(0.6, 0.95);
    Vector walls = choices.tinted(new Vector(1, 0.97, 0.9).times(tone), 0.15);
    Vector floor = new Vector(1, 0.8, 0.55).times(choices.between(0.3, 0.6));
    Vector light = new Vector(choices.between(-0.5, 0.5), -0.8, -0.5).unit();
    return new Room(
        yaw,
        pitch,
        eye,
        low,
        high,
        List.copyOf(boxes),
        walls,
        floor,
        light,
        choices.between(0.8, 1.15));
  }

  /** An object at its place; null if there is no room for it. */
  private static Box placed(
      Kind kind, Choices choices, List<Box> boxes, double width, double length) {
    Vector size = choices.between(kind.least(), kind.most());
    int instance = 1 + (int) boxes.stream().filter(box -> box.label() == kind.label()).count();
    Vector colour = choices.tinted(kind.colour().times(choices.between(0.8, 1.2)), 0.2);
    Vector middle; // of the bottom
    switch (kind.place()) {
      case FLOOR -> {
        if (size.x() > width || CLEARANCE + size.z() > length) {
          return null;
        }
        middle =
            new Vector(
                choices.between(-width / 2 + size.x() / 2, width / 2 - size.x() / 2),
                0,
                choices.between(CLEARANCE + size.z() / 2, length - size.z() / 2));
      }
      case WALL -> {
        double y = -choices.between(1.2, 1.6) + size.y() / 2;
        if (choices.below(5) < 3) { // the far wall
          double x = choices.between(-width / 2 + size.x() / 2, width / 2 - size.x() / 2);
          middle = new Vector(x, y, length - size.z() / 2);
        } else {
          size = new Vector(size.z(), size.y(), size.x());
          double side = choices.below(2) == 0 ? -1 : 1;
          middle =
              new Vector(
                  side * (width / 2 - size.x() / 2),
                  y,
                  choices.between(CLEARANCE + size.z() / 2, length - size.z() / 2));
        }
      }
      default -> {
        List<Box> supports =
            boxes.stream().filter(box -> box.high().y() == 0 && box.low().y() > -1.2).toList();
        if (supports.isEmpty()) {
          return null;
        }
        Box support = supports.get(choices.below(supports.size()));
        middle =
            new Vector(
                choices.between(support.low().x(), support.high().x()),
                support.low().y(),
                choices.between(support.low().z(), support.high().z()));
      }
    }
    return new Box(
        kind.label(),
        instance,
        new Vector(middle.x() - size.x() / 2, middle.y() - size.y(), middle.z() - size.z() / 2),
        new Vector(middle.x() + size.x() / 2, middle.y(), middle.z() + size.z() / 2),
        colour);
  }

  /** One random number after the other. */
  private static final class Choices {
    private final Draws draws;
    private long next;

    Choices(Draws draws) {
      this.draws = draws;
    }

    double between(double from, double to) {
      return from + (to - from) * draws.uniform(next++);
    }

    Vector between(Vector from, Vector to) {
      double x = between(from.x(), to.x());
      double y = between(from.y(), to.y());
      return new Vector(x, y, between(from.z(), to.z()));
    }

    Vector tinted(Vector colour, double strength) {
      double least = 1 - strength / 2;
      double most = 1 + strength / 2;
      return colour.times(between(new Vector(least, least, least), new Vector(most, most, most)));
    }

    int below(int bound) {
      return draws.below(bound, next++);
    }
  }
}
