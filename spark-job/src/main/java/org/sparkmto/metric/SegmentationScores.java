package org.sparkmto.metric;

import java.util.List;

/**
 * Mean intersection over union over the classes that occur in the truth or the predictions of the
 * split, and pixel accuracy, both in [0, 1] and from one confusion matrix over all labelled pixels.
 * NaN if no pixel is labelled. A pixel with a NaN output counts as an answer of the first wrong
 * class.
 *
 * @param classes number of classes, at least 2
 */
public record SegmentationScores(int classes) implements Metric {
  static final Figure MEAN_IOU = Figure.higher("mean-iou");
  static final Figure PIXEL_ACCURACY = Figure.higher("pixel-accuracy");

  public SegmentationScores {
    Logits.checkedClasses(classes);
  }

  @Override
  public List<Figure> figures() {
    return List.of(MEAN_IOU, PIXEL_ACCURACY);
  }

  @Override
  public int sums() {
    return matrix().sums();
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
    matrix().add(tally.sums(), predicted, labels);
  }

  @Override
  public double[] values(Tally tally) {
    return new double[] {
      matrix().meanIntersectionOverUnion(tally.sums()), matrix().pixelAccuracy(tally.sums())
    };
  }
}
