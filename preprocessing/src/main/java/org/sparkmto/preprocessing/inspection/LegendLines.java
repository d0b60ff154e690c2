package org.sparkmto.preprocessing.inspection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.drawing.Canvas;

/** What the colours of a picture mean, in lines below it. */
final class LegendLines {
  private static final int GAP = SampleBlock.GAP;

  private final List<Placed> placed;

  private LegendLines(List<Placed> placed) {
    this.placed = placed;
  }

  int height() {
    return placed.isEmpty() ? 0 : placed.get(placed.size() - 1).y() + SampleBlock.TEXT.line() + GAP;
  }

  void draw(Canvas canvas, int top) {
    placed.forEach(one -> draw(canvas, one, top));
  }

  /** An entry of the legend at its place. */
  private record Placed(int x, int y, Legend.Entry entry) {}

  /** Places legends; those with the same entries share a line. */
  static LegendLines of(List<Legend> legends, int width) {
    Map<List<Legend.Entry>, String> titles = new LinkedHashMap<>();
    for (Legend legend : legends) {
      titles.merge(legend.entries(), legend.title(), (one, other) -> one + ", " + other);
    }
    List<Placed> placed = new ArrayList<>();
    int y = 0;
    for (Map.Entry<List<Legend.Entry>, String> line : titles.entrySet()) {
      List<Legend.Entry> entries = new ArrayList<>();
      entries.add(new Legend.Entry(Legend.TEXT, line.getValue() + ":"));
      entries.addAll(line.getKey());
      int x = GAP;
      for (Legend.Entry entry : entries) {
        int entryWidth = legendWidth(entry);
        if (x > GAP && x + entryWidth > width) {
          x = 4 * GAP;
          y += SampleBlock.TEXT.line();
        }
        placed.add(new Placed(x, y, entry));
        x += entryWidth;
      }
      y += SampleBlock.TEXT.line() + GAP / 2;
    }
    return new LegendLines(placed);
  }

  private static int legendWidth(Legend.Entry entry) {
    int swatch = entry.colour() == Legend.TEXT ? GAP / 2 : 2 * GAP;
    return entry.label().isEmpty()
        ? swatch
        : swatch + SampleBlock.TEXT.width(entry.label()) + 2 * GAP;
  }

  private static void draw(Canvas canvas, Placed placed, int top) {
    int y = top + placed.y();
    int x = placed.x();
    Legend.Entry entry = placed.entry();
    if (entry.colour() != Legend.TEXT) {
      int size = 2 * GAP;
      boolean alone = !entry.label().isEmpty();
      for (int row = 0; row < size; row++) {
        for (int column = 0; column < size; column++) {
          boolean edge = row == 0 || row == size - 1 || column == 0 || column == size - 1;
          int colour =
              alone && edge
                  ? SampleBlock.FRAME
                  : entry.colour() == Legend.HATCH ? Picture.hatch(row, column) : entry.colour();
          canvas.set(x + column, y - 1 + row, colour);
        }
      }
      x += size;
    }
    canvas.text(x + GAP / 2, y, entry.label(), SampleBlock.INK, SampleBlock.TEXT);
  }
}
