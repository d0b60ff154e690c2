package org.sparkmto.preprocessing.inspection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Png;

/**
 * A picture of samples for people: for each sample its inputs, beside them every target. Maps of
 * classes in fixed colours, depth and other amounts from dark to bright with their extremes,
 * normals and ways by direction, targets of whole samples in words. Pixels without a value are dark
 * with lines, void pixels of classes black. A legend says what colours mean.
 *
 * <p>The same samples give the same picture, byte for byte, on every machine: no fonts of the
 * system are used.
 */
public final class ContactSheet {
  /** Most samples of a sheet. */
  public static final int MOST_SAMPLES = 500;

  private static final Lettering TEXT = new Lettering(2);
  private static final int GAP = 8;
  private static final int USUAL_WIDTH = 1600;
  private static final int USUAL_PICTURE = 256;
  private static final int TEXT_LETTERS = 26;
  private static final int NAME_LETTERS = 16;
  private static final long MOST_PIXELS = 40_000_000;
  private static final int PAPER = 0xffffff;
  private static final int INK = 0x202020;
  private static final int PALE_INK = 0x606060;
  private static final int FRAME = 0xb0b0b0;

  private final DatasetManifest manifest;
  private final int scale;
  private final Map<Task, TaskPainter> painters = new LinkedHashMap<>();

  private ContactSheet(DatasetManifest manifest, int scale) {
    this.manifest = manifest;
    this.scale = scale;
    for (Task task : manifest.tasks()) {
      Column target = manifest.column(task.target());
      if (TaskPainter.paints(task, target)) {
        painters.put(task, new TaskPainter(task, target));
      }
    }
  }

  /**
   * Draws samples.
   *
   * @param scale by which inputs are enlarged; 0 for what makes small ones {@value #USUAL_PICTURE}
   *     pixels large. Targets get the size of the first input, as far as whole factors allow
   * @return a PNG file
   * @throws PreprocessingException if a sample is not there, or the sheet would be too large
   * @throws org.sparkmto.data.DataContractException if there is no such split, or a shard is
   *     damaged
   */
  public static byte[] png(
      DatasetDirectory dataset, Selection selection, int scale, Configuration hadoop) {
    List<SampleRow> rows = new SampleRows(dataset, hadoop).read(selection);
    return Png.encode(new ContactSheet(dataset.manifest(), scale).image(rows));
  }

  /** Draws rows. */
  static Image image(DatasetManifest manifest, List<SampleRow> rows, int scale) {
    return new ContactSheet(manifest, scale).image(rows);
  }

  private Image image(List<SampleRow> rows) {
    long splits = rows.stream().map(SampleRow::split).distinct().count();
    List<Block> blocks = new ArrayList<>();
    for (SampleRow row : rows) {
      blocks.add(block(row, splits > 1));
    }
    int blockWidth = blocks.stream().mapToInt(Block::width).max().orElse(USUAL_PICTURE);
    int across = Math.max(1, Math.min(blocks.size(), (USUAL_WIDTH - GAP) / (blockWidth + 2 * GAP)));
    String title =
        manifest.dataset()
            + rows.stream()
                .map(SampleRow::split)
                .distinct()
                .collect(Collectors.joining(", ", ": ", ""));
    int width = Math.max(across * (blockWidth + 2 * GAP), TEXT.width(title) + 2 * GAP);
    List<Placed> legend = legend(width);
    int legendHeight = legend.isEmpty() ? 0 : legend.get(legend.size() - 1).y() + TEXT.line() + GAP;

    int top = 2 * GAP + TEXT.line();
    List<Integer> tops = new ArrayList<>();
    long height = top;
    for (int i = 0; i < blocks.size(); i += across) {
      tops.add((int) Math.min(height, Integer.MAX_VALUE));
      height +=
          blocks.subList(i, Math.min(blocks.size(), i + across)).stream()
                  .mapToInt(Block::height)
                  .max()
                  .orElse(0)
              + 2 * GAP;
    }
    int legendTop = (int) Math.min(height, Integer.MAX_VALUE);
    height += legendHeight;
    if (width * height > MOST_PIXELS) {
      throw PreprocessingException.wrongUsage(
          "the sheet would have "
              + width
              + "x"
              + height
              + " pixels; show fewer samples or enlarge them less");
    }
    Canvas canvas = new Canvas(width, (int) height, PAPER);
    canvas.text(GAP, GAP, title, INK, TEXT);
    for (int i = 0; i < blocks.size(); i++) {
      blocks.get(i).draw(canvas, GAP + i % across * (blockWidth + 2 * GAP), tops.get(i / across));
    }
    legend.forEach(placed -> draw(canvas, placed, legendTop));
    return canvas.image();
  }

  private Block block(SampleRow row, boolean naming) {
    Block block = new Block(naming ? row.id() + " (" + row.split() + ")" : row.id());
    int shownHeight = 0;
    int shownWidth = 0;
    for (int c = 0; c < manifest.columns().size(); c++) {
      Column column = manifest.columns().get(c);
      if (column.role() == Column.Role.INPUT && TaskPainter.shows(column)) {
        Picture picture = TaskPainter.show(column, row.content().get(c));
        int factor = scale > 0 ? scale : usualFactor(picture);
        if (shownHeight == 0) {
          shownHeight = picture.height() * factor;
          shownWidth = picture.width() * factor;
        }
        block.add(picture, factor);
      }
    }
    for (Map.Entry<Task, TaskPainter> entry : painters.entrySet()) {
      int c = Column.position(manifest.columns(), entry.getKey().target());
      Picture picture = entry.getValue().paint(row.content().get(c));
      block.add(
          picture,
          shownHeight == 0
              ? usualFactor(picture)
              : Math.max(
                  1, Math.min(shownHeight / picture.height(), shownWidth / picture.width())));
    }
    block.add(SampleText.of(manifest, row));
    return block;
  }

  private static int usualFactor(Picture picture) {
    return Math.max(1, USUAL_PICTURE / Math.max(picture.height(), picture.width()));
  }

  /** Something of a sample at its place in the block. */
  private record Cell(int x, int y, Picture picture, int factor, List<String> lines) {}

  /** All of one sample: its name, then cells from left to right, in several rows if need be. */
  private static final class Block {
    private final String name;
    private final List<Cell> cells = new ArrayList<>();
    private int x;
    private int y = TEXT.line();
    private int rowHeight;
    private int width = NAME_LETTERS * TEXT.advance();

    Block(String name) {
      this.name = name;
    }

    void add(Picture picture, int factor) {
      int cellWidth = Math.max(picture.width() * factor, 10 * TEXT.advance());
      List<String> caption = TEXT.lines(picture.caption(), cellWidth);
      int cellHeight = caption.size() * TEXT.line() + picture.height() * factor;
      place(cellWidth, cellHeight);
      cells.add(new Cell(x, y, picture, factor, caption));
      x += cellWidth + GAP;
    }

    void add(List<String> paragraphs) {
      if (paragraphs.isEmpty()) {
        return;
      }
      List<String> lines = new ArrayList<>();
      for (String paragraph : paragraphs) {
        lines.addAll(TEXT.lines(paragraph, TEXT_LETTERS * TEXT.advance()));
      }
      int cellWidth = lines.stream().mapToInt(TEXT::width).max().orElse(0);
      place(cellWidth, lines.size() * TEXT.line());
      cells.add(new Cell(x, y, null, 1, lines));
      x += cellWidth + GAP;
    }

    private void place(int cellWidth, int cellHeight) {
      if (x > 0 && x + cellWidth > USUAL_WIDTH - 2 * GAP) {
        y += rowHeight + GAP;
        x = 0;
        rowHeight = 0;
      }
      rowHeight = Math.max(rowHeight, cellHeight);
      width = Math.max(width, x + cellWidth);
    }

    int width() {
      return width;
    }

    int height() {
      return y + rowHeight;
    }

    void draw(Canvas canvas, int left, int top) {
      canvas.fill(left, top - GAP / 2, width, 1, FRAME);
      canvas.text(left, top, TEXT.cut(name, width), INK, TEXT);
      for (Cell cell : cells) {
        int line = top + cell.y();
        for (String text : cell.lines()) {
          canvas.text(left + cell.x(), line, text, PALE_INK, TEXT);
          line += TEXT.line();
        }
        if (cell.picture() != null) {
          canvas.draw(left + cell.x(), line, cell.picture(), cell.factor());
        }
      }
    }
  }

  /** An entry of the legend at its place. */
  private record Placed(int x, int y, Legend.Entry entry) {}

  private List<Placed> legend(int width) {
    Map<List<Legend.Entry>, String> titles = new LinkedHashMap<>();
    for (TaskPainter painter : painters.values()) {
      Legend legend = painter.legend();
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
          y += TEXT.line();
        }
        placed.add(new Placed(x, y, entry));
        x += entryWidth;
      }
      y += TEXT.line() + GAP / 2;
    }
    return placed;
  }

  private static int legendWidth(Legend.Entry entry) {
    int swatch = entry.colour() == Legend.TEXT ? GAP / 2 : 2 * GAP;
    return entry.label().isEmpty() ? swatch : swatch + TEXT.width(entry.label()) + 2 * GAP;
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
                  ? FRAME
                  : entry.colour() == Legend.HATCH ? Canvas.hatch(row, column) : entry.colour();
          canvas.set(x + column, y - 1 + row, colour);
        }
      }
      x += size;
    }
    canvas.text(x + GAP / 2, y, entry.label(), INK, TEXT);
  }
}
