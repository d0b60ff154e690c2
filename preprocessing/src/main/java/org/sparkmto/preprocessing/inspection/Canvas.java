package org.sparkmto.preprocessing.inspection;

import java.util.Arrays;
import org.sparkmto.preprocessing.image.Image;

/** A picture to draw on. Colours are 0xRRGGBB. What lies outside is not drawn. */
final class Canvas {
  private final int width;
  private final int height;
  private final byte[] samples;

  Canvas(int width, int height, int background) {
    this.width = width;
    this.height = height;
    this.samples = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    for (int c = 0; c < 3; c++) {
      Arrays.fill(
          samples,
          c * width * height,
          (c + 1) * width * height,
          (byte) (background >> (16 - 8 * c)));
    }
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  void set(int x, int y, int colour) {
    if (x >= 0 && x < width && y >= 0 && y < height) {
      for (int c = 0; c < 3; c++) {
        samples[(c * height + y) * width + x] = (byte) (colour >> (16 - 8 * c));
      }
    }
  }

  void fill(int x, int y, int columns, int rows, int colour) {
    for (int dy = 0; dy < rows; dy++) {
      for (int dx = 0; dx < columns; dx++) {
        set(x + dx, y + dy, colour);
      }
    }
  }

  /** Draws a picture whose pixels become squares of a whole number of pixels. */
  void draw(int x, int y, Picture picture, int factor) {
    for (int row = 0; row < picture.height() * factor; row++) {
      for (int column = 0; column < picture.width() * factor; column++) {
        int pixelRow = row / factor;
        int pixelColumn = column / factor;
        int colour = picture.colour(pixelRow, pixelColumn);
        set(x + column, y + row, colour == Picture.NOTHING ? hatch(row, column) : colour);
      }
    }
  }

  /** Where there is no value: dark, with lines, so that nobody takes it for a small value. */
  static int hatch(int row, int column) {
    return (row + column) % 8 < 2 ? 0x5a5a5a : 0x1e1e1e;
  }

  /** Draws a line of text with its upper left corner at a place. */
  void text(int x, int y, String text, int colour, Lettering lettering) {
    int at = x;
    for (int character : text.codePoints().toArray()) {
      for (int row = 0; row < BitmapFont.HEIGHT; row++) {
        for (int column = 0; column < BitmapFont.WIDTH; column++) {
          if (BitmapFont.isSet(character, row, column)) {
            int size = lettering.size();
            fill(at + column * size, y + row * size, size, size, colour);
          }
        }
      }
      at += lettering.advance();
    }
  }

  /** The picture so far; the canvas is not to be used any more. */
  Image image() {
    return new Image(3, height, width, samples);
  }
}
