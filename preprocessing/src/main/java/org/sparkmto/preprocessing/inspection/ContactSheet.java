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
import org.sparkmto.drawing.Canvas;
import org.sparkmto.drawing.Lettering;
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

  private static final Lettering TEXT = SampleBlock.TEXT;
  private static final int GAP = SampleBlock.GAP;
  private static final int USUAL_PICTURE = SampleBlock.USUAL_PICTURE;
  private static final long MOST_PIXELS = 40_000_000;
  private static final int PAPER = 0xffffff;
  private static final int INK = SampleBlock.INK;

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
      DatasetDirectory dataset, ShownSamples selection, int scale, Configuration hadoop) {
    List<SampleRow> rows = new SampleRows(dataset, hadoop).read(selection);
    return Png.encode(new ContactSheet(dataset.manifest(), scale).image(rows));
  }

  /** Draws rows. */
  static Image image(DatasetManifest manifest, List<SampleRow> rows, int scale) {
    return new ContactSheet(manifest, scale).image(rows);
  }

  private Image image(List<SampleRow> rows) {
    long splits = rows.stream().map(SampleRow::split).distinct().count();
    List<SampleBlock> blocks = new ArrayList<>();
    for (SampleRow row : rows) {
      blocks.add(block(row, splits > 1));
    }
    int blockWidth = blocks.stream().mapToInt(SampleBlock::width).max().orElse(USUAL_PICTURE);
    int across =
        Math.max(
            1, Math.min(blocks.size(), (SampleBlock.USUAL_WIDTH - GAP) / (blockWidth + 2 * GAP)));
    String title =
        manifest.dataset()
            + rows.stream()
                .map(SampleRow::split)
                .distinct()
                .collect(Collectors.joining(", ", ": ", ""));
    int width = Math.max(across * (blockWidth + 2 * GAP), TEXT.width(title) + 2 * GAP);
    LegendLines legend =
        LegendLines.of(painters.values().stream().map(TaskPainter::legend).toList(), width);

    int top = 2 * GAP + TEXT.line();
    List<Integer> tops = new ArrayList<>();
    long height = top;
    for (int i = 0; i < blocks.size(); i += across) {
      tops.add((int) Math.min(height, Integer.MAX_VALUE));
      height +=
          blocks.subList(i, Math.min(blocks.size(), i + across)).stream()
                  .mapToInt(SampleBlock::height)
                  .max()
                  .orElse(0)
              + 2 * GAP;
    }
    int legendTop = (int) Math.min(height, Integer.MAX_VALUE);
    height += legend.height();
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
    legend.draw(canvas, legendTop);
    return new Image(3, canvas.height(), canvas.width(), canvas.planes());
  }

  private SampleBlock block(SampleRow row, boolean naming) {
    SampleBlock block = new SampleBlock(naming ? row.id() + " (" + row.split() + ")" : row.id());
    int shownHeight = 0;
    int shownWidth = 0;
    for (int c = 0; c < manifest.columns().size(); c++) {
      Column column = manifest.columns().get(c);
      if (column.role() == Column.Role.INPUT && TaskPainter.shows(column)) {
        Picture picture = TaskPainter.show(column, row.content().get(c));
        int factor = scale > 0 ? scale : SampleBlock.usualFactor(picture);
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
              ? SampleBlock.usualFactor(picture)
              : Math.max(
                  1, Math.min(shownHeight / picture.height(), shownWidth / picture.width())));
    }
    block.add(SampleText.of(manifest, row));
    return block;
  }
}
