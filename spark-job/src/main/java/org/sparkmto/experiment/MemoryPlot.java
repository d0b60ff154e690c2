package org.sparkmto.experiment;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.ToLongFunction;
import org.sparkmto.report.Axis;
import org.sparkmto.training.ProcessMemory;

/** The picture of memory over steps: lines above 0, so that flat looks flat. */
final class MemoryPlot {
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
    this.verdict = verdict;
    this.settled = settled;
    this.samples = samples;
    this.live = List.copyOf(live);
    long most = samples.stream().mapToLong(s -> s.memory().resident()).max().orElseThrow();
    x = Axis.linear(0, samples.size(), 5);
    y = Axis.linear(0, 1.1 * NetworkMeasurement.mebibytes(most), 5);
  }

  BufferedImage draw() {
    return Canvas.painted(WIDTH, HEIGHT, this::draw);
  }

  private void draw(Graphics2D g) {
    g.setColor(INK);
    Canvas.font(g, Font.BOLD, 14);
    g.drawString(title, 16, 26);
    Canvas.font(g, Font.PLAIN, 12.5f);
    g.drawString(verdict, 16, 47);
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
    Canvas.font(g, Font.PLAIN, 12);
    g.setStroke(new BasicStroke(1));
    for (double tick : y.ticks()) {
      double at = down(tick);
      g.setColor(tick == 0 ? FAINT : GRID);
      g.draw(new Line2D.Double(0, at, ACROSS, at));
      g.setColor(FAINT);
      String label = y.label(tick);
      g.drawString(label, -8f - g.getFontMetrics().stringWidth(label), (float) at + 4);
    }
    for (double tick : x.ticks()) {
      Canvas.centred(g, x.label(tick), ACROSS * x.at(tick), DOWN + 18);
    }
    Canvas.centred(g, "step", ACROSS / 2.0, DOWN + 36);
    g.drawString("MiB", -8f - g.getFontMetrics().stringWidth("MiB"), -4);
    Canvas.font(g, Font.ITALIC, 11);
    g.drawString("settling", 5, 14);
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
    Canvas.font(g, Font.BOLD, 12);
    g.drawString(name, ACROSS + 8f, (float) at + 4);
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
    Canvas.font(g, Font.PLAIN, 12);
    g.drawString("after a collection", ACROSS + 8f, (float) at + 4);
  }
}
