package org.sparkmto.preprocessing.samples;

import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.samples.StreetSurface.Hit;
import org.sparkmto.random.Draws;

/**
 * A street as Cityscapes would show it, cast ray by ray. Labels come from what a ray meets, never
 * from colours, so that image, labels, instances, parts and disparities are of one geometry.
 */
final class Street {
  private static final double FOG = 90;
  private static final double NOISE = 0.02;
  private static final double HOLES = 0.06;
  private static final int HOLE = 4;
  private static final double LEFT_BAND = 0.03;

  private final StreetCamera camera;
  private final Image image;
  private final IntegerMap labels;
  private final IntegerMap instances;
  private final IntegerMap uids;
  private final IntegerMap disparity;

  private Street(
      StreetCamera camera,
      Image image,
      IntegerMap labels,
      IntegerMap instances,
      IntegerMap uids,
      IntegerMap disparity) {
    this.camera = camera;
    this.image = image;
    this.labels = labels;
    this.instances = instances;
    this.uids = uids;
    this.disparity = disparity;
  }

  /** The street of a seed, a split and an index, whatever else is drawn. */
  static Street of(long seed, String split, int index, ImageSize size) {
    return of(Draws.of(seed).of("streets").of(split).at(index), size);
  }

  private static Street of(Draws draws, ImageSize size) {
    StreetScene scene = new StreetScene(draws.of("scene"));
    StreetCamera camera = StreetCamera.of(size, scene.baseline(), scene.pitch(), scene.height());
    Draws noise = draws.of("noise");
    Draws holes = draws.of("holes");
    int height = size.height();
    int width = size.width();
    int area = height * width;
    byte[] samples = new byte[3 * area];
    int[] labels = new int[area];
    int[] instances = new int[area];
    int[] uids = new int[area];
    int[] disparity = new int[area];
    double cos = Math.cos(camera.pitch());
    double sin = Math.sin(camera.pitch());
    Hit hit = new Hit();
    for (int v = 0; v < height; v++) {
      double y = (v + 0.5 - camera.v0()) / camera.fy();
      for (int u = 0; u < width; u++) {
        int pixel = v * width + u;
        hit.reset(scene.sky());
        cast(scene, (u + 0.5 - camera.u0()) / camera.fx(), cos * y + sin, cos - sin * y, hit);
        boolean hole = holes.uniform((long) (v / HOLE) * width + u / HOLE) < HOLES;
        if (!hole && u >= LEFT_BAND * width) {
          disparity[pixel] = stored(camera.disparity(hit.t));
        }
        shade(scene, hit);
        if (hood(u, v, size)) {
          hit.stuff(StreetClass.EGO_VEHICLE);
          hit.colour(StreetClass.EGO_VEHICLE.colour(), 1);
          disparity[pixel] = 0;
        }
        if (u == 0 || v == 0 || u == width - 1 || v == height - 1) {
          hit.stuff(StreetClass.RECTIFICATION_BORDER);
          hit.colour(0, 0, 0);
        }
        labels[pixel] = hit.label;
        instances[pixel] = hit.instance;
        uids[pixel] = hit.uid;
        samples[pixel] = exposed(hit.red, scene.gain(), noise.normal(3L * pixel));
        samples[area + pixel] = exposed(hit.green, scene.gain(), noise.normal(3L * pixel + 1));
        samples[2 * area + pixel] = exposed(hit.blue, scene.gain(), noise.normal(3L * pixel + 2));
      }
    }
    return new Street(
        camera,
        new Image(3, height, width, samples),
        new IntegerMap(height, width, labels),
        new IntegerMap(height, width, instances),
        new IntegerMap(height, width, uids),
        new IntegerMap(height, width, disparity));
  }

  /** The camera, at the size of the image. */
  StreetCamera camera() {
    return camera;
  }

  /** Red, green and blue. */
  Image image() {
    return image;
  }

  /** Label ids of Cityscapes. */
  IntegerMap labels() {
    return labels;
  }

  /** Label id times 1000 plus a number for what is counted, the label id for the rest. */
  IntegerMap instances() {
    return instances;
  }

  /** Labels of Panoptic Parts: instance times 100 plus a part where parts are known. */
  IntegerMap uids() {
    return uids;
  }

  /** {@code 256 d + 1} for a disparity of d columns, 0 where it is not known. */
  IntegerMap disparity() {
    return disparity;
  }

  private static void cast(StreetScene scene, double dx, double dy, double dz, Hit hit) {
    for (StreetSurface surface : scene.surfaces()) {
      surface.meet(dx, dy, dz, hit);
    }
  }

  private static void shade(StreetScene scene, Hit hit) {
    if (hit.t == Double.POSITIVE_INFINITY) {
      return;
    }
    double[] light = scene.light();
    double[] sky = scene.sky();
    double towards = hit.nx * light[0] + hit.ny * light[1] + hit.nz * light[2];
    double lit = 0.6 + 0.4 * Math.max(0, towards);
    double clear = Math.exp(-hit.t / FOG);
    hit.colour(
        hit.red * lit * clear + sky[0] * (1 - clear),
        hit.green * lit * clear + sky[1] * (1 - clear),
        hit.blue * lit * clear + sky[2] * (1 - clear));
  }

  /** The camera looks over the bonnet of its own car: an arc at the bottom. */
  private static boolean hood(int u, int v, ImageSize size) {
    double across = (u + 0.5) / size.width() - 0.5;
    return v + 0.5 > size.height() * (0.965 - 0.03 * Math.cos(3 * across));
  }

  /** The sky is endlessly far away: a disparity of 0 is stored as 1 and is valid. */
  private static int stored(double disparity) {
    return Math.min(65_535, (int) Math.round(256 * disparity) + 1);
  }

  private static byte exposed(double value, double gain, double noise) {
    double exposed = 255 * (value * gain + NOISE * noise) + 0.5;
    return (byte) Math.max(0, Math.min(255, exposed));
  }
}
