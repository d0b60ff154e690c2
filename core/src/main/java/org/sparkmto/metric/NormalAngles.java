package org.sparkmto.metric;

import java.util.Arrays;

/**
 * Angles, in degrees, between predicted and true surface normals over the valid pixels of a split.
 * All values but the median follow from sums that add up over any partition; the median needs all
 * {@link #angles}. Predictions need not have length 1; one of length 0 has no angle and makes the
 * values NaN. Values are NaN where no pixel is valid.
 *
 * @param valid which true normals count
 */
public record NormalAngles(Valid valid) {

  /** Which true normals count. */
  public enum Valid {
    /** Those of a length above 0. */
    LENGTH {
      @Override
      boolean holds(double x, double y, double z) {
        return x != 0 || y != 0 || z != 0;
      }
    },
    /**
     * Those whose components do not add up to exactly 0, as published code has it. It drops a few
     * proper normals.
     */
    SUM {
      @Override
      boolean holds(double x, double y, double z) {
        return x + y + z != 0;
      }
    };

    abstract boolean holds(double x, double y, double z);
  }

  /** The limits of {@link #within}, in degrees. */
  public static final double SMALL = 11.25;

  public static final double MIDDLE = 22.5;
  public static final double LARGE = 30;

  /**
   * The angles of the valid pixels, in their order.
   *
   * @param predicted x, y, z of every pixel, one pixel after the other
   * @param truth likewise, of length 1 or 0
   * @throws IllegalArgumentException if the lengths differ or are no multiple of 3
   */
  public double[] angles(double[] predicted, double[] truth) {
    if (predicted.length != truth.length || truth.length % 3 != 0) {
      throw new IllegalArgumentException(
          "%d and %d values are not the normals of as many pixels"
              .formatted(predicted.length, truth.length));
    }
    double[] angles = new double[truth.length / 3];
    int count = 0;
    for (int at = 0; at < truth.length; at += 3) {
      if (valid.holds(truth[at], truth[at + 1], truth[at + 2])) {
        double length =
            Math.sqrt(
                predicted[at] * predicted[at]
                    + predicted[at + 1] * predicted[at + 1]
                    + predicted[at + 2] * predicted[at + 2]);
        double cosine =
            (predicted[at] * truth[at]
                    + predicted[at + 1] * truth[at + 1]
                    + predicted[at + 2] * truth[at + 2])
                / length;
        angles[count++] = Math.toDegrees(Math.acos(Math.max(-1, Math.min(1, cosine))));
      }
    }
    return Arrays.copyOf(angles, count);
  }

  /** Pixels, angles, squared angles, 1 - cosines, and the angles below the three limits. */
  public int sums() {
    return 7;
  }

  /** Adds the angles of {@link #angles}. */
  public void add(double[] sums, double[] angles) {
    if (sums.length != sums()) {
      throw new IllegalArgumentException("angles need 7 sums, got " + sums.length);
    }
    for (double angle : angles) {
      sums[0]++;
      sums[1] += angle;
      sums[2] += angle * angle;
      sums[3] += 1 - Math.cos(Math.toRadians(angle));
      sums[4] += angle < SMALL ? 1 : 0;
      sums[5] += angle < MIDDLE ? 1 : 0;
      sums[6] += angle < LARGE ? 1 : 0;
    }
  }

  /** The mean angle. */
  public double mean(double[] sums) {
    return Logits.ratio(sums[1], sums[0]);
  }

  /** The root of the mean squared angle. */
  public double rootMeanSquare(double[] sums) {
    return Math.sqrt(Logits.ratio(sums[2], sums[0]));
  }

  /** The mean of 1 - cos, the usual loss. */
  public double cosineLoss(double[] sums) {
    return Logits.ratio(sums[3], sums[0]);
  }

  /**
   * The share of angles strictly below a limit, in [0, 1].
   *
   * @param limit {@link #SMALL}, {@link #MIDDLE} or {@link #LARGE}
   */
  public double within(double[] sums, double limit) {
    if (limit != SMALL && limit != MIDDLE && limit != LARGE) {
      throw new IllegalArgumentException("angles below " + limit + " degrees are not counted");
    }
    return Logits.ratio(sums[limit == SMALL ? 4 : limit == MIDDLE ? 5 : 6], sums[0]);
  }
}
