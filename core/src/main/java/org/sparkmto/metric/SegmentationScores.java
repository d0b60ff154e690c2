package org.sparkmto.metric;

import java.util.Arrays;
import java.util.List;

/**
 * Mean intersection over union and pixel accuracy, both in [0, 1]. All but the mean over images
 * comes from one confusion matrix over all labelled pixels of the split. NaN if no pixel is
 * labelled. A pixel with a NaN output counts as an answer of the first wrong class.
 *
 * @param classes number of classes, at least 2
 * @param mean over what the mean is taken
 */
public record SegmentationScores(int classes, MeanIou mean) implements Metric {
  static final Figure MEAN_IOU = Figure.higher("mean-iou");
  static final Figure PIXEL_ACCURACY = Figure.higher("pixel-accuracy");

  static final MetricEntry ENTRY =
      MetricEntry.of(
              "segmentation-scores",
              "segmentation",
              "mean intersection over union of the classes, and share of pixels answered right",
              MEAN_IOU,
              PIXEL_ACCURACY)
          .judging(
              MetricTask.SEGMENTATION,
              task -> new SegmentationScores(task.classes(), MeanIou.of(task.choices())));

  public SegmentationScores {
    Logits.checkedClasses(classes);
  }

  @Override
  public List<Figure> figures() {
    return ENTRY.figures();
  }

  /** The confusion matrix; of a mean over images also the sum of theirs, and their number. */
  @Override
  public int sums() {
    return matrix().sums() + (mean == MeanIou.IMAGES ? 2 : 0);
  }

  private ConfusionMatrix matrix() {
    return new ConfusionMatrix(classes);
  }

  @Override
  public void add(Tally tally, Answers answers) {
    int[] predicted = new int[answers.allPixels()];
    int[] labels = answers.labels();
    for (int pixel = 0; pixel < predicted.length; pixel++) {
      int largest = answers.largest(pixel);
      predicted[pixel] = largest >= 0 ? largest : labels[pixel] == 0 ? 1 : 0;
    }
    double[] sums = tally.sums();
    int cells = matrix().sums();
    for (int sample = 0; sample < answers.samples(); sample++) {
      int from = sample * answers.pixels();
      int to = from + answers.pixels();
      double[] image = new double[cells];
      matrix()
          .add(
              image, Arrays.copyOfRange(predicted, from, to), Arrays.copyOfRange(labels, from, to));
      for (int cell = 0; cell < cells; cell++) {
        sums[cell] += image[cell];
      }
      if (mean == MeanIou.IMAGES && matrix().present(image) > 0) {
        sums[cells] += matrix().meanIntersectionOverUnion(image);
        sums[cells + 1]++;
      }
    }
  }

  @Override
  public double[] values(Tally tally) {
    int cells = matrix().sums();
    double[] counts = Arrays.copyOf(tally.sums(), cells);
    double iou =
        switch (mean) {
          case OCCURRING_CLASSES -> matrix().meanIntersectionOverUnion(counts);
          case ALL_CLASSES -> Arrays.stream(matrix().intersectionOverUnion(counts)).sum() / classes;
          case IMAGES -> Logits.ratio(tally.sums()[cells], tally.sums()[cells + 1]);
        };
    return new double[] {iou, matrix().pixelAccuracy(counts)};
  }
}
