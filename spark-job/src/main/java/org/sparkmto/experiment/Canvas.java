package org.sparkmto.experiment;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.function.Consumer;

/** A white picture to draw on, with two pixels for each unit of length. */
final class Canvas {
  static final int SCALE = 2;

  private Canvas() {}

  /** What {@code drawing} leaves on a white ground. */
  static BufferedImage painted(int width, int height, Consumer<Graphics2D> drawing) {
    BufferedImage image =
        new BufferedImage(SCALE * width, SCALE * height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    try {
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
      g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      g.scale(SCALE, SCALE);
      requireFonts(g);
      g.setColor(Color.WHITE);
      g.fillRect(0, 0, width, height);
      drawing.accept(g);
    } finally {
      g.dispose();
    }
    return image;
  }

  /** A slim container may hold a Java without a single font, which fails in many ways. */
  private static void requireFonts(Graphics2D g) {
    try {
      font(g, Font.PLAIN, 12);
      g.getFontMetrics().stringWidth("x");
    } catch (RuntimeException | LinkageError | InternalError e) {
      throw new IllegalStateException(
          "this Java finds no font to draw with; install one, such as the packages fontconfig and"
              + " fonts-dejavu-core",
          e);
    }
  }

  static void font(Graphics2D g, int style, float size) {
    g.setFont(new Font(Font.SANS_SERIF, style, 1).deriveFont(size));
  }

  static void centred(Graphics2D g, String text, double x, double y) {
    g.drawString(text, (float) (x - g.getFontMetrics().stringWidth(text) / 2.0), (float) y);
  }
}
