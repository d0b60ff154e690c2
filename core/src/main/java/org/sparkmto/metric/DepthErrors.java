package org.sparkmto.metric;

/**
 * Errors of depths or disparities over the valid pixels of a split, from sums that add up over any
 * partition. All values are NaN where no pixel is valid. Relative and logarithmic errors leave out
 * pixels whose true value is not above 0, such as a disparity at infinity.
 *
 * @param invalid the true value, besides NaN, that says that there is none: 0 in the published
 *     files of NYUv2 and Cityscapes
 */
public record DepthErrors(double invalid) {
  /** Predictions below it are taken for it before a logarithm. */
  private static final double LEAST = 1e-9;

  /** Valid pixels, absolute and squared errors; those above 0, relative and log errors. */
  public int sums() {
    return 6;
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
      if (truth[pixel] == invalid || Double.isNaN(truth[pixel])) {
        continue;
      }
      double error = Math.abs(predicted[pixel] - truth[pixel]);
      sums[0]++;
      sums[1] += error;
      sums[2] += error * error;
      if (truth[pixel] > 0) {
        double ratio = Math.log(Math.max(LEAST, predicted[pixel])) - Math.log(truth[pixel]);
        sums[3]++;
        sums[4] += error / truth[pixel];
        sums[5] += ratio * ratio;
      }
    }
  }

  /** Mean of |p - g|. */
  public double absolute(double[] sums) {
    return Logits.ratio(sums[1], sums[0]);
  }

  /** Mean of |p - g| / g: a ratio, no percentage; large where true values are near 0. */
  public double relative(double[] sums) {
    return Logits.ratio(sums[4], sums[3]);
  }

  /** Mean of (p - g)^2. */
  public double meanSquare(double[] sums) {
    return Logits.ratio(sums[2], sums[0]);
  }

  /** Its root, over all pixels of the split rather than per image. */
  public double rootMeanSquare(double[] sums) {
    return Math.sqrt(meanSquare(sums));
  }

  /** The root of the mean of (log p - log g)^2. */
  public double logRootMeanSquare(double[] sums) {
    return Math.sqrt(Logits.ratio(sums[5], sums[3]));
  }
}
