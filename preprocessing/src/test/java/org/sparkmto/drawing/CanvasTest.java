package org.sparkmto.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sparkmto.drawing.Lettering.Anchor;

class CanvasTest {
  @Test
  void lettersDiffer() {
    Set<String> seen = new HashSet<>();
    for (char letter = ' '; letter <= '~'; letter++) {
      StringBuilder pixels = new StringBuilder();
      for (int row = 0; row < BitmapFont.HEIGHT; row++) {
        for (int column = 0; column < BitmapFont.WIDTH; column++) {
          pixels.append(BitmapFont.isSet(letter, row, column) ? '#' : '.');
        }
      }
      assertThat(seen.add(pixels.toString())).as("letter %s", letter).isTrue();
    }
    assertThat(BitmapFont.isSet('\u00df', 0, 0)).isTrue(); // a box
  }

  /** Pixels of a colour, as columns and rows of the box around them and their number. */
  private static String box(Canvas canvas, int colour) {
    int left = canvas.width();
    int right = -1;
    int top = canvas.height();
    int bottom = -1;
    int count = 0;
    for (int y = 0; y < canvas.height(); y++) {
      for (int x = 0; x < canvas.width(); x++) {
        if ((canvas.image().getRGB(x, y) & 0xffffff) == colour) {
          left = Math.min(left, x);
          right = Math.max(right, x);
          top = Math.min(top, y);
          bottom = Math.max(bottom, y);
          count++;
        }
      }
    }
    return "%d..%d %d..%d %d".formatted(left, right, top, bottom, count);
  }

  /** First and last column that is not black. */
  private static String inked(Canvas canvas) {
    int left = canvas.width();
    int right = -1;
    for (int x = 0; x < canvas.width(); x++) {
      for (int y = 0; y < canvas.height(); y++) {
        if ((canvas.image().getRGB(x, y) & 0xffffff) != 0) {
          left = Math.min(left, x);
          right = x;
        }
      }
    }
    return left + ".." + right;
  }

  @Test
  void aPenWritesTheSharpLettersThatPixelsAreMadeOf() {
    Canvas pixels = new Canvas(80, 40, 0xffffff);
    pixels.text(4, 6, "Ag", 0x123456, new Lettering(2));
    Canvas pen = new Canvas(80, 40, 0xffffff);
    pen.shapes(
        2,
        g -> {
          g.setColor(new Color(0x123456));
          new Lettering(1).write(g, "Ag", 2, 10, Anchor.START);
        });
    assertThat(pen.planes()).isEqualTo(pixels.planes());
    // Two letters of 5 dots, and the tail of the g below the line.
    assertThat(box(pen, 0x123456)).startsWith("4..25 6..23 ");
  }

  @Test
  void aTextIsPlacedByItsStartMiddleOrEnd() {
    for (Anchor anchor : Anchor.values()) {
      Canvas canvas = new Canvas(60, 20, 0);
      canvas.shapes(
          1,
          g -> {
            g.setColor(Color.WHITE);
            new Lettering(1).write(g, "HHH", 30, 15, anchor);
          });
      // Three letters of 5 and two gaps of 1 are 17 wide: their middle is the ninth pixel.
      String columns =
          switch (anchor) {
            case START -> "30..46";
            case MIDDLE -> "21..38";
            case END -> "13..29";
          };
      assertThat(inked(canvas)).isEqualTo(columns);
    }
  }

  @Test
  void whatLiesOutsideIsNotDrawn() {
    Canvas canvas = new Canvas(4, 3, 0x010203);
    canvas.fill(-2, -2, 3, 3, 0xff0000);
    canvas.set(4, 0, 0xff0000);
    canvas.shapes(
        1,
        g -> {
          g.setColor(new Color(0x00ff00));
          g.fill(new Rectangle2D.Double(3, 2, 10, 10));
        });
    assertThat(box(canvas, 0xff0000)).isEqualTo("0..0 0..0 1");
    assertThat(box(canvas, 0x00ff00)).isEqualTo("3..3 2..2 1");
    assertThat(canvas.planes()).hasSize(3 * 4 * 3);
    assertThat(canvas.planes()[1]).isEqualTo((byte) 1);
    assertThat(canvas.planes()[12 + 1]).isEqualTo((byte) 2);
  }
}
