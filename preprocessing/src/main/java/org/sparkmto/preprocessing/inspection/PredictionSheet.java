package org.sparkmto.preprocessing.inspection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkmto.data.Column;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.drawing.Canvas;
import org.sparkmto.drawing.Lettering;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.Png;

/**
 * A picture of what a network said about samples: for each its input and a picture of every
 * predicted map, below them what is true, if that is known. The colours are those of {@link
 * ContactSheet}; classes lie over the image; prediction and truth of a sample share the range of
 * the colours of their amounts, and captions name the extremes of each.
 */
public final class PredictionSheet {
  private static final Lettering TEXT = SampleBlock.TEXT;
  private static final int GAP = SampleBlock.GAP;
  private static final int PAPER = 0xffffff;
  private static final long MOST_PIXELS = 40_000_000;

  /** How much of a class's colour is seen over the image, of 100. */
  private static final int OPACITY = 65;

  private final String title;
  private final DatasetManifest contents;
  private final Map<String, Column> maps;

  /**
   * @param title of every picture
   * @param contents the columns of the inputs and targets, and the tasks that were predicted
   * @param maps the form of each predicted map, by the name of its task
   */
  public PredictionSheet(String title, DatasetManifest contents, Map<String, Column> maps) {
    this.title = title;
    this.contents = contents;
    this.maps = new LinkedHashMap<>(maps);
  }

  /**
   * A sample with its answers.
   *
   * @param id of the sample
   * @param inputs content of the input columns of the first task, in order
   * @param maps content of every predicted map, in the order of the sheet's
   * @param words what was predicted about the whole sample, a paragraph each
   * @param truth the sample as the data set has it, if that is known
   */
  public record Sample(
      String id,
      List<byte[]> inputs,
      List<byte[]> maps,
      List<String> words,
      Optional<SampleRow> truth) {}

  /**
   * Draws samples, one below the other: the first ones, as many as fit into 40 megapixels.
   *
   * @return a PNG file
   */
  public byte[] png(List<Sample> samples) {
    return Png.encode(image(samples));
  }

  /** Both painters of a task, so that one legend tells what either has met. */
  private record Painters(TaskPainter ofPrediction, Optional<TaskPainter> ofTruth) {
    static Painters of(Task task, Column predicted, Column target) {
      TaskPainter painter = new TaskPainter(task, predicted);
      return new Painters(
          painter,
          TaskPainter.paints(task, target) ? Optional.of(painter.alike(target)) : Optional.empty());
    }

    /**
     * @param range of the colours, if one holds for the whole picture
     */
    Legend legend(Optional<TaskPainter.Range> range, String unit) {
      Set<Legend.Entry> entries = new LinkedHashSet<>(ofPrediction.legend().entries());
      ofTruth.ifPresent(painter -> entries.addAll(painter.legend().entries()));
      List<Legend.Entry> known = new ArrayList<>(entries);
      range.ifPresent(
          ends ->
              known.replaceAll(
                  entry ->
                      entry.colour() != Legend.TEXT
                          ? entry
                          : new Legend.Entry(
                              Legend.TEXT,
                              entry.label().equals(Legend.LEAST)
                                  ? Amounts.text(ends.least(), unit)
                                  : Amounts.text(ends.greatest(), unit))));
      return new Legend(ofPrediction.legend().title(), known);
    }
  }

  Image image(List<Sample> samples) {
    Map<Task, Painters> painters = new LinkedHashMap<>();
    for (Task task : contents.tasks()) {
      if (maps.containsKey(task.name())) {
        painters.put(
            task, Painters.of(task, maps.get(task.name()), contents.column(task.target())));
      }
    }
    Map<Task, TaskPainter.Range> ranges = new LinkedHashMap<>();
    List<SampleBlock> blocks = new ArrayList<>();
    for (Sample sample : samples) {
      blocks.add(block(sample, painters, ranges));
    }
    while (blocks.size() > 1 && pixels(blocks) > MOST_PIXELS) {
      blocks.remove(blocks.size() - 1);
    }
    int width =
        2 * GAP
            + Math.max(
                TEXT.width(title), blocks.stream().mapToInt(SampleBlock::width).max().orElse(0));
    boolean single = samples.size() == 1;
    List<Legend> legends = new ArrayList<>();
    painters.forEach(
        (task, both) ->
            legends.add(
                both.legend(
                    single ? Optional.ofNullable(ranges.get(task)) : Optional.empty(),
                    maps.get(task.name()).unit())));
    LegendLines legend = LegendLines.of(legends, width);
    int top = 2 * GAP + TEXT.line();
    long height =
        top + legend.height() + blocks.stream().mapToLong(b -> b.height() + 2 * GAP).sum();
    Canvas canvas = new Canvas(width, (int) height, PAPER);
    canvas.text(GAP, GAP, title, SampleBlock.INK, TEXT);
    for (SampleBlock block : blocks) {
      block.draw(canvas, GAP, top);
      top += block.height() + 2 * GAP;
    }
    legend.draw(canvas, top);
    return new Image(3, canvas.height(), canvas.width(), canvas.planes());
  }

  private static long pixels(List<SampleBlock> blocks) {
    long width = blocks.stream().mapToLong(SampleBlock::width).max().orElse(0);
    return width * blocks.stream().mapToLong(block -> block.height() + 2 * GAP).sum();
  }

  private SampleBlock block(
      Sample sample, Map<Task, Painters> painters, Map<Task, TaskPainter.Range> ranges) {
    SampleBlock block = new SampleBlock(sample.id());
    Optional<Picture> image = Optional.empty();
    int shownHeight = 0;
    int shownWidth = 0;
    int inputsWidth = 0;
    List<String> inputs = contents.tasks().get(0).inputs();
    for (int i = 0; i < inputs.size(); i++) {
      Column column = contents.column(inputs.get(i));
      if (TaskPainter.shows(column)) {
        Picture picture = TaskPainter.show(column, sample.inputs().get(i));
        int factor = usualFactor(picture);
        if (image.isEmpty()) {
          image = Optional.of(picture);
          shownHeight = picture.height() * factor;
          shownWidth = picture.width() * factor;
        }
        inputsWidth += (i == 0 ? 0 : GAP) + SampleBlock.cellWidth(picture, factor);
        block.add(picture, factor);
      }
    }
    List<Picture> truths = new ArrayList<>();
    int map = 0;
    for (Map.Entry<Task, Painters> entry : painters.entrySet()) {
      byte[] predicted = sample.maps().get(map++);
      TaskPainter painter = entry.getValue().ofPrediction();
      TaskPainter.Range range = painter.range(predicted);
      if (sample.truth().isPresent() && entry.getValue().ofTruth().isPresent()) {
        byte[] content = content(sample.truth().get(), entry.getKey());
        TaskPainter truePainter = entry.getValue().ofTruth().get();
        range = range.and(truePainter.range(content));
        truths.add(over(image, truePainter.paint(content, range), entry.getKey()));
      }
      if (!range.isEmpty()) {
        ranges.put(entry.getKey(), range);
      }
      Picture picture = over(image, painter.paint(predicted, range), entry.getKey());
      block.add(picture, factor(picture, shownHeight, shownWidth));
    }
    block.add(sample.words());
    if (sample.truth().isPresent()) {
      block.newRow();
      block.add(List.of("truth"), inputsWidth);
      for (Picture picture : truths) {
        block.add(picture, factor(picture, shownHeight, shownWidth));
      }
      block.add(SampleText.of(contents, sample.truth().get()));
    }
    return block;
  }

  /** Large enough for captions of one line, so that pictures stand in line. */
  private static int usualFactor(Picture picture) {
    int longest = Math.max(picture.height(), picture.width());
    return (SampleBlock.USUAL_PICTURE + longest - 1) / longest;
  }

  private byte[] content(SampleRow row, Task task) {
    return row.content().get(Column.position(contents.columns(), task.target()));
  }

  private static int factor(Picture picture, int shownHeight, int shownWidth) {
    return shownHeight == 0
        ? usualFactor(picture)
        : Math.max(1, Math.min(shownHeight / picture.height(), shownWidth / picture.width()));
  }

  /** Classes over a pale image; other maps, and classes that nobody knows, as they are. */
  private static Picture over(Optional<Picture> image, Picture map, Task task) {
    if (task.kind() != TaskKind.SEGMENTATION || image.isEmpty()) {
      return map;
    }
    Picture below = image.get();
    int[] colours = new int[map.height() * map.width()];
    for (int row = 0; row < map.height(); row++) {
      for (int column = 0; column < map.width(); column++) {
        int colour = map.colour(row, column);
        int pixel =
            below.colour(row * below.height() / map.height(), column * below.width() / map.width());
        colours[row * map.width() + column] =
            colour == Colours.VOID ? colour : Colours.blend(colour, pixel, OPACITY);
      }
    }
    return new Picture(map.height(), map.width(), colours, map.caption());
  }
}
