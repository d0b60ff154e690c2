package org.sparkmto.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

class PixelMapTest {
  private static final Augmentation ALL =
      new Augmentation(true, List.of(1.0, 1.2, 1.5, 3.0), 180, DepthRule.GEOMETRIC);

  private static Column column(Column.Role role, ElementType type, Integer... shape) {
    return new Column("map", role, type, List.of(shape));
  }

  private static Column target(ElementType type, Integer... shape) {
    return column(Column.Role.TARGET, type, shape);
  }

  private static PictureMap picture(int channels, int height, int width) {
    return new PictureMap(column(Column.Role.INPUT, ElementType.UINT8, channels, height, width));
  }

  private static OffsetMap offsets(Column column) {
    return OffsetMap.of(
        column,
        Task.of("way", TaskKind.VECTORS, List.of("image"), "map", 2).named(List.of("dy", "dx")));
  }

  private static NormalMap normals(int height, int width) {
    return new NormalMap(target(ElementType.INT16, 3, height, width).measured(1.0 / 32767, 0, ""));
  }

  private static DepthMap depths(int height, int width, DepthRule rule) {
    return new DepthMap(target(ElementType.FLOAT32, 1, height, width).measured(1, 0, "m"), rule);
  }

  private static View drawn(Augmentation augmentation, int height, int width, long seed) {
    Column image = column(Column.Role.INPUT, ElementType.UINT8, 3, height, width);
    return Augmenter.of(augmentation, List.of(image), List.of(), seed).view(0, 0);
  }

  /** What a map of random values, some of them missing, is shown as. */
  private static byte[] shown(PixelMap map, View view, byte[] content) {
    byte[] bytes = content.clone();
    map.show(view, bytes, 0);
    return bytes;
  }

  private static byte[] floats(double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putFloat((float) value);
    }
    return bytes.array();
  }

  private static byte[] shorts(double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putShort((short) Math.rint(value));
    }
    return bytes.array();
  }

  /** Values of a sample, NaN where there is none. */
  private static double[] values(PixelMap map, byte[] bytes) {
    Column column = map.column();
    double[] values = new double[column.elements()];
    for (int i = 0; i < values.length; i++) {
      double stored = column.type().at(bytes, i);
      boolean missing = column.role() == Column.Role.TARGET && column.type().isMissing(stored);
      values[i] = missing ? Double.NaN : column.value(stored);
    }
    return values;
  }

  /** A column of each kind, with pixels that are missing in all of them or in none. */
  private record Scene(List<PixelMap> maps, List<byte[]> contents) {
    static Scene random(int height, int width, long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      int pixels = height * width;
      byte[] image = new byte[3 * pixels];
      random.nextBytes(image);
      byte[] labels = new byte[pixels];
      double[] metres = new double[pixels];
      double[] disparities = new double[pixels];
      double[] normals = new double[3 * pixels];
      double[] ways = new double[2 * pixels];
      for (int i = 0; i < pixels; i++) {
        boolean missing = random.nextInt(4) == 0;
        labels[i] = (byte) (missing ? 255 : random.nextInt(19));
        metres[i] = missing ? Double.NaN : random.nextDouble(0.5, 10);
        disparities[i] = missing ? 0 : 1 + random.nextInt(20000);
        for (int c = 0; c < 3; c++) {
          normals[c * pixels + i] = missing ? -32768 : random.nextInt(-32767, 32768);
        }
        for (int c = 0; c < 2; c++) {
          ways[c * pixels + i] = missing ? Double.NaN : random.nextInt(-500, 500) / 8.0;
        }
      }
      Column px = target(ElementType.UINT16, height, width).measured(1.0 / 256, -1.0 / 256, "px");
      return new Scene(
          List.of(
              picture(3, height, width),
              new LabelMap(target(ElementType.UINT8, height, width), 255),
              depths(height, width, DepthRule.GEOMETRIC),
              new DepthMap(px, DepthRule.GEOMETRIC),
              normals(height, width),
              offsets(target(ElementType.FLOAT32, 2, height, width))),
          List.of(
              image, labels, floats(metres), shorts(disparities), shorts(normals), floats(ways)));
    }
  }

  @Property(tries = 100)
  void theWholeViewLeavesBytesUntouched(
      @ForAll @IntRange(min = 1, max = 12) int height,
      @ForAll @IntRange(min = 1, max = 12) int width,
      @ForAll long seed) {
    Scene scene = Scene.random(height, width, seed);
    View whole = View.whole((double) width / height);
    for (int i = 0; i < scene.maps.size(); i++) {
      assertThat(shown(scene.maps.get(i), whole, scene.contents.get(i)))
          .isEqualTo(scene.contents.get(i));
    }
  }

  @Property(tries = 100)
  void aFlipOfAFlipIsNothing(
      @ForAll @IntRange(min = 1, max = 12) int height,
      @ForAll @IntRange(min = 2, max = 12) int width,
      @ForAll long seed) {
    Scene scene = Scene.random(height, width, seed);
    View flip = View.mirrored((double) width / height);
    assertThat(flip.then(flip).isWhole()).isTrue();
    for (int i = 0; i < scene.maps.size(); i++) {
      PixelMap map = scene.maps.get(i);
      byte[] content = scene.contents.get(i);
      byte[] once = shown(map, flip, content);
      assertThat(shown(map, flip, once)).isEqualTo(content);
      double[] before = values(map, content);
      double[] after = values(map, once);
      for (int at = 0; at < before.length; at++) {
        int channel = at / (height * width);
        boolean negated =
            (map instanceof NormalMap && channel == 0)
                || (map instanceof OffsetMap && channel == 1);
        double expected = before[at - at % width + width - 1 - at % width];
        assertThat(after[at]).isCloseTo(negated ? -expected : expected, within(1e-12));
      }
    }
  }

  /**
   * Every target is missing where the labels are, and only there; no label is new. Normals may also
   * be missing where random neighbours cancel.
   */
  @Property(tries = 300)
  void missingStaysMissingAndLabelsStayLabels(
      @ForAll @IntRange(min = 1, max = 12) int height,
      @ForAll @IntRange(min = 1, max = 12) int width,
      @ForAll long seed) {
    Scene scene = Scene.random(height, width, seed);
    View view = drawn(ALL, height, width, seed);
    PixelMap labelMap = scene.maps.get(1);
    double[] before = values(labelMap, scene.contents.get(1));
    double[] labels = values(labelMap, shown(labelMap, view, scene.contents.get(1)));
    for (double label : labels) {
      assertThat(Double.isNaN(label) || Arrays.stream(before).anyMatch(l -> l == label)).isTrue();
    }
    for (int i = 2; i < scene.maps.size(); i++) {
      PixelMap map = scene.maps.get(i);
      double[] shown = values(map, shown(map, view, scene.contents.get(i)));
      for (int at = 0; at < shown.length; at++) {
        boolean missing = Double.isNaN(labels[at % labels.length]);
        if (missing || !(map instanceof NormalMap)) {
          assertThat(Double.isNaN(shown[at])).isEqualTo(missing);
        }
      }
    }
  }

  /** Without rotation nothing comes from outside. */
  @Property(tries = 100)
  void aCropLiesInsideTheImage(
      @ForAll @IntRange(min = 1, max = 12) int height,
      @ForAll @IntRange(min = 1, max = 12) int width,
      @ForAll long seed) {
    View view =
        drawn(
            new Augmentation(true, List.of(1.0, 1.2, 1.5, 4.0), 0, DepthRule.PAPER),
            height,
            width,
            seed);
    LabelMap map = new LabelMap(target(ElementType.UINT8, height, width), 255);
    assertThat(shown(map, view, new byte[height * width])).containsOnly(0);
  }

  /**
   * Stripes whose colour tells their label: the nearest column has at least half of the weight, so
   * the colour is nearer to its label's than to the other's; black is where there is no label.
   */
  @Property(tries = 200)
  void labelsStayOnTheirPartOfTheImage(
      @ForAll @IntRange(min = 2, max = 20) int height,
      @ForAll @IntRange(min = 2, max = 20) int width,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] labels = new byte[height * width];
    for (int column = 0; column < width; column++) {
      byte label = (byte) random.nextInt(2);
      for (int row = 0; row < height; row++) {
        labels[row * width + column] = label;
      }
    }
    byte[] image = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      image[i] = (byte) (100 + 100 * labels[i]);
    }
    View view = drawn(ALL, height, width, seed);
    byte[] shownLabels =
        shown(new LabelMap(target(ElementType.UINT8, height, width), 255), view, labels);
    byte[] shownImage = shown(picture(1, height, width), view, image);
    for (int i = 0; i < labels.length; i++) {
      int label = shownLabels[i] & 0xff;
      int colour = shownImage[i] & 0xff;
      if (label == 255) {
        assertThat(colour).isZero();
      } else {
        assertThat(colour).isCloseTo(100 + 100 * label, within(50));
      }
    }
  }

  /**
   * The image is a ramp over its width; a map of an eighth of its size holds the ramp's value at
   * its own pixels' centres. After any view both tell the same place, up to half a pixel of the
   * small map along and across (turned: times sqrt(2)), and rounding of the image.
   */
  @Property(tries = 100)
  void smallMapsAreSeenAtThePlacesOfTheImage(@ForAll long seed) {
    int height = 64;
    int width = 96;
    byte[] image = new byte[height * width];
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) (2 * (i % width) + 20);
    }
    double[] small = new double[8 * 12];
    for (int i = 0; i < small.length; i++) {
      small[i] = 2 * (i % 12 * 8 + 3.5) + 20;
    }
    View view = drawn(ALL, height, width, seed);
    byte[] shown = shown(picture(1, height, width), view, image);
    DepthMap map = depths(8, 12, DepthRule.GEOMETRIC);
    double[] coarse = values(map, shown(map, view, floats(small)));
    for (int row = 0; row < 8; row++) {
      for (int column = 0; column < 12; column++) {
        double told = coarse[row * 12 + column];
        // The place of the small pixel's centre is a corner of four pixels of the image.
        int sum = 0;
        boolean black = false;
        for (int near : new int[] {0, 1, width, width + 1}) {
          int value = shown[(row * 8 + 3) * width + column * 8 + 3 + near] & 0xff;
          black |= value == 0;
          sum += value;
        }
        if (!Double.isNaN(told) && !black) {
          assertThat(sum / 4.0).isCloseTo(told, within(2 * 4 + 1.5));
        }
      }
    }
  }

  @Test
  void anEnlargedRowByHand() {
    // s = 2 from the left edge: sources at -0.25 (continued), 0.25, 0.75 and 1.25.
    byte[] image = {0, 100, (byte) 200, 50};
    byte[] labels = {0, 1, 2, 3};
    View left = View.enlarged(2, 0, 0, 4);
    assertThat(shown(picture(1, 1, 4), left, image)).containsExactly(0, 25, 75, 125);
    LabelMap map = new LabelMap(target(ElementType.UINT8, 1, 4), 255);
    assertThat(shown(map, left, labels)).containsExactly(0, 0, 1, 1);
    assertThat(shown(map, View.enlarged(2, 0.5, 0.5, 4), labels)).containsExactly(2, 2, 3, 3);
  }

  @Test
  void aQuarterTurnByHand() {
    byte[] labels = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    LabelMap map = new LabelMap(target(ElementType.UINT8, 3, 3), 255);
    View turn = View.turned(90, 1);
    assertThat(shown(map, turn, labels)).containsExactly(7, 4, 1, 8, 5, 2, 9, 6, 3);
    // Right becomes down, down becomes left.
    assertThat(turn.ways().right(1, 0)).isCloseTo(0, within(1e-15));
    assertThat(turn.ways().down(1, 0)).isCloseTo(1, within(1e-15));
    assertThat(turn.ways().right(0, 1)).isCloseTo(-1, within(1e-15));
    // Of a wide image, the middle square remains; what was outside is missing.
    assertThat(
            shown(
                new LabelMap(target(ElementType.UINT8, 1, 3), 255),
                View.turned(90, 3),
                new byte[] {1, 2, 3}))
        .containsExactly(255, 2, 255);
  }

  @Test
  void numbersThatTheTypeCannotHoldAreMissingAndSmallOnesAreNot() {
    Column column = target(ElementType.UINT16, 1, 4).measured(1, 0, "px");
    byte[] content = shorts(1, 40000, 20000, 0);
    assertThat(
            values(
                new DepthMap(column, DepthRule.GEOMETRIC),
                shown(
                    new DepthMap(column, DepthRule.GEOMETRIC),
                    View.enlarged(2, 0.25, 0, 4),
                    content)))
        .containsExactly(Double.NaN, Double.NaN, 40000, 40000);
    assertThat(
            values(
                new DepthMap(column, DepthRule.PAPER),
                shown(new DepthMap(column, DepthRule.PAPER), View.enlarged(4, 0, 0, 4), content)))
        .containsExactly(1, 1, 1, 1);
  }

  /** A pinhole camera; pixel (x, y) looks along ((x - cx) / f, (y - cy) / f, 1). */
  private record Camera(double f, double cx, double cy) {
    double rayX(int x) {
      return (x - cx) / f;
    }

    double rayY(int y) {
      return (y - cy) / f;
    }

    /** The camera of a part of the image: its focal length and principal point in pixels change. */
    Camera cropped(View view, int height, int width) {
      return new Camera(
          view.zoom() * f,
          view.zoom() * (cx + 0.5 - view.x0() * width) - 0.5,
          view.zoom() * (cy + 0.5 - view.y0() * height) - 0.5);
    }
  }

  private static final int HEIGHT = 48;
  private static final int WIDTH = 64;
  private static final Camera CAMERA = new Camera(60, 35.2, 21.7);
  private static final double[] PLANE = {0.3, -0.5, -0.8124038404635961};
  private static final double DISTANCE = -2.5;

  /** 1 / Z of the plane n P = distance along a ray: linear over the image. */
  private static double inverseDepth(double rayX, double rayY) {
    return (PLANE[0] * rayX + PLANE[1] * rayY + PLANE[2]) / DISTANCE;
  }

  private static double[] inverseDepths(Camera camera) {
    double[] values = new double[HEIGHT * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = inverseDepth(camera.rayX(i % WIDTH), camera.rayY(i / WIDTH));
      assertThat(values[i]).isPositive();
    }
    return values;
  }

  /** How much 1 / Z changes over half a stored pixel along and across. */
  private static final double HALF_PIXEL =
      (Math.abs(PLANE[0]) + Math.abs(PLANE[1])) / Math.abs(DISTANCE) / CAMERA.f / 2;

  /**
   * A plane seen by the cropped camera: depth, 1 / Z and normals are those of the nearest stored
   * pixel, hence exact up to half a stored pixel; disparities besides up to the rounding of 1/256
   * pixels before and after.
   */
  @Property(tries = 50)
  void underTheGeometricRuleACropIsWhatTheCroppedCameraSees(@ForAll long seed) {
    View view =
        drawn(
            new Augmentation(false, List.of(1.2, 1.5, 2.0), 0, DepthRule.GEOMETRIC),
            HEIGHT,
            WIDTH,
            seed);
    double focalBaseline = 40;
    double[] inverse = inverseDepths(CAMERA);
    DepthMap metres = depths(HEIGHT, WIDTH, DepthRule.GEOMETRIC);
    double[] depth =
        values(
            metres, shown(metres, view, floats(Arrays.stream(inverse).map(v -> 1 / v).toArray())));
    DepthMap pixels =
        new DepthMap(
            target(ElementType.UINT16, HEIGHT, WIDTH).measured(1.0 / 256, -1.0 / 256, "px"),
            DepthRule.GEOMETRIC);
    double[] disparity =
        values(
            pixels,
            shown(
                pixels,
                view,
                shorts(Arrays.stream(inverse).map(v -> focalBaseline * v * 256 + 1).toArray())));
    double[] seen = inverseDepths(CAMERA.cropped(view, HEIGHT, WIDTH));
    double zoom = view.zoom();
    for (int i = 0; i < seen.length; i++) {
      assertThat(1 / depth[i]).isCloseTo(seen[i], within(HALF_PIXEL + 1e-6));
      assertThat(disparity[i])
          .isCloseTo(
              zoom * focalBaseline * seen[i],
              within(zoom * focalBaseline * HALF_PIXEL + (1 + zoom) / 512 + 1e-9));
    }
  }

  @Test
  void thePapersRuleDividesEveryDepthByTheScale() {
    double[] inverse = inverseDepths(CAMERA);
    View view = View.enlarged(1.5, 0.1, 0.2, 64 / 48.0);
    double[] geometric =
        values(
            depths(HEIGHT, WIDTH, DepthRule.GEOMETRIC),
            shown(depths(HEIGHT, WIDTH, DepthRule.GEOMETRIC), view, floats(inverse)));
    double[] paper =
        values(
            depths(HEIGHT, WIDTH, DepthRule.PAPER),
            shown(depths(HEIGHT, WIDTH, DepthRule.PAPER), view, floats(inverse)));
    for (int i = 0; i < paper.length; i++) {
      assertThat(paper[i]).isCloseTo(geometric[i] / 1.5, within(1e-6));
    }
  }

  /**
   * The walls of a ball around the camera face it: normals against the rays, in closed form. Seen
   * through a crop, mirrored or turned they are those of the cropped camera, of one with mirrored
   * cx, and of the same camera. Linear interpolation over 1/60 of a radian is off by less than
   * 1e-4.
   */
  @ParameterizedTest
  @CsvSource({"crop", "flip", "turn", "turn and crop and flip"})
  void normalsTurnWithTheCamera(String what) {
    double aspect = 64 / 48.0;
    View crop = View.enlarged(1.5, 0.15, 0.3, aspect);
    View flip = View.mirrored(aspect);
    View turn = View.turned(25, aspect);
    Camera centred = new Camera(60, (WIDTH - 1) / 2.0, (HEIGHT - 1) / 2.0);
    Camera before = what.startsWith("turn") ? centred : CAMERA;
    Camera cropped = before.cropped(crop, HEIGHT, WIDTH);
    View view =
        switch (what) {
          case "crop" -> crop;
          case "flip" -> flip;
          case "turn" -> turn;
          default -> turn.then(crop).then(flip);
        };
    Camera after =
        switch (what) {
          case "crop" -> cropped;
          case "flip" -> new Camera(60, WIDTH - 1 - before.cx, before.cy);
          case "turn" -> before;
          default -> new Camera(cropped.f, WIDTH - 1 - cropped.cx, cropped.cy);
        };
    NormalMap map = normals(HEIGHT, WIDTH);
    double[] stored = Arrays.stream(facing(before)).map(v -> v * 32767).toArray();
    double[] shown = values(map, shown(map, view, shorts(stored)));
    double[] expected = facing(after);
    int missing = 0;
    for (int i = 0; i < shown.length; i++) {
      if (Double.isNaN(shown[i])) {
        missing++;
      } else {
        // The border is continued by half a pixel, where the nearest normal is taken.
        boolean border = i % WIDTH % (WIDTH - 1) < 3 || i / WIDTH % HEIGHT % (HEIGHT - 1) < 3;
        assertThat(shown[i])
            .isCloseTo(expected[i], within(border || what.startsWith("turn") ? 0.01 : 2e-4));
      }
    }
    assertThat(missing > 0).isEqualTo(what.startsWith("turn"));
    assertThat(missing).isLessThan(shown.length / 2);
  }

  private static double[] facing(Camera camera) {
    int pixels = HEIGHT * WIDTH;
    double[] normals = new double[3 * pixels];
    for (int i = 0; i < pixels; i++) {
      double x = camera.rayX(i % WIDTH);
      double y = camera.rayY(i / WIDTH);
      double length = Math.sqrt(x * x + y * y + 1);
      normals[i] = -x / length;
      normals[i + pixels] = -y / length;
      normals[i + 2 * pixels] = -1 / length;
    }
    return normals;
  }

  /**
   * Flipped normals are the normals of the flipped depth, back-projected with mirrored cx: the
   * cross product of neighbouring points. Depths in floats over steps of 1/60 leave 1e-4.
   */
  @Test
  void flippedNormalsAreThoseOfTheFlippedDepth() {
    View flip = View.mirrored(64 / 48.0);
    DepthMap depthMap = depths(HEIGHT, WIDTH, DepthRule.GEOMETRIC);
    double[] depth =
        values(
            depthMap,
            shown(
                depthMap,
                flip,
                floats(Arrays.stream(inverseDepths(CAMERA)).map(v -> 1 / v).toArray())));
    int pixels = HEIGHT * WIDTH;
    double[] stored = new double[3 * pixels];
    for (int i = 0; i < stored.length; i++) {
      stored[i] = 32767 * PLANE[i / pixels];
    }
    NormalMap normalMap = normals(HEIGHT, WIDTH);
    double[] normals = values(normalMap, shown(normalMap, flip, shorts(stored)));
    Camera mirrored = new Camera(CAMERA.f, WIDTH - 1 - CAMERA.cx, CAMERA.cy);
    for (int y = 0; y < HEIGHT - 1; y++) {
      for (int x = 0; x < WIDTH - 1; x++) {
        double[] here = point(mirrored, depth, x, y);
        double[] right = point(mirrored, depth, x + 1, y);
        double[] down = point(mirrored, depth, x, y + 1);
        double[] n = new double[3];
        double length = 0;
        for (int c = 0; c < 3; c++) {
          int a = (c + 1) % 3;
          int b = (c + 2) % 3;
          // down x right faces the camera: z is negative.
          n[c] =
              (down[a] - here[a]) * (right[b] - here[b])
                  - (down[b] - here[b]) * (right[a] - here[a]);
          length += n[c] * n[c];
        }
        for (int c = 0; c < 3; c++) {
          assertThat(normals[c * pixels + y * WIDTH + x])
              .isCloseTo(n[c] / Math.sqrt(length), within(2e-4));
        }
      }
    }
  }

  private static double[] point(Camera camera, double[] depth, int x, int y) {
    double z = depth[y * WIDTH + x];
    return new double[] {camera.rayX(x) * z, camera.rayY(y) * z, z};
  }

  @Test
  void normalsAreUnitVectorsAndIgnoreNeighboursWithoutOne() {
    NormalMap map = normals(1, 4);
    // Two walls at a right angle, then nothing, then a normal that faces away from the first.
    double[] x = {1, 0, -32768, -1};
    double[] stored = new double[12];
    for (int i = 0; i < 4; i++) {
      boolean missing = x[i] == -32768;
      stored[i] = missing ? -32768 : 32767 * x[i];
      stored[4 + i] = missing ? -32768 : 0;
      stored[8 + i] = missing ? -32768 : i == 1 ? -32767 : 0;
    }
    double[] shown = values(map, shown(map, View.enlarged(2, 0, 0, 4), shorts(stored)));
    // Sources -0.25, 0.25, 0.75, 1.25: the last has the weight of pixel 1 alone.
    assertThat(shown[0]).isCloseTo(1, within(1e-4));
    assertThat(shown[1]).isCloseTo(0.75 / Math.hypot(0.75, 0.25), within(1e-4));
    assertThat(shown[9]).isCloseTo(-0.25 / Math.hypot(0.75, 0.25), within(1e-4));
    assertThat(shown[3]).isCloseTo(0, within(1e-4));
    assertThat(shown[11]).isCloseTo(-1, within(1e-4));
    // Opposite normals have no mean.
    double[] opposite =
        values(
            normals(1, 2),
            shown(normals(1, 2), View.enlarged(2, 0.25, 0, 2), shorts(32767, -32767, 0, 0, 0, 0)));
    assertThat(opposite[0]).isCloseTo(1, within(1e-4));
    double[] mixed =
        values(
            normals(1, 2),
            shown(normals(1, 2), View.enlarged(2, 0.1, 0, 2), shorts(32767, -32767, 0, 0, 0, 0)));
    assertThat(mixed[1]).isNaN();
  }

  /**
   * Ways (p - c) to pixels p from the centre c of their instance, in units of half a stored pixel.
   * In the augmented map they start at where the view shows c, up to half a stored pixel along and
   * across, times the zoom.
   */
  @Property(tries = 100)
  void waysStartAtTheSameCentre(@ForAll long seed) {
    int height = 12;
    int width = 18;
    int pixels = height * width;
    SplittableRandom random = new SplittableRandom(seed);
    double[][] centres = new double[3][];
    for (int k = 0; k < 3; k++) {
      centres[k] = new double[] {random.nextDouble(height), random.nextDouble(width)};
    }
    double[] ways = new double[2 * pixels];
    byte[] instances = new byte[pixels];
    for (int i = 0; i < pixels; i++) {
      int k = i % width / 6;
      instances[i] = (byte) k;
      int row = i / width;
      ways[i] = 2 * (row - centres[k][0]);
      ways[i + pixels] = 2 * (i % width - centres[k][1]);
    }
    View view = drawn(ALL, height, width, seed);
    OffsetMap map = offsets(target(ElementType.FLOAT32, 2, height, width));
    double[] shown = values(map, shown(map, view, floats(ways)));
    byte[] owners =
        shown(new LabelMap(target(ElementType.UINT8, height, width), 255), view, instances);
    double determinant = view.xx() * view.yy() - view.xy() * view.yx();
    for (int i = 0; i < pixels; i++) {
      if (owners[i] == (byte) 255) {
        assertThat(shown[i]).isNaN();
        continue;
      }
      double[] centre = centres[owners[i]];
      // The place that shows the centre: the view solved for (u, v).
      double u = (centre[1] + 0.5) / width - view.x0();
      double v = (centre[0] + 0.5) / height - view.y0();
      double x = (view.yy() * u - view.xy() * v) / determinant * width - 0.5;
      double y = (view.xx() * v - view.yx() * u) / determinant * height - 0.5;
      double missedX = i % width - shown[i + pixels] / 2 - x;
      int row = i / width;
      double missedY = row - shown[i] / 2 - y;
      assertThat(Math.hypot(missedX, missedY))
          .isLessThanOrEqualTo(view.zoom() * Math.sqrt(0.5) + 1e-4);
    }
  }
}
