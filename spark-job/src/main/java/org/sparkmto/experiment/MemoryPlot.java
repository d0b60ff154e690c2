package org.sparkmto.experiment;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.ToLongFunction;
import org.sparkmto.drawing.Canvas;
import org.sparkmto.drawing.Lettering;
import org.sparkmto.drawing.Lettering.Anchor;
import org.sparkmto.report.Axis;
import org.sparkmto.trial.ProcessMemory;

/** The picture of memory over steps: lines above 0, so that flat looks flat. */
final class MemoryPlot {
  private static final int SCALE = 2;
  private static final Lettering TEXT = new Lettering(1);
  private static final Lettering TITLE = new Lettering(2);
  private static final int WIDTH = 892;
  private static final int HEIGHT = 340;
  private static final int LEFT = 66;
  private static final int RIGHT = 184;
  private static final int TOP = 74;
  private static final int BOTTOM = 46;
  private static final int ACROSS = WIDTH - LEFT - RIGHT;
  private static final int DOWN = HEIGHT - TOP - BOTTOM;

  private static final Color INK = new Color(0x22272e);
  private static final Color FAINT = new Color(0x6b7480);
  private static final Color GRID = new Color(0xe3e7ec);
  private static final Color SETTLING = new Color(0xf3f5f8);
  private static final Color RESIDENT = new Color(0x1f5fa8);
  private static final Color HEAP = new Color(0xc8641b);

  private final String title;
  private final String verdict;
  private final int settled;
  private final List<NetworkBenchmark.Sample> samples;
  private final List<Long> live;
  private final Axis x;
  private final Axis y;

  /**
   * A picture.
   *
   * @param settled steps that are left out of the verdict
   * @param samples one for each step
   * @param live bytes in the Java heap after a collection: at the start, after {@code settled}
   *     steps and at the end
   */
  MemoryPlot(
      String title,
      String verdict,
      int settled,
      List<NetworkBenchmark.Sample> samples,
      List<Long> live) {
    this.title = title;
    this.verdict = verdict.replace("\u00b1", "+-"); // letters are those of ASCII
    this.settled = settled;
    this.samples = samples;
    this.live = List.copyOf(live);
    long most = samples.stream().mapToLong(s -> s.memory().resident()).max().orElseThrow();
    x = Axis.linear(0, samples.size(), 5);
    y = Axis.linear(0, 1.1 * NetworkMeasurement.mebibytes(most), 5);
  }

  BufferedImage draw() {
    Canvas canvas = new Canvas(SCALE * WIDTH, SCALE * HEIGHT, 0xffffff);
    canvas.shapes(SCALE, this::draw);
    return canvas.image();
  }

  private void draw(Graphics2D g) {
    g.setColor(INK);
    Lettering ofTitle = TITLE.width(title) <= WIDTH - 32 ? TITLE : TEXT;
    ofTitle.write(g, ofTitle.cut(title, WIDTH - 32), 16, 26, Anchor.START);
    TEXT.write(g, TEXT.cut(verdict, WIDTH - 32), 16, 47, Anchor.START);
    g.translate(LEFT, TOP);
    g.setColor(SETTLING);
    g.fill(new Rectangle2D.Double(0, 0, ACROSS * x.at(settled), DOWN));
    axes(g);
    line(g, RESIDENT, "resident, whole process", ProcessMemory::resident);
    line(g, HEAP, "Java heap in use", ProcessMemory::heapUsed);
    live(g);
  }

  private double down(double mebibytes) {
    return DOWN * (1 - y.at(mebibytes));
  }

  private void axes(Graphics2D g) {
    g.setStroke(new BasicStroke(1));
    for (double tick : y.ticks()) {
      double at = down(tick);
      g.setColor(tick == 0 ? FAINT : GRID);
      g.draw(new Line2D.Double(0, at, ACROSS, at));
      g.setColor(FAINT);
      TEXT.write(g, y.label(tick), -8, at + 4, Anchor.END);
    }
    for (double tick : x.ticks()) {
      TEXT.write(g, x.label(tick), ACROSS * x.at(tick), DOWN + 18, Anchor.MIDDLE);
    }
    TEXT.write(g, "step", ACROSS / 2.0, DOWN + 36, Anchor.MIDDLE);
    TEXT.write(g, "MiB", -8, -10, Anchor.END);
    TEXT.write(g, "settling", 5, 14, Anchor.START);
  }

  private void line(
      Graphics2D g, Color colour, String name, ToLongFunction<ProcessMemory> quantity) {
    Path2D path = new Path2D.Double();
    double at = 0;
    for (int step = 0; step < samples.size(); step++) {
      at = down(NetworkMeasurement.mebibytes(quantity.applyAsLong(samples.get(step).memory())));
      double across = ACROSS * x.at(step + 1);
      if (step == 0) {
        path.moveTo(across, at);
      } else {
        path.lineTo(across, at);
      }
    }
    g.setColor(colour);
    g.setStroke(new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(path);
    TEXT.write(g, name, ACROSS + 8, at + 4, Anchor.START);
  }

  /** What is left of the heap after a collection: three dots. */
  private void live(Graphics2D g) {
    List<Integer> steps = List.of(0, settled, samples.size());
    g.setColor(HEAP);
    double at = 0;
    for (int i = 0; i < steps.size(); i++) {
      at = down(NetworkMeasurement.mebibytes(live.get(i)));
      g.fill(new Ellipse2D.Double(ACROSS * x.at(steps.get(i)) - 4, at - 4, 8, 8));
    }
    TEXT.write(g, "after a collection", ACROSS + 8, at + 4, Anchor.START);
  }
}
