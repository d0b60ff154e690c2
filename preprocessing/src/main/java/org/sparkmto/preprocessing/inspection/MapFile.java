package org.sparkmto.preprocessing.inspection;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkmto.data.Column;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.preprocessing.image.Image;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.Png;

/**
 * What is said of a task's pixels as a PNG file that people can look at and programs can read.
 *
 * <ul>
 *   <li>Classes: a palette of colours whose index is the class; 255, black, where there is none.
 *   <li>Masks: a palette with 0, black, for no, 1, white, for yes and 255, gray, for neither.
 *   <li>Depth: 16 bits of gray, the value divided by the step and rounded, 1 to 65535; 0 where
 *       there is no value.
 *   <li>Normals: red, green and blue from (x, y, z), 0 to 255 for -1 to 1; black where there is
 *       none.
 * </ul>
 *
 * @param task a task of pixels
 * @param column form of its maps
 * @param step of depths, in their unit; 1 of others
 */
public record MapFile(Task task, Column column, double step) implements Serializable {
  private static final int VOID = 255;
  private static final int MASK_NONE = 0x808080;
  private static final int DEEPEST = 65_535;

  /** Of depths whose range nobody knows: a millimetre for metres. */
  private static final double USUAL_STEP = 0.001;

  /**
   * The form of a task's files; none for kinds that no picture holds.
   *
   * @param column form of the maps
   * @param greatest depth that is to be expected, in the column's unit; NaN if nobody knows. Twice
   *     as much still fits.
   */
  public static Optional<MapFile> of(Task task, Column column, double greatest) {
    return switch (task.kind()) {
      case SEGMENTATION, MASK, NORMALS -> Optional.of(new MapFile(task, column, 1));
      case DEPTH -> Optional.of(new MapFile(task, column, step(greatest)));
      case VECTORS, CLASSIFICATION, BINARY, MULTI_LABEL, REGRESSION -> Optional.empty();
    };
  }

  /** The least power of ten by which twice the greatest depth is a number of 16 bits. */
  private static double step(double greatest) {
    if (!(greatest > 0) || Double.isInfinite(greatest)) {
      return USUAL_STEP;
    }
    int exponent = (int) Math.ceil(Math.log10(2 * greatest / DEEPEST));
    // Not Math.pow(10, exponent), whose negative powers are not the nearest numbers.
    return Double.parseDouble("1e" + exponent);
  }

  /**
   * The file of a map.
   *
   * @param content as the column stores it
   */
  public byte[] png(byte[] content) {
    int axes = column.shape().size();
    int height = column.shape().get(axes - 2);
    int width = column.shape().get(axes - 1);
    return switch (task.kind()) {
      case SEGMENTATION, MASK -> Png.encode(labels(content, height, width), palette());
      case DEPTH -> Png.encode(depths(content, height, width), 16);
      case NORMALS -> Png.encode(colours(content, height, width));
      case VECTORS, CLASSIFICATION, BINARY, MULTI_LABEL, REGRESSION ->
          throw new IllegalStateException("task '" + task.name() + "' has no file");
    };
  }

  private int[] palette() {
    int[] palette = new int[VOID + 1];
    if (task.kind() == TaskKind.MASK) {
      palette[1] = 0xffffff;
      Arrays.fill(palette, 2, palette.length, MASK_NONE);
      return palette;
    }
    Arrays.fill(palette, Colours.VOID);
    List<Integer> colours = Colours.ofClasses(task.classes(), task.classNames());
    for (int label = 0; label < Math.min(task.classes(), VOID); label++) {
      palette[label] = colours.get(label);
    }
    return palette;
  }

  private IntegerMap labels(byte[] content, int height, int width) {
    int[] labels = new int[height * width];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (int) column.type().at(content, i);
    }
    return new IntegerMap(height, width, labels);
  }

  private IntegerMap depths(byte[] content, int height, int width) {
    int[] steps = new int[height * width];
    for (int i = 0; i < steps.length; i++) {
      double depth = column.value(column.type().at(content, i));
      steps[i] =
          Double.isNaN(depth) ? 0 : (int) Math.max(1, Math.min(DEEPEST, Math.rint(depth / step)));
    }
    return new IntegerMap(height, width, steps);
  }

  private Image colours(byte[] content, int height, int width) {
    int area = height * width;
    byte[] colours = new byte[3 * area];
    for (int i = 0; i < area; i++) {
      if (column.type().isMissing(column.type().at(content, i))) {
        continue; // black
      }
      int colour =
          Colours.ofNormal(
              value(content, i), value(content, area + i), value(content, 2 * area + i));
      for (int c = 0; c < 3; c++) {
        colours[c * area + i] = (byte) (colour >> (16 - 8 * c));
      }
    }
    return new Image(3, height, width, colours);
  }

  private double value(byte[] content, int element) {
    return column.value(column.type().at(content, element));
  }
}
