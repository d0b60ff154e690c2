package org.sparkmto.drawing;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A picture to draw on. Colours are 0xRRGGBB. What lies outside is not drawn. For one thread at a
 * time.
 */
public final class Canvas {
  private final int width;
  private final int height;
  private final BufferedImage image;
  private final int[] pixels;

  /**
   * A canvas of one colour.
   *
   * @throws ArithmeticException if there are more pixels than an array can hold
   */
  public Canvas(int width, int height, int background) {
    Math.multiplyExact(width, height);
    this.width = width;
    this.height = height;
    image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    Arrays.fill(pixels, background & 0xffffff);
  }

  /** Columns. */
  public int width() {
    return width;
  }

  /** Rows. */
  public int height() {
    return height;
  }

  /** Sets a pixel. */
  public void set(int x, int y, int colour) {
    if (x >= 0 && x < width && y >= 0 && y < height) {
      pixels[y * width + x] = colour & 0xffffff;
    }
  }

  /** Fills a rectangle. */
  public void fill(int x, int y, int columns, int rows, int colour) {
    for (int dy = 0; dy < rows; dy++) {
      for (int dx = 0; dx < columns; dx++) {
        set(x + dx, y + dy, colour);
      }
    }
  }

  /** Writes a line of text with its upper left corner at a place. */
  public void text(int x, int y, String text, int colour, Lettering lettering) {
    lettering.dots(text, (column, row, size) -> fill(x + column, y + row, size, size, colour));
  }

  /**
   * Draws smooth lines and shapes.
   *
   * @param drawing gets a pen whose unit is {@code scale} pixels, which is put away afterwards; it
   *     writes with {@link Lettering#write}, not with fonts, which a server may not have
   */
  public void shapes(double scale, Consumer<Graphics2D> drawing) {
    Graphics2D pen = image.createGraphics();
    try {
      pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      pen.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      pen.scale(scale, scale);
      drawing.accept(pen);
    } finally {
      pen.dispose();
    }
  }

  /** The picture, to be written; later strokes are seen in it. */
  public BufferedImage image() {
    return image;
  }

  /** The samples: red row by row, then green, then blue. */
  public byte[] planes() {
    byte[] planes = new byte[Math.multiplyExact(3, pixels.length)];
    for (int place = 0; place < pixels.length; place++) {
      planes[place] = (byte) (pixels[place] >> 16);
      planes[pixels.length + place] = (byte) (pixels[place] >> 8);
      planes[2 * pixels.length + place] = (byte) pixels[place];
    }
    return planes;
  }
}
