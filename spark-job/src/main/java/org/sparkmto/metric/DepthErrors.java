package org.sparkmto.metric;

/**
 * Errors of depths or disparities over the valid pixels of a split, from sums that add up over any
 * partition. All values are NaN where no pixel is valid.
 *
 * @param invalid the true value that says that there is none: 0 for NYUv2 and Cityscapes
 */
public record DepthErrors(double invalid) {
  /** Predictions below it are taken for it before a logarithm. */
  private static final double LEAST = 1e-9;

  /** Valid pixels, absolute, relative, squared and squared logarithmic errors. */
  public int sums() {
    return 5;
  }

  /**
   * Adds pixels.
   *
   * @throws IllegalArgumentException if the lengths differ
   */
  public void add(double[] sums, double[] predicted, double[] truth) {
    if (sums.length != sums() || predicted.length != truth.length) {
      throw new IllegalArgumentException(
          "%d predictions of %d pixels do not go into %d sums"
              .formatted(predicted.length, truth.length, sums.length));
    }
    for (int pixel = 0; pixel < truth.length; pixel++) {
      if (truth[pixel] != invalid) {
        double error = Math.abs(predicted[pixel] - truth[pixel]);
        double ratio = Math.log(Math.max(LEAST, predicted[pixel])) - Math.log(truth[pixel]);
        sums[0]++;
        sums[1] += error;
        sums[2] += error / truth[pixel];
        sums[3] += error * error;
        sums[4] += ratio * ratio;
      }
    }
  }

  /** Mean of |p - g|. */
  public double absolute(double[] sums) {
    return Logits.ratio(sums[1], sums[0]);
  }

  /** Mean of |p - g| / g: a ratio, no percentage; large where true values are near 0. */
  public double relative(double[] sums) {
    return Logits.ratio(sums[2], sums[0]);
  }

  /** Mean of (p - g)^2. */
  public double meanSquare(double[] sums) {
    return Logits.ratio(sums[3], sums[0]);
  }

  /** Its root, over all pixels of the split rather than per image. */
  public double rootMeanSquare(double[] sums) {
    return Math.sqrt(meanSquare(sums));
  }

  /** The root of the mean of (log p - log g)^2. */
  public double logRootMeanSquare(double[] sums) {
    return Math.sqrt(Logits.ratio(sums[4], sums[0]));
  }
}
