package org.sparkmto.preprocessing.samples;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Arc2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Set;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.random.Draws;

/**
 * A schematic face that shows its attributes, 178 wide and 218 high as the aligned images of
 * CelebA. A function of attributes and draws alone: shapes without text or fonts, filled by the
 * JDK's own antialiasing at twice the size, on an image and a {@link Graphics2D} of this face's
 * own, so faces may be drawn in many threads.
 *
 * <p>Places are in pixels from the middle of the face, x to the right and y down; {@link #unit} is
 * the size of one in the drawing.
 */
final class Face {
  static final int WIDTH = 178;
  static final int HEIGHT = 218;

  private static final int OVERSAMPLING = 2;
  private static final double BLUR = 4;
  private static final double NOISE = 5;
  private static final int[][] SKINS = {
    {224, 180, 150}, {205, 155, 120}, {170, 120, 90}, {235, 195, 165}
  };

  private final Set<FaceAttribute> attributes;
  private final Draws draws;
  private final Graphics2D graphics;
  private final double unit;
  private final double middleX;
  private final double middleY;
  private final int[] skin;
  private final int[] hair;
  private final double halfWidth;
  private final double halfHeight;
  private long drawn;

  private Face(Set<FaceAttribute> attributes, Draws draws, Graphics2D graphics) {
    this.attributes = attributes;
    this.draws = draws;
    this.graphics = graphics;
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    middleX = OVERSAMPLING * (89 + 2.5 * bell());
    middleY = OVERSAMPLING * (118 + 2.5 * bell());
    unit = OVERSAMPLING * between(0.94, 1.06);
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
    BufferedImage canvas =
        new BufferedImage(OVERSAMPLING * WIDTH, OVERSAMPLING * HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = canvas.createGraphics();
    try {
      new Face(attributes, draws.of("drawing"), graphics).draw();
    } finally {
      graphics.dispose();
    }
    float[] light = reduced(canvas);
    if (attributes.contains(FaceAttribute.BLURRY)) {
      light = blurred(light);
    }
    return developed(light, draws.of("noise"));
  }

  private void draw() {
    int[] background = {0, 0, 0};
    for (int c = 0; c < 3; c++) {
      background[c] = (int) between(40, 220);
    }
    graphics.setColor(colour(background));
    graphics.fillRect(0, 0, OVERSAMPLING * WIDTH, OVERSAMPLING * HEIGHT);
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
          ellipse(-out, -40 + 20 * i, 15, 14, hair);
          ellipse(out, -40 + 20 * i, 15, 14, hair);
        }
      } else {
        boolean straight = has(FaceAttribute.STRAIGHT_HAIR);
        double out = halfWidth + (straight ? 9 : 13);
        rectangle(-out, -40, out, straight ? 80 : 45, hair);
      }
    }
    ellipse(0, -22, halfWidth + 9, halfHeight - 2, hair);
    if (has(FaceAttribute.MALE) && wavy) {
      for (int i = 0; i < 8; i++) {
        double x = -halfWidth + 2 * i * halfWidth / 7;
        ellipse(x, -66 + 8 * Math.abs(i - 3.5) / 3.5, 11, 10, hair);
      }
    }
  }

  private void shoulders() {
    boolean male = has(FaceAttribute.MALE);
    double neck = male ? 24 : 17;
    rectangle(-neck, 40, neck, 110, scaled(skin, 0.88));
    int[] cloth = male ? new int[] {60, 60, 90} : new int[] {150, 60, 90};
    rectangle(-95, 84, 95, 140, jittered(cloth, 25));
    if (has(FaceAttribute.WEARING_NECKTIE)) {
      polygon(new int[] {245, 245, 245}, -16, 80, 16, 80, 9, 100, -9, 100);
      polygon(new int[] {170, 20, 30}, -6, 80, 6, 80, 8, 120, -8, 120);
    }
    if (has(FaceAttribute.WEARING_NECKLACE)) {
      arc(0, 69, 22, 17, 0, 180, 4, new int[] {250, 220, 60});
    }
  }

  private void head() {
    if (has(FaceAttribute.DOUBLE_CHIN)) {
      ellipse(0, 47, halfWidth * 0.62, 21, scaled(skin, 0.9));
      arc(0, 46, 26, 16, 20, 160, 2, scaled(skin, 0.6));
    }
    ellipse(0, 0, halfWidth, halfHeight, skin);
    if (has(FaceAttribute.MALE)) {
      rectangle(-halfWidth * 0.8, 18, halfWidth * 0.8, 40, skin);
      ellipse(0, 40, halfWidth * 0.72, 18, skin);
    }
    for (int side = -1; side <= 1; side += 2) {
      ellipse(side * (halfWidth + 2), 2, 6, 11, scaled(skin, 0.93));
    }
  }

  private void stubble() {
    if (has(FaceAttribute.FIVE_O_CLOCK_SHADOW)) {
      int[] dark = scaled(skin, 0.62);
      for (int i = 0; i < 420; i++) {
        double x = between(-34, 34);
        double y = between(20, 54);
        rectangle(x, y, x + 1.6, y + 1.6, dark);
      }
    }
    if (has(FaceAttribute.SIDEBURNS)) {
      rectangle(-halfWidth, -10, -halfWidth + 10, 24, scaled(hair, 0.9));
      rectangle(halfWidth - 10, -10, halfWidth, 24, scaled(hair, 0.9));
    }
  }

  private void frontHair() {
    if (!has(FaceAttribute.BALD)) {
      double line = has(FaceAttribute.RECEDING_HAIRLINE) ? -44 : -30;
      double top = -halfHeight - 10;
      fill(
          new Arc2D.Double(
              x(-halfWidth - 2),
              y(top),
              2 * (halfWidth + 2) * unit,
              2 * (line - top) * unit,
              0,
              180,
              Arc2D.CHORD),
          hair);
      if (has(FaceAttribute.BANGS)) {
        rectangle(-halfWidth * 0.85, -44, halfWidth * 0.85, -19, hair);
      }
    }
    if (has(FaceAttribute.WEARING_HAT)) {
      int[] felt = jittered(new int[] {40, 40, 150}, 40);
      rectangle(-halfWidth - 22, -42, halfWidth + 22, -33, felt);
      rectangle(-halfWidth - 4, -85, halfWidth + 4, -40, felt);
    }
  }

  private void cheeks() {
    for (int side = -1; side <= 1; side += 2) {
      if (has(FaceAttribute.ROSY_CHEEKS)) {
        ellipse(side * 26, 18, 10, 8, new int[] {240, 120, 120});
      }
      if (has(FaceAttribute.HIGH_CHEEKBONES)) {
        boolean light = skin[0] + skin[1] + skin[2] >= 620;
        arc(side * 27, 17, 13, 9, 200, 340, 3, scaled(skin, light ? 0.85 : 1.12));
      }
    }
  }

  private void eye(int side) {
    double middle = 19 * side;
    int[] brow = has(FaceAttribute.BALD) ? new int[] {60, 45, 40} : scaled(hair, 0.55);
    double thickness = has(FaceAttribute.BUSHY_EYEBROWS) ? 7 : 3;
    if (has(FaceAttribute.ARCHED_EYEBROWS)) {
      arc(middle, -16, 12, 12, 195, 345, thickness, brow);
    } else {
      line(middle - 12, -16, middle + 12, -16, thickness, brow);
    }
    if (has(FaceAttribute.HEAVY_MAKEUP)) {
      ellipse(middle, -7, 12, 8, new int[] {130, 70, 140});
    }
    double opening = has(FaceAttribute.NARROW_EYES) ? 2.6 : 6;
    double pupil = Math.min(4.5, opening);
    ellipse(middle, -5, 10, opening, new int[] {250, 250, 250});
    ellipse(middle, -5, pupil, pupil, jittered(new int[] {60, 50, 40}, 20));
    if (has(FaceAttribute.BAGS_UNDER_EYES)) {
      arc(middle, 0.5, 11, 8.5, 20, 160, 2.5, scaled(skin, 0.55));
    }
    if (has(FaceAttribute.EYEGLASSES)) {
      arc(middle, -5, 15, 13, 0, 360, 3, new int[] {15, 15, 15});
    }
  }

  private void wrinkles(int side) {
    if (!has(FaceAttribute.YOUNG)) {
      int[] dark = scaled(skin, 0.6);
      line(36 * side, -10, 42 * side, -14, 2, dark);
      line(36 * side, -4, 42 * side, -2, 2, dark);
      line(14 * side, 14, 22 * side, 30, 2, dark);
    }
  }

  private void middleLines() {
    if (has(FaceAttribute.EYEGLASSES)) {
      line(-5, -6, 5, -6, 3, new int[] {15, 15, 15});
    }
    if (!has(FaceAttribute.YOUNG)) {
      line(-20, -32, 20, -32, 1.5, scaled(skin, 0.7));
      line(-20, -27, 20, -27, 1.5, scaled(skin, 0.7));
    }
  }

  private void nose() {
    if (has(FaceAttribute.POINTY_NOSE)) {
      polygon(scaled(skin, 0.75), 0, -4, 7, 17, -7, 17);
      polygon(scaled(skin, 0.6), 0, 22, 4, 15, -4, 15);
    } else {
      double width = has(FaceAttribute.BIG_NOSE) ? 12 : 7;
      ellipse(0, 12, width, 0.7 * width, scaled(skin, 0.8));
      line(0, -4, 0, 12, 2, scaled(skin, 0.85));
    }
  }

  private void mouth() {
    int[] lip = has(FaceAttribute.WEARING_LIPSTICK) ? new int[] {190, 20, 50} : scaled(skin, 0.68);
    double thickness = has(FaceAttribute.BIG_LIPS) ? 7 : 3.5;
    boolean open = has(FaceAttribute.MOUTH_SLIGHTLY_OPEN);
    if (open) {
      ellipse(0, 34, 15, 6, new int[] {60, 10, 15});
      rectangle(-10, 30, 10, 33, new int[] {250, 250, 250});
    }
    if (has(FaceAttribute.SMILING)) {
      arc(0, 30, 20, 12, 15, 165, thickness, lip);
    } else {
      double y = open ? 39 : 33;
      line(-15, y, 15, y, thickness, lip);
    }
  }

  private void beard() {
    if (has(FaceAttribute.MUSTACHE)) {
      rectangle(-15, 20, 15, 26, scaled(hair, 0.8));
    }
    if (has(FaceAttribute.GOATEE)) {
      ellipse(0, 51, 10, 9, scaled(hair, 0.8));
    }
  }

  private void earrings() {
    if (has(FaceAttribute.WEARING_EARRINGS)) {
      ellipse(-halfWidth - 4, 18, 5, 8, new int[] {255, 225, 70});
      ellipse(halfWidth + 4, 18, 5, 8, new int[] {255, 225, 70});
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

  private double x(double place) {
    return middleX + unit * place;
  }

  private double y(double place) {
    return middleY + unit * place;
  }

  private void ellipse(double x, double y, double radiusX, double radiusY, int[] colour) {
    double width = 2 * radiusX * unit;
    double height = 2 * radiusY * unit;
    fill(new Ellipse2D.Double(x(x - radiusX), y(y - radiusY), width, height), colour);
  }

  private void rectangle(double left, double top, double right, double bottom, int[] colour) {
    fill(
        new Rectangle2D.Double(x(left), y(top), (right - left) * unit, (bottom - top) * unit),
        colour);
  }

  private void polygon(int[] colour, double... corners) {
    Path2D path = new Path2D.Double();
    path.moveTo(x(corners[0]), y(corners[1]));
    for (int i = 2; i < corners.length; i += 2) {
      path.lineTo(x(corners[i]), y(corners[i + 1]));
    }
    path.closePath();
    fill(path, colour);
  }

  /**
   * Part of an ellipse's line; degrees run clockwise from the right: 0 to 180 is the lower half.
   */
  private void arc(
      double x,
      double y,
      double radiusX,
      double radiusY,
      double from,
      double to,
      double thickness,
      int[] colour) {
    Arc2D arc =
        new Arc2D.Double(
            x(x - radiusX),
            y(y - radiusY),
            2 * radiusX * unit,
            2 * radiusY * unit,
            -from,
            from - to,
            Arc2D.OPEN);
    stroke(arc, thickness, colour);
  }

  private void line(
      double fromX, double fromY, double toX, double toY, double thickness, int[] colour) {
    stroke(new Line2D.Double(x(fromX), y(fromY), x(toX), y(toY)), thickness, colour);
  }

  private void fill(Shape shape, int[] colour) {
    graphics.setColor(colour(colour));
    graphics.fill(shape);
  }

  private void stroke(Shape shape, double thickness, int[] colour) {
    graphics.setColor(colour(colour));
    graphics.setStroke(
        new BasicStroke(
            (float) (thickness * OVERSAMPLING), BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND));
    graphics.draw(shape);
  }

  private static Color colour(int[] rgb) {
    return new Color(clamped(rgb[0]), clamped(rgb[1]), clamped(rgb[2]));
  }

  private int[] jittered(int[] rgb, double spread) {
    int[] jittered = new int[3];
    for (int c = 0; c < 3; c++) {
      jittered[c] = clamped((int) (rgb[c] + spread * bell()));
    }
    return jittered;
  }

  private static int[] scaled(int[] rgb, double factor) {
    int[] scaled = new int[3];
    for (int c = 0; c < 3; c++) {
      scaled[c] = clamped((int) (rgb[c] * factor));
    }
    return scaled;
  }

  private static int clamped(int value) {
    return Math.max(0, Math.min(255, value));
  }

  private double uniform() {
    return draws.uniform(drawn++);
  }

  private double between(double least, double most) {
    return least + (most - least) * uniform();
  }

  private double bell() {
    return bell(draws.bits(drawn++));
  }

  /** A nearly normal number, sum of four uniform ones: exact arithmetic on every machine. */
  private static double bell(long bits) {
    long sum = (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
    return (sum / 65_536.0 - 2) * Math.sqrt(3); // the variance of a uniform number is 1/12
  }

  /** The drawing at its final size: means of squares of pixels, channel by channel. */
  private static float[] reduced(BufferedImage canvas) {
    float[] light = new float[3 * HEIGHT * WIDTH];
    int[] line = new int[OVERSAMPLING * WIDTH];
    for (int row = 0; row < OVERSAMPLING * HEIGHT; row++) {
      canvas.getRaster().getDataElements(0, row, line.length, 1, line);
      for (int column = 0; column < line.length; column++) {
        int at = row / OVERSAMPLING * WIDTH + column / OVERSAMPLING;
        for (int c = 0; c < 3; c++) {
          light[c * HEIGHT * WIDTH + at] +=
              (line[column] >> (16 - 8 * c) & 0xff) / (float) (OVERSAMPLING * OVERSAMPLING);
        }
      }
    }
    return light;
  }

  /** A Gaussian filter with a standard deviation of {@value #BLUR} pixels. */
  private static float[] blurred(float[] light) {
    int radius = (int) (3 * BLUR);
    float[] weights = new float[2 * radius + 1];
    float sum = 0;
    for (int i = -radius; i <= radius; i++) {
      weights[i + radius] = (float) StrictMath.exp(-i * i / (2 * BLUR * BLUR));
      sum += weights[i + radius];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    float[] across = new float[light.length];
    float[] result = new float[light.length];
    for (int row = 0; row < 3 * HEIGHT; row++) {
      filter(light, row * WIDTH, 1, WIDTH, weights, across);
    }
    for (int c = 0; c < 3; c++) {
      for (int column = 0; column < WIDTH; column++) {
        filter(across, c * HEIGHT * WIDTH + column, WIDTH, HEIGHT, weights, result);
      }
    }
    return result;
  }

  private static void filter(
      float[] from, int start, int step, int length, float[] weights, float[] to) {
    int radius = weights.length / 2;
    for (int i = 0; i < length; i++) {
      float sum = 0;
      for (int k = -radius; k <= radius; k++) {
        int neighbour = Math.max(0, Math.min(length - 1, i + k));
        sum += weights[k + radius] * from[start + neighbour * step];
      }
      to[start + i * step] = sum;
    }
  }

  /** Exposure and noise of a camera. */
  private static Image developed(float[] light, Draws noise) {
    double gain = 0.8 + 0.35 * noise.of("gain").uniform(0);
    byte[] samples = new byte[light.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) clamped((int) Math.rint(light[i] * gain + NOISE * bell(noise.bits(i))));
    }
    return new Image(3, HEIGHT, WIDTH, samples);
  }
}
