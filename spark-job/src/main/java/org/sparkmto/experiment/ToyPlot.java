package org.sparkmto.experiment;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import org.sparkmto.drawing.Canvas;
import org.sparkmto.drawing.Lettering;
import org.sparkmto.drawing.Lettering.Anchor;

/** The picture of paths over the toy problem: contours of the mean loss and one panel a method. */
final class ToyPlot {
  private static final int SCALE = 2;
  private static final Lettering TEXT = new Lettering(1);
  private static final Lettering TITLE = new Lettering(2);
  private static final double EDGE = 11;
  private static final int SIDE = 380;
  private static final int LEFT = 62;
  private static final int ABOVE = 46;
  private static final int BELOW = 74;
  private static final int GAP = 14;
  private static final int HEAD = 64;
  private static final int FOOT = 58;
  private static final int MOST_COLUMNS = 3;

  private static final double LOWEST = -15.1;
  private static final double HIGHEST = 10;
  private static final double EVERY = 1.5;

  private static final Color INK = new Color(0x22272e);
  private static final Color FAINT = new Color(0x6b7480);
  private static final Color LINE = new Color(0x40, 0x50, 0x60, 60);
  private static final Color FRONT = new Color(0x1b7f4d);

  /** The ground, from the lowest mean loss to the highest: dark where it is good to be. */
  private static final int[] GROUND = {0xb9cfe4, 0xd3e1ee, 0xe8eff6, 0xf6f8fb, 0xfffefc};

  /** A path from its start to its end. */
  private static final int[] PATH = {0x2d1160, 0x721f81, 0xb73779, 0xf1605d, 0xfda33c};

  private final String title;
  private final List<ToyExperiment.Panel> panels;
  private final int columns;
  private final int rows;

  ToyPlot(String title, List<ToyExperiment.Panel> panels) {
    this.title = title;
    this.panels = panels;
    // Four look better as two by two than as three and one.
    columns = panels.size() == 4 ? 2 : Math.min(MOST_COLUMNS, panels.size());
    rows = (panels.size() + columns - 1) / columns;
  }

  BufferedImage draw() {
    int width = Math.max(2, columns) * (LEFT + SIDE + GAP) + GAP;
    int height = HEAD + rows * (ABOVE + SIDE + BELOW) + FOOT;
    Canvas canvas = new Canvas(SCALE * width, SCALE * height, 0xffffff);
    canvas.shapes(SCALE, g -> draw(g, width, height));
    return canvas.image();
  }

  private void draw(Graphics2D g, int width, int height) {
    g.setColor(INK);
    TITLE.write(g, TITLE.cut(title, width - 2 * LEFT), LEFT, 40, Anchor.START);
    BufferedImage ground = ground();
    Path2D contours = contours();
    int indent = (width - columns * (LEFT + SIDE + GAP) - GAP) / 2;
    for (int i = 0; i < panels.size(); i++) {
      int x = indent + (i % columns) * (LEFT + SIDE + GAP) + LEFT;
      int y = HEAD + (i / columns) * (ABOVE + SIDE + BELOW) + ABOVE;
      Graphics2D panel = (Graphics2D) g.create();
      panel.translate(x, y);
      draw(panel, panels.get(i), ground, contours);
      panel.dispose();
    }
    legend(g, width, height - FOOT + 14);
  }

  private static double px(double x1) {
    return (x1 + EDGE) / (2 * EDGE) * SIDE;
  }

  private static double py(double x2) {
    return (EDGE - x2) / (2 * EDGE) * SIDE;
  }

  private static double mean(double x, double y) {
    return ToyProblem.at(new ToyPoint(x / SIDE * 2 * EDGE - EDGE, EDGE - y / SIDE * 2 * EDGE))
        .mean();
  }

  private static Color mixed(int[] colours, double share) {
    double at = Math.max(0, Math.min(1, share)) * (colours.length - 1);
    int below = Math.min(colours.length - 2, (int) at);
    double part = at - below;
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int from = colours[below] >> shift & 0xff;
      int to = colours[below + 1] >> shift & 0xff;
      rgb |= (int) Math.round(from + part * (to - from)) << shift;
    }
    return new Color(rgb);
  }

  private static BufferedImage ground() {
    int pixels = SIDE * SCALE;
    BufferedImage image = new BufferedImage(pixels, pixels, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < pixels; y++) {
      for (int x = 0; x < pixels; x++) {
        double value = mean((x + 0.5) / SCALE, (y + 0.5) / SCALE);
        double band = Math.floor((value - LOWEST) / EVERY) * EVERY;
        image.setRGB(x, y, mixed(GROUND, band / (HIGHEST - LOWEST)).getRGB());
      }
    }
    return image;
  }

  /** Lines of equal mean loss by marching squares; a saddle is cut in an arbitrary way. */
  private static Path2D contours() {
    Path2D lines = new Path2D.Double();
    double[][] corner = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
    for (double level = LOWEST + EVERY; level < HIGHEST; level += EVERY) {
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          int crossings = 0;
          for (int edge = 0; edge < 4; edge++) {
            double[] a = corner[edge];
            double[] b = corner[(edge + 1) % 4];
            double at = mean(x + a[0], y + a[1]) - level;
            double other = mean(x + b[0], y + b[1]) - level;
            if (at < 0 != other < 0) {
              double t = at / (at - other);
              double px = x + a[0] + t * (b[0] - a[0]);
              double py = y + a[1] + t * (b[1] - a[1]);
              if (crossings++ % 2 == 0) {
                lines.moveTo(px, py);
              } else {
                lines.lineTo(px, py);
              }
            }
          }
        }
      }
    }
    return lines;
  }

  private static void draw(
      Graphics2D g, ToyExperiment.Panel panel, BufferedImage ground, Path2D contours) {
    g.setColor(INK);
    TITLE.write(g, TITLE.cut(panel.method().toString(), SIDE), 0, -12, Anchor.START);

    Shape clip = g.getClip();
    g.clip(new Rectangle2D.Double(0, 0, SIDE, SIDE));
    g.drawImage(ground, 0, 0, SIDE, SIDE, null);
    g.setColor(LINE);
    g.setStroke(new BasicStroke(0.6f));
    g.draw(contours);
    g.setColor(FRONT);
    g.setStroke(new BasicStroke(4.5f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    double front = py(ToyProblem.FRONT);
    g.draw(new Line2D.Double(px(-7), front, px(7), front));
    panel.paths().forEach(path -> trace(g, path));
    star(g, px(0), front);
    panel.paths().forEach(path -> ends(g, path));
    g.setClip(clip);
    axes(g);
    g.setColor(INK);
    StringBuilder arrivals = new StringBuilder();
    for (ToyPath path : panel.paths()) {
      arrivals.append(arrivals.isEmpty() ? "below -15 at step " : ", ");
      if (path.arrival().isPresent()) {
        arrivals.append(String.format(java.util.Locale.ROOT, "%,d", path.arrival().getAsInt()));
      } else {
        arrivals.append("-");
      }
    }
    TEXT.write(g, TEXT.cut(arrivals.toString(), SIDE), SIDE / 2.0, SIDE + 56, Anchor.MIDDLE);
  }

  /** The path in pieces of one colour each, never finer than a quarter of a pixel. */
  private static void trace(Graphics2D g, ToyPath path) {
    g.setStroke(new BasicStroke(2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    ToyPoint from = path.at(0);
    for (int i = 1; i < path.size(); i++) {
      ToyPoint to = path.at(i);
      if (!to.isFinite()) {
        return;
      }
      double x = px(from.x1());
      double y = py(from.x2());
      if (Math.hypot(px(to.x1()) - x, py(to.x2()) - y) < 0.25 && i < path.size() - 1) {
        continue;
      }
      g.setColor(mixed(PATH, (double) i / (path.size() - 1)));
      g.draw(new Line2D.Double(x, y, px(to.x1()), py(to.x2())));
      from = to;
    }
  }

  private static void ends(Graphics2D g, ToyPath path) {
    ToyPoint start = path.at(0);
    dot(g, start, 5.5, Color.WHITE, mixed(PATH, 0));
    if (path.end().isFinite()) {
      dot(g, path.end(), 4, mixed(PATH, 1), INK);
    }
  }

  private static void dot(Graphics2D g, ToyPoint at, double radius, Color fill, Color edge) {
    Shape circle =
        new Ellipse2D.Double(px(at.x1()) - radius, py(at.x2()) - radius, 2 * radius, 2 * radius);
    g.setColor(fill);
    g.fill(circle);
    g.setColor(edge);
    g.setStroke(new BasicStroke(1.8f));
    g.draw(circle);
  }

  private static void star(Graphics2D g, double x, double y) {
    Path2D star = new Path2D.Double();
    for (int i = 0; i < 10; i++) {
      double radius = i % 2 == 0 ? 8.5 : 3.6;
      double angle = Math.PI * i / 5 - Math.PI / 2;
      double tipX = x + radius * Math.cos(angle);
      double tipY = y + radius * Math.sin(angle);
      if (i == 0) {
        star.moveTo(tipX, tipY);
      } else {
        star.lineTo(tipX, tipY);
      }
    }
    star.closePath();
    g.setColor(new Color(0xffe14d));
    g.fill(star);
    g.setColor(INK);
    g.setStroke(new BasicStroke(1.1f));
    g.draw(star);
  }

  private static void axes(Graphics2D g) {
    g.setColor(FAINT);
    g.setStroke(new BasicStroke(1));
    g.draw(new Rectangle2D.Double(0, 0, SIDE, SIDE));
    for (int tick = -10; tick <= 10; tick += 5) {
      String label = Integer.toString(tick);
      double x = px(tick);
      double y = py(tick);
      g.draw(new Line2D.Double(x, SIDE, x, SIDE + 5));
      g.draw(new Line2D.Double(-5, y, 0, y));
      TEXT.write(g, label, x, SIDE + 18, Anchor.MIDDLE);
      TEXT.write(g, label, -9, y + 4, Anchor.END);
    }
    g.setColor(INK);
    TEXT.write(g, "x1", SIDE / 2.0, SIDE + 36, Anchor.MIDDLE);
    TEXT.write(g, "x2", -46, SIDE / 2.0 + 4, Anchor.START);
  }

  private void legend(Graphics2D g, int width, int top) {
    double x = LEFT;
    int middle = top + 12;
    dotAt(g, x + 6, middle, Color.WHITE, mixed(PATH, 0));
    g.setColor(INK);
    x = text(g, "start", x + 17, middle);
    for (int i = 0; i < 90; i++) {
      g.setColor(mixed(PATH, i / 89.0));
      g.fill(new Rectangle2D.Double(x + i, middle - 3, 1.2, 6));
    }
    x += 98;
    dotAt(g, x + 4, middle, mixed(PATH, 1), INK);
    g.setColor(INK);
    x = text(g, "end", x + 14, middle) + 12;
    g.setColor(FRONT);
    g.setStroke(new BasicStroke(4.5f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(new Line2D.Double(x, middle, x + 26, middle));
    g.setColor(INK);
    x = text(g, "Pareto front", x + 35, middle) + 12;
    star(g, x + 6, middle);
    g.setColor(INK);
    x = text(g, "least mean loss", x + 19, middle) + 12;
    g.setColor(FAINT);
    String ground = "ground: (L1 + L2) / 2, a line every 1.5";
    if (x + TEXT.width(ground) < width) {
      text(g, ground, x, middle);
    } else {
      text(g, ground, LEFT, middle + 20);
    }
  }

  private static void dotAt(Graphics2D g, double x, double y, Color fill, Color edge) {
    Shape circle = new Ellipse2D.Double(x - 5, y - 5, 10, 10);
    g.setColor(fill);
    g.fill(circle);
    g.setColor(edge);
    g.setStroke(new BasicStroke(1.8f));
    g.draw(circle);
  }

  /** Writes a text and answers where the next thing may begin. */
  private static double text(Graphics2D g, String text, double x, double middle) {
    TEXT.write(g, text, x, middle + 4, Anchor.START);
    return x + TEXT.width(text) + 10;
  }
}
