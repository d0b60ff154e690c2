package org.sparkmto.preprocessing.samples;

import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.RealMap;
import org.sparkmto.preprocessing.nyuv2.PinholeCamera;
import org.sparkmto.random.Draws;

/**
 * What a Kinect sees of a {@link Room}: every pixel is a ray, and depths, labels and normals are
 * those of what it hits first, never guessed from colours.
 *
 * @param image with noise
 * @param labels raw labels 1..894 of NYUv2; 0, not labelled, in thin seams around objects
 * @param instances numbers of the objects among those of their label; 0 where the label is 0
 * @param depth metres along the camera's axis
 * @param rawDepth the same with the holes that a Kinect leaves: 0 in the shadows of objects, beyond
 *     8 m and in 3 % of the pixels
 * @param normals in camera axes, x right, y down, z forward
 */
record RoomView(
    Image image,
    IntegerMap labels,
    IntegerMap instances,
    RealMap depth,
    RealMap rawDepth,
    RealMap normals) {
  /** No object may fill more of the view. */
  private static final double MOST_COVERED = 0.6;

  private static final int TRIES = 100;
  private static final double NOISE = 0.015;

  /** Share of the pixels at borders of objects that nobody has labelled; 3 % of all pixels. */
  private static final double SEAM = 0.6;

  private static final double HOLES = 0.03;
  private static final double SENSOR_RANGE = 8;

  /** Between the projector and the camera of a Kinect, metres. */
  private static final double BASELINE = 0.075;

  private static final Room.Vector CEILING_COLOUR = new Room.Vector(0.93, 0.93, 0.9);

  /** Sample {@code index} of a split: the first room whose view no object fills. */
  static RoomView of(long seed, String split, int index, int height, int width) {
    Draws draws = Draws.of(seed).of("rooms").of(split).at(index);
    RoomView view = null;
    for (int i = 0; i < TRIES && (view == null || view.isCovered()); i++) {
      view = of(Room.random(draws.at(i).of("room")), draws.at(i), height, width);
    }
    return view;
  }

  /** The view into a room. */
  static RoomView of(Room room, Draws draws, int height, int width) {
    return new Rays(room, PinholeCamera.kinect(height, width), height, width).view(draws);
  }

  /** Whether one object, other than walls, floor and ceiling, fills most of the view. */
  private boolean isCovered() {
    int[] pixels = new int[256 * 1024];
    for (int i = 0; i < labels.values().length; i++) {
      int label = labels.values()[i];
      boolean shell = label == Room.WALL || label == Room.FLOOR || label == Room.CEILING;
      if (label != 0 && !shell) {
        int object = label * 256 + instances.values()[i];
        if (++pixels[object] > MOST_COVERED * labels.values().length) {
          return true;
        }
      }
    }
    return false;
  }

  /** The first hit of every ray. */
  private static final class Rays {
    private final Room room;
    private final int height;
    private final int width;
    private final PinholeCamera camera;
    private final double[] depth;
    private final int[] labels;
    private final int[] instances;
    private final double[][] worldNormals;
    private final double[][] colours;

    /** Camera to world, by rows. */
    private final double[][] turn;

    Rays(Room room, PinholeCamera camera, int height, int width) {
      this.room = room;
      this.camera = camera;
      this.height = height;
      this.width = width;
      int area = height * width;
      depth = new double[area];
      labels = new int[area];
      instances = new int[area];
      worldNormals = new double[3][area];
      colours = new double[3][area];
      double cy = Math.cos(room.yaw());
      double sy = Math.sin(room.yaw());
      double cp = Math.cos(room.pitch());
      double sp = Math.sin(room.pitch());
      turn = new double[][] {{cy, -sy * sp, sy * cp}, {0, cp, sp}, {-sy, -cy * sp, cy * cp}};
    }

    RoomView view(Draws draws) {
      double[] direction = new double[3];
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          for (int i = 0; i < 3; i++) {
            direction[i] = turn[i][0] * camera.rayX(x) + turn[i][1] * camera.rayY(y) + turn[i][2];
          }
          cast(y * width + x, direction);
        }
      }
      RealMap normals = cameraNormals();
      Image image = image(draws.of("noise"));
      RealMap raw = rawDepth(draws.of("holes"));
      boolean[] seams = seams(draws.of("seams"));
      for (int i = 0; i < seams.length; i++) {
        labels[i] = seams[i] ? 0 : labels[i];
        instances[i] = seams[i] ? 0 : instances[i];
      }
      float[] metres = new float[depth.length];
      for (int i = 0; i < metres.length; i++) {
        metres[i] = (float) depth[i];
      }
      return new RoomView(
          image,
          new IntegerMap(height, width, labels),
          new IntegerMap(height, width, instances),
          new RealMap(1, height, width, metres),
          raw,
          normals);
    }

    /** The ray's parameter is the depth, as its direction has length 1 along the camera's axis. */
    private void cast(int pixel, double... direction) {
      double[] eye = coordinates(room.eye());
      shell(pixel, eye, direction);
      for (Room.Box box : room.boxes()) {
        double[] low = coordinates(box.low());
        double[] high = coordinates(box.high());
        double enter = Double.NEGATIVE_INFINITY;
        double leave = Double.POSITIVE_INFINITY;
        int axis = 0;
        for (int i = 0; i < 3; i++) {
          double first = (low[i] - eye[i]) / direction[i];
          double second = (high[i] - eye[i]) / direction[i];
          if (Math.min(first, second) > enter) {
            enter = Math.min(first, second);
            axis = i;
          }
          leave = Math.min(leave, Math.max(first, second));
        }
        if (enter > 0 && enter < leave && enter < depth[pixel]) {
          hit(
              pixel,
              enter,
              box.label(),
              box.instance(),
              axis,
              -Math.signum(direction[axis]),
              box.colour());
        }
      }
    }

    /** Walls, floor or ceiling: where the ray leaves the room. */
    private void shell(int pixel, double[] eye, double... direction) {
      double[] low = coordinates(room.low());
      double[] high = coordinates(room.high());
      double leave = Double.POSITIVE_INFINITY;
      int axis = 0;
      for (int i = 0; i < 3; i++) {
        double there =
            Math.max((low[i] - eye[i]) / direction[i], (high[i] - eye[i]) / direction[i]);
        if (there < leave) { // false for NaN
          leave = there;
          axis = i;
        }
      }
      boolean down = direction[1] > 0;
      int label = axis != 1 ? Room.WALL : down ? Room.FLOOR : Room.CEILING;
      Room.Vector colour = axis != 1 ? room.walls() : down ? room.floor() : CEILING_COLOUR;
      hit(pixel, leave, label, 1, axis, -Math.signum(direction[axis]), colour);
    }

    private void hit(
        int pixel,
        double there,
        int label,
        int instance,
        int axis,
        double sign,
        Room.Vector colour) {
      depth[pixel] = there;
      labels[pixel] = label;
      instances[pixel] = instance;
      for (int i = 0; i < 3; i++) {
        worldNormals[i][pixel] = i == axis ? sign : 0;
        colours[i][pixel] = coordinates(colour)[i];
      }
    }

    private RealMap cameraNormals() {
      int area = depth.length;
      float[] normals = new float[3 * area];
      for (int i = 0; i < 3; i++) {
        for (int pixel = 0; pixel < area; pixel++) {
          double sum = 0;
          for (int j = 0; j < 3; j++) {
            sum += turn[j][i] * worldNormals[j][pixel];
          }
          normals[i * area + pixel] = (float) sum;
        }
      }
      return new RealMap(3, height, width, normals);
    }

    private Image image(Draws noise) {
      int area = depth.length;
      double[] light = coordinates(room.light());
      byte[] samples = new byte[3 * area];
      for (int pixel = 0; pixel < area; pixel++) {
        double facing = 0;
        for (int i = 0; i < 3; i++) {
          facing += worldNormals[i][pixel] * light[i];
        }
        double shade = 0.55 + 0.45 * Math.max(0, facing);
        double fall = 1 / (1 + 0.03 * Math.pow(depth[pixel], 1.5));
        for (int c = 0; c < 3; c++) {
          double value =
              colours[c][pixel] * shade * fall * room.gain() + NOISE * noise.normal(3L * pixel + c);
          samples[c * area + pixel] = (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
        }
      }
      return new Image(3, height, width, samples);
    }

    /** Pixels at the right or lower border of an object that stay without a label. */
    private boolean[] seams(Draws draws) {
      boolean[] seams = new boolean[depth.length];
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int pixel = y * width + x;
          boolean border =
              (x + 1 < width && differs(pixel, pixel + 1))
                  || (y + 1 < height && differs(pixel, pixel + width));
          seams[pixel] = border && draws.uniform(pixel) < SEAM;
        }
      }
      return seams;
    }

    private boolean differs(int pixel, int other) {
      return labels[pixel] != labels[other] || instances[pixel] != instances[other];
    }

    /** The projector stands beside the camera, so that objects hide what is left of them. */
    private RealMap rawDepth(Draws draws) {
      float[] raw = new float[depth.length];
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int pixel = y * width + x;
          boolean hole =
              draws.uniform(pixel) < HOLES || depth[pixel] > SENSOR_RANGE || inShadow(y, x);
          raw[pixel] = hole ? 0 : (float) depth[pixel];
        }
      }
      return new RealMap(1, height, width, raw);
    }

    private boolean inShadow(int y, int x) {
      double own = 1 / depth[y * width + x];
      for (int u = x + 1; u < width; u++) {
        // By so many pixels a point shifts between the projector's view and the camera's.
        double shift = BASELINE * camera.focalX() * (1 / depth[y * width + u] - own);
        if (shift >= u - x - 0.5) {
          return true;
        }
        if (u - x > BASELINE * camera.focalX()) { // nothing is nearer than 1 m
          return false;
        }
      }
      return false;
    }

    private static double[] coordinates(Room.Vector vector) {
      return new double[] {vector.x(), vector.y(), vector.z()};
    }
  }
}
