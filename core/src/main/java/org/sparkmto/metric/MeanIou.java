package org.sparkmto.metric;

/** Over what the mean of the intersections over union is taken. */
public enum MeanIou {
  /** The classes that occur in the truth or the predictions of the split. */
  OCCURRING_CLASSES,
  /** All classes: NaN if one does not occur. */
  ALL_CLASSES,
  /**
   * The images with a labelled pixel, of each the mean over the classes that occur in it. A sum of
   * fractions, so another order of images may change the last digits.
   */
  IMAGES;

  /** As a user chose. */
  static MeanIou of(MetricChoices choices) {
    return choices.has(Quirk.PLAIN_MEAN_IOU)
        ? ALL_CLASSES
        : choices.has(Quirk.PER_IMAGE_IOU) ? IMAGES : OCCURRING_CLASSES;
  }
}
