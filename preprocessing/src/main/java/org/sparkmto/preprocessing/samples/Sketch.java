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

/**
 * Coloured shapes around a middle point, without text or fonts, filled by the JDK's own
 * antialiasing at twice the size. Places are in units from the middle, x to the right and y down;
 * the thickness of lines is in pixels. Colours are red, green and blue, 0 to 255.
 */
final class Sketch implements AutoCloseable {
  /** How many pixels of the drawing, across and down, make one of the image. */
  static final int OVERSAMPLING = 2;

  private final BufferedImage canvas;
  private final Graphics2D graphics;
  private final double middleX;
  private final double middleY;
  private final double unit;

  /**
   * An empty sketch.
   *
   * @param width of the image, in pixels
   * @param height of the image, in pixels
   * @param middleX column of the middle, in pixels
   * @param middleY row of the middle, in pixels
   * @param unit size of a unit, in pixels
   */
  Sketch(int width, int height, double middleX, double middleY, double unit) {
    canvas =
        new BufferedImage(OVERSAMPLING * width, OVERSAMPLING * height, BufferedImage.TYPE_INT_RGB);
    graphics = canvas.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    this.middleX = OVERSAMPLING * middleX;
    this.middleY = OVERSAMPLING * middleY;
    this.unit = OVERSAMPLING * unit;
  }

  /** The drawing, {@link #OVERSAMPLING} times as wide and high as the image. */
  BufferedImage drawing() {
    return canvas;
  }

  /** Fills everything. */
  void background(int[] colour) {
    graphics.setColor(colour(colour));
    graphics.fillRect(0, 0, canvas.getWidth(), canvas.getHeight());
  }

  /** The upper half of an ellipse in a box. */
  void cap(double left, double top, double width, double height, int[] colour) {
    fill(
        new Arc2D.Double(x(left), y(top), width * unit, height * unit, 0, 180, Arc2D.CHORD),
        colour);
  }

  private double x(double place) {
    return middleX + unit * place;
  }

  private double y(double place) {
    return middleY + unit * place;
  }

  void ellipse(double x, double y, double radiusX, double radiusY, int[] colour) {
    double width = 2 * radiusX * unit;
    double height = 2 * radiusY * unit;
    fill(new Ellipse2D.Double(x(x - radiusX), y(y - radiusY), width, height), colour);
  }

  void rectangle(double left, double top, double right, double bottom, int[] colour) {
    fill(
        new Rectangle2D.Double(x(left), y(top), (right - left) * unit, (bottom - top) * unit),
        colour);
  }

  void polygon(int[] colour, double... corners) {
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
  void arc(
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

  void line(double fromX, double fromY, double toX, double toY, double thickness, int[] colour) {
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
    return new Color(rgb[0], rgb[1], rgb[2]);
  }

  @Override
  public void close() {
    graphics.dispose();
  }
}
