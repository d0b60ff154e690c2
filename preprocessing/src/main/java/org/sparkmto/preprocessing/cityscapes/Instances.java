package org.sparkmto.preprocessing.cityscapes;

import org.sparkmto.preprocessing.ImageSize;
import org.sparkmto.preprocessing.Reason;
import org.sparkmto.preprocessing.UnreadableSampleException;
import org.sparkmto.preprocessing.image.IntegerMap;
import org.sparkmto.preprocessing.image.NearestPixel;
import org.sparkmto.preprocessing.image.RealMap;

/**
 * The objects of a sample. An {@code instanceIds} file holds {@code id * 1000 + k} for the k-th
 * object of a class that has instances, and the label id alone for everything else, groups
 * included.
 *
 * <p>Only objects of evaluated classes count: caravans and trailers do not.
 */
final class Instances {
  private static final int PER_CLASS = 1000;
  private static final int NONE = -1;

  private final IntegerMap labels;
  private final IntegerMap numbers;
  private final GroupInstances groups;
  private final long[] pixels = new long[Label.IDS * PER_CLASS];
  private final long[] rows = new long[Label.IDS * PER_CLASS];
  private final long[] columns = new long[Label.IDS * PER_CLASS];

  /**
   * @param labels label ids, all in their table
   * @param numbers of the {@code instanceIds} file, of the same size
   * @throws UnreadableSampleException if a number is none of its pixel's label
   */
  Instances(IntegerMap labels, IntegerMap numbers, GroupInstances groups)
      throws UnreadableSampleException {
    this.labels = labels;
    this.numbers = numbers;
    this.groups = groups;
    for (int y = 0; y < numbers.height(); y++) {
      for (int x = 0; x < numbers.width(); x++) {
        int number = numbers.at(y, x);
        check(labels.at(y, x), number, y, x);
        int object = object(y, x);
        if (object != NONE) {
          pixels[object]++;
          rows[object] += y;
          columns[object] += x;
        }
      }
    }
  }

  /**
   * The way from the centre of its object to each pixel, {@code (y - cy, x - cx)} in pixels of the
   * full image (Kendall et al., CVPR 2018, with the sign of Sener and Koltun's code); NaN where
   * there is no object. The centre is the mean of the object's pixels in the full image; its values
   * are not scaled when the map becomes smaller.
   */
  RealMap offsets(ImageSize size, NearestPixel rule) {
    int height = size.height();
    int width = size.width();
    int[] sourceRows = sources(numbers.height(), height, rule);
    int[] sourceColumns = sources(numbers.width(), width, rule);
    float[] offsets = new float[2 * height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int row = sourceRows[y];
        int column = sourceColumns[x];
        int object = object(row, column);
        boolean none = object == NONE;
        int pixel = y * width + x;
        offsets[pixel] = none ? Float.NaN : (float) (row - (double) rows[object] / pixels[object]);
        offsets[height * width + pixel] =
            none ? Float.NaN : (float) (column - (double) columns[object] / pixels[object]);
      }
    }
    return new RealMap(2, height, width, offsets);
  }

  /** Index of the object that a pixel belongs to. A group has the index of its class. */
  private int object(int row, int column) {
    int id = labels.at(row, column);
    int number = numbers.at(row, column);
    if (id == Label.MINUS_ONE || (number < PER_CLASS && groups == GroupInstances.IGNORED)) {
      return NONE;
    }
    Label label = Label.ALL.get(id);
    return label.hasInstances() && label.isEvaluated() ? number : NONE;
  }

  private static void check(int label, int number, int y, int x) throws UnreadableSampleException {
    if (label == Label.MINUS_ONE) {
      return;
    }
    int id = number < PER_CLASS ? number : number / PER_CLASS;
    if (id != label || (number >= PER_CLASS && !Label.ALL.get(label).hasInstances())) {
      throw new UnreadableSampleException(
          Reason.BAD_LABEL,
          "the pixel in row "
              + y
              + ", column "
              + x
              + " has instance number "
              + number
              + ", but label "
              + label);
    }
  }

  /** Which rows, or columns, are kept when a map becomes smaller. */
  private static int[] sources(int from, int to, NearestPixel rule) {
    int[] places = new int[from];
    for (int i = 0; i < from; i++) {
      places[i] = i;
    }
    return new IntegerMap(from, 1, places).resized(to, 1, rule).values();
  }
}
