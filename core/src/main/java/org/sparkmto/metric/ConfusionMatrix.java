package org.sparkmto.metric;

/**
 * Counts of pixels by true and predicted class, of which intersection over union and pixel accuracy
 * follow. The sums are counts, so any partition of a split adds up to the same values.
 *
 * @param classes number of classes, at least 2
 */
public record ConfusionMatrix(int classes) {

  public ConfusionMatrix {
    Logits.checkedClasses(classes);
  }

  /** Row after row, the true class is the row. */
  public int sums() {
    return classes * classes;
  }

  /**
   * Counts pixels. A true class below 0 or from {@code classes} on, such as -1 or 255, is void and
   * skipped.
   *
   * @throws IllegalArgumentException if the lengths differ or a prediction of a pixel that counts
   *     is no class
   */
  public void add(double[] sums, int[] predicted, int[] truth) {
    if (sums.length != sums() || predicted.length != truth.length) {
      throw new IllegalArgumentException(
          "%d predictions of %d pixels do not go into %d sums of %d classes"
              .formatted(predicted.length, truth.length, sums.length, classes));
    }
    for (int pixel = 0; pixel < truth.length; pixel++) {
      if (truth[pixel] >= 0 && truth[pixel] < classes) {
        if (predicted[pixel] < 0 || predicted[pixel] >= classes) {
          throw new IllegalArgumentException(
              "the prediction %d of pixel %d is none of %d classes"
                  .formatted(predicted[pixel], pixel, classes));
        }
        sums[truth[pixel] * classes + predicted[pixel]]++;
      }
    }
  }

  /**
   * Per class the pixels that are truly of it and predicted so, over those that are one or the
   * other; NaN for a class that is neither among the truth nor among the predictions.
   */
  public double[] intersectionOverUnion(double[] sums) {
    double[] values = new double[classes];
    for (int label = 0; label < classes; label++) {
      double union = -sums[label * classes + label];
      for (int other = 0; other < classes; other++) {
        union += sums[label * classes + other] + sums[other * classes + label];
      }
      values[label] = Logits.ratio(sums[label * classes + label], union);
    }
    return values;
  }

  /** The mean over the classes that occur, {@link #present} of them; NaN if none does. */
  public double meanIntersectionOverUnion(double[] sums) {
    double sum = 0;
    for (double value : intersectionOverUnion(sums)) {
      sum += Double.isNaN(value) ? 0 : value;
    }
    return Logits.ratio(sum, present(sums));
  }

  /** How many classes occur in the truth or in the predictions. */
  public int present(double[] sums) {
    int present = 0;
    for (double value : intersectionOverUnion(sums)) {
      present += Double.isNaN(value) ? 0 : 1;
    }
    return present;
  }

  /** The share of pixels that are predicted right; NaN if none counts. */
  public double pixelAccuracy(double[] sums) {
    double right = 0;
    double all = 0;
    for (int cell = 0; cell < sums.length; cell++) {
      right += cell % (classes + 1) == 0 ? sums[cell] : 0;
      all += sums[cell];
    }
    return Logits.ratio(right, all);
  }
}
