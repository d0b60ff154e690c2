package org.sparkmto.experiment;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.sparkmto.drawing.Canvas;
import org.sparkmto.drawing.Lettering;
import org.sparkmto.drawing.Lettering.Anchor;
import org.sparkmto.report.Axis;

/** Several quantities over the same time, one strip each, from zero on, so that flat looks flat. */
final class SoakPlot {
  private static final int SCALE = 2;
  private static final Lettering TEXT = new Lettering(1);
  private static final int WIDTH = 892;
  private static final int STRIP = 96;
  private static final int LEFT = 66;
  private static final int RIGHT = 16;
  private static final int BOTTOM = 40;
  private static final int ACROSS = WIDTH - LEFT - RIGHT;
  private static final int DOWN = STRIP - 34;

  private static final Color FAINT = new Color(0x6b7480);
  private static final Color GRID = new Color(0xe3e7ec);
  private static final Color INK = new Color(0x1f5fa8);

  private final Map<String, List<Double>> lines;
  private final Axis time;

  /**
   * A picture.
   *
   * @param lines by name, at equal distances in time
   * @param seconds of the last values
   */
  SoakPlot(Map<String, List<Double>> lines, double seconds) {
    this.lines = lines;
    this.time = Axis.linear(0, seconds, 6);
  }

  BufferedImage draw() {
    Canvas canvas = new Canvas(SCALE * WIDTH, SCALE * (lines.size() * STRIP + BOTTOM), 0xffffff);
    canvas.shapes(SCALE, this::draw);
    return canvas.image();
  }

  private void draw(Graphics2D g) {
    g.translate(LEFT, 28);
    lines.forEach(
        (name, values) -> {
          strip(g, name, values);
          g.translate(0, STRIP);
        });
    g.translate(0, DOWN - STRIP);
    g.setColor(FAINT);
    for (double tick : time.ticks()) {
      TEXT.write(g, time.label(tick), ACROSS * time.at(tick), 18, Anchor.MIDDLE);
    }
    TEXT.write(g, "seconds", ACROSS / 2.0, 34, Anchor.MIDDLE);
  }

  private static void strip(Graphics2D g, String name, List<Double> values) {
    Axis y = Axis.linear(0, Math.max(1, 1.1 * Collections.max(values)), 3);
    g.setStroke(new BasicStroke(1));
    for (double tick : y.ticks()) {
      double at = DOWN * (1 - y.at(tick));
      g.setColor(tick == 0 ? FAINT : GRID);
      g.draw(new Line2D.Double(0, at, ACROSS, at));
      g.setColor(FAINT);
      TEXT.write(g, y.label(tick), -8, at + 4, Anchor.END);
    }
    TEXT.write(g, name, 0, -8, Anchor.START);
    Path2D path = new Path2D.Double();
    for (int i = 0; i < values.size(); i++) {
      double across = ACROSS * (i + 1.0) / values.size();
      double at = DOWN * (1 - y.at(values.get(i)));
      if (i == 0) {
        path.moveTo(across, at);
      } else {
        path.lineTo(across, at);
      }
    }
    g.setColor(INK);
    g.setStroke(new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(path);
  }
}
