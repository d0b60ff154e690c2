package org.sparkmto.preprocessing.inspection;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;

/** Paints the targets of one task whose target is a map, and remembers which classes it has met. */
final class TaskPainter {
  private static final int MASK_NO = 0x24344d;
  private static final int MASK_YES = 0xffffff;

  private final Task task;
  private final Column column;
  private final int height;
  private final int width;
  private final int channels;
  private final List<Integer> palette;
  private final BitSet met;
  private boolean metNothing;

  /**
   * The least and the greatest amount of a map, or length of its vectors; the other way round if it
   * has no value.
   */
  record Range(double least, double greatest) {
    Range and(Range other) {
      return new Range(Math.min(least, other.least), Math.max(greatest, other.greatest));
    }

    boolean isEmpty() {
      return least > greatest;
    }
  }

  /**
   * @param task of a kind that has pixels
   * @param column of its target
   */
  TaskPainter(Task task, Column column) {
    this(task, column, new BitSet());
  }

  /** A painter of the same task's maps in another form, which share one legend. */
  TaskPainter alike(Column other) {
    return new TaskPainter(task, other, met);
  }

  private TaskPainter(Task task, Column column, BitSet met) {
    this.met = met;
    this.task = task;
    this.column = column;
    int axes = column.shape().size();
    this.height = column.shape().get(axes - 2);
    this.width = column.shape().get(axes - 1);
    this.channels = column.elements() / (height * width);
    this.palette =
        task.kind() == TaskKind.MASK
            ? List.of(MASK_NO, MASK_YES)
            : Colours.ofClasses(task.classes(), task.classNames());
  }

  /** Whether a task has a map that can be painted. */
  static boolean paints(Task task, Column column) {
    return task.kind().hasPixels()
        && task.element() == Task.WHOLE
        && column.shape().size() >= 2
        && (task.kind() != TaskKind.NORMALS || column.shape().get(0) == 3);
  }

  /** The picture of a target. */
  Picture paint(byte[] content) {
    return paint(content, range(content));
  }

  /**
   * The picture of a target.
   *
   * @param range of the colours of amounts; what lies outside gets the colour of its end
   */
  Picture paint(byte[] content, Range range) {
    return switch (task.kind()) {
      case SEGMENTATION, MASK -> labels(content);
      case DEPTH -> amounts(content, range);
      case NORMALS ->
          picture(
              i ->
                  Colours.ofNormal(
                      value(content, 0, i), value(content, 1, i), value(content, 2, i)),
              content,
              task.name());
      case VECTORS -> channels == 2 ? ways(content, range) : amounts(content, range);
      case CLASSIFICATION, BINARY, MULTI_LABEL, REGRESSION ->
          throw new IllegalArgumentException("task '" + task.name() + "' has no map");
    };
  }

  private Picture labels(byte[] content) {
    int[] colours = new int[height * width];
    for (int i = 0; i < colours.length; i++) {
      double label = column.type().at(content, i);
      if (label >= 0 && label < task.classes()) {
        met.set((int) label);
        colours[i] = palette.get((int) label);
      } else {
        metNothing = true;
        colours[i] = task.kind() == TaskKind.MASK ? Picture.NOTHING : Colours.VOID;
      }
    }
    return new Picture(height, width, colours, task.name());
  }

  /** The range of a map of amounts or vectors; empty for maps of another kind. */
  Range range(byte[] content) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    boolean ranges = task.kind() == TaskKind.DEPTH || task.kind() == TaskKind.VECTORS;
    for (int i = 0; i < height * width && ranges; i++) {
      if (isValid(content, i)) {
        least = Math.min(least, amount(content, i));
        greatest = Math.max(greatest, amount(content, i));
      }
    }
    return new Range(least, greatest);
  }

  /** One number for each pixel; of vectors, their lengths. */
  private Picture amounts(byte[] content, Range range) {
    Range own = range(content);
    if (own.isEmpty()) {
      return picture(i -> Picture.NOTHING, content, task.name() + ": no value");
    }
    double span = range.greatest() > range.least() ? range.greatest() - range.least() : 1;
    return picture(
        i -> Colours.ofAmount((amount(content, i) - range.least()) / span),
        content,
        "%s: %s..%s"
            .formatted(
                task.name(),
                Amounts.text(own.least()),
                Amounts.text(own.greatest(), column.unit())));
  }

  /** Ways (down, right) in the image. */
  private Picture ways(byte[] content, Range range) {
    double longest = Math.max(0, range(content).greatest());
    double whole = range.greatest() > 0 ? range.greatest() : 1;
    return picture(
        i -> Colours.ofWay(value(content, 0, i), value(content, 1, i), length(content, i) / whole),
        content,
        "%s: 0..%s".formatted(task.name(), Amounts.text(longest, column.unit())));
  }

  private double amount(byte[] content, int pixel) {
    return task.kind() == TaskKind.DEPTH ? value(content, 0, pixel) : length(content, pixel);
  }

  private Picture picture(IntUnaryOperator colour, byte[] content, String caption) {
    int[] colours = new int[height * width];
    for (int i = 0; i < colours.length; i++) {
      if (isValid(content, i)) {
        colours[i] = colour.applyAsInt(i);
      } else {
        metNothing = true;
        colours[i] = Picture.NOTHING;
      }
    }
    return new Picture(height, width, colours, caption);
  }

  private boolean isValid(byte[] content, int pixel) {
    for (int c = 0; c < channels; c++) {
      double stored = column.type().at(content, c * height * width + pixel);
      if (column.type().isMissing(stored) || !Double.isFinite(stored)) {
        return false;
      }
    }
    return true;
  }

  private double length(byte[] content, int pixel) {
    double square = 0;
    for (int c = 0; c < channels; c++) {
      double value = value(content, c, pixel);
      square += value * value;
    }
    return Math.sqrt(square);
  }

  private double value(byte[] content, int channel, int pixel) {
    return column.value(column.type().at(content, channel * height * width + pixel));
  }

  /** What the colours of the pictures painted so far mean. */
  Legend legend() {
    List<Legend.Entry> entries = new ArrayList<>();
    switch (task.kind()) {
      case SEGMENTATION -> {
        met.stream()
            .forEach(
                label ->
                    entries.add(
                        new Legend.Entry(palette.get(label), SampleText.label(task, label))));
        if (metNothing) {
          entries.add(new Legend.Entry(Colours.VOID, "void"));
        }
        return new Legend(task.name(), entries);
      }
      case MASK -> {
        entries.add(new Legend.Entry(MASK_NO, "no"));
        entries.add(new Legend.Entry(MASK_YES, "yes"));
      }
      case NORMALS -> {
        entries.add(new Legend.Entry(Colours.ofNormal(1, 0, 0), "right"));
        entries.add(new Legend.Entry(Colours.ofNormal(-1, 0, 0), "left"));
        entries.add(new Legend.Entry(Colours.ofNormal(0, 1, 0), "down"));
        entries.add(new Legend.Entry(Colours.ofNormal(0, -1, 0), "up"));
        entries.add(new Legend.Entry(Colours.ofNormal(0, 0, 1), "forward"));
        entries.add(new Legend.Entry(Colours.ofNormal(0, 0, -1), "towards the eye"));
      }
      default -> {
        if (task.kind() == TaskKind.VECTORS && channels == 2) {
          entries.add(new Legend.Entry(Colours.ofWay(0, 1, 1), "to the right"));
          entries.add(new Legend.Entry(Colours.ofWay(1, 0, 1), "down"));
          entries.add(new Legend.Entry(Colours.ofWay(0, -1, 1), "left"));
          entries.add(new Legend.Entry(Colours.ofWay(-1, 0, 1), "up"));
        } else {
          entries.add(new Legend.Entry(Legend.TEXT, Legend.LEAST));
          for (int i = 0; i <= 16; i++) {
            entries.add(new Legend.Entry(Colours.ofAmount(i / 16.0), ""));
          }
          entries.add(new Legend.Entry(Legend.TEXT, Legend.GREATEST));
        }
      }
    }
    if (metNothing) {
      entries.add(new Legend.Entry(Legend.HATCH, "no value"));
    }
    return new Legend(task.name(), entries);
  }

  /** Whether an input can be shown as a picture. */
  static boolean shows(Column input) {
    return input.shape().size() == 2 || input.shape().size() == 3;
  }

  /** The picture of an input: colours, gray levels, or amounts of the first channel. */
  static Picture show(Column input, byte[] content) {
    int axes = input.shape().size();
    int height = input.shape().get(axes - 2);
    int width = input.shape().get(axes - 1);
    int area = height * width;
    int[] colours = new int[area];
    boolean bytes = input.type() == ElementType.UINT8;
    boolean coloured = bytes && input.elements() == 3 * area;
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < area; i++) {
      least = Math.min(least, input.type().at(content, i));
      greatest = Math.max(greatest, input.type().at(content, i));
    }
    for (int i = 0; i < area; i++) {
      if (coloured) {
        colours[i] =
            (content[i] & 0xff) << 16
                | (content[area + i] & 0xff) << 8
                | (content[2 * area + i] & 0xff);
      } else if (bytes) {
        colours[i] = Colours.gray(content[i] & 0xff);
      } else {
        double span = greatest > least ? greatest - least : 1;
        colours[i] = Colours.ofAmount((input.type().at(content, i) - least) / span);
      }
    }
    return new Picture(height, width, colours, input.name());
  }
}
