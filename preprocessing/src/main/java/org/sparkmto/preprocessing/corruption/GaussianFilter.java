package org.sparkmto.preprocessing.corruption;

/** Smoothing by a normal distribution, rows and columns one after the other. */
final class GaussianFilter {
  /** Wider ones are three running means, whose cost does not grow with their width. */
  private static final double WIDEST = 16;

  private static final double CUT = 4;

  private GaussianFilter() {}

  /** Weights of the distribution at whole numbers, from -radius on; they sum up to 1. */
  static double[] weights(double deviation, int radius) {
    double[] weights = new double[2 * radius + 1];
    double sum = 0;
    for (int i = -radius; i <= radius; i++) {
      // A deviation so small that all but the middle vanishes is none.
      double weight = i == 0 ? 1 : Math.exp(-0.5 * i * i / (deviation * deviation));
      weights[i + radius] = weight;
      sum += weight;
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    return weights;
  }

  /**
   * Smoothed planes; the border goes on beyond itself. The distribution is cut at four deviations;
   * one of more than 16 pixels is made of three running means of its variance.
   *
   * @param deviation in pixels, not negative
   */
  static Planes smooth(Planes planes, double deviation) {
    if (deviation > WIDEST) {
      // Three means over n pixels have the variance (n^2 - 1) / 4; n is odd.
      int length = 2 * (int) Math.round((Math.sqrt(4 * deviation * deviation + 1) - 1) / 2) + 1;
      Planes smooth = planes;
      for (int pass = 0; pass < 3; pass++) {
        smooth = runningMean(runningMean(smooth, length, true), length, false);
      }
      return smooth;
    }
    double[] weights = weights(deviation, (int) (CUT * deviation + 0.5));
    return weights.length == 1 ? planes : pass(pass(planes, weights, true), weights, false);
  }

  private static Planes pass(Planes from, double[] weights, boolean along) {
    Planes to = from.blank();
    int radius = weights.length / 2;
    for (int c = 0; c < from.channels(); c++) {
      for (int y = 0; y < from.height(); y++) {
        for (int x = 0; x < from.width(); x++) {
          double sum = 0;
          for (int i = -radius; i <= radius; i++) {
            sum +=
                weights[i + radius]
                    * (along
                        ? from.at(c, y, Planes.clamped(x + i, from.width()))
                        : from.at(c, Planes.clamped(y + i, from.height()), x));
          }
          to.set(c, y, x, sum);
        }
      }
    }
    return to;
  }

  private static Planes runningMean(Planes from, int length, boolean along) {
    Planes to = from.blank();
    int radius = length / 2;
    int lines = along ? from.height() : from.width();
    int places = along ? from.width() : from.height();
    for (int c = 0; c < from.channels(); c++) {
      for (int line = 0; line < lines; line++) {
        double sum = 0;
        for (int i = -radius; i <= radius; i++) {
          sum += at(from, c, line, Planes.clamped(i, places), along);
        }
        for (int i = 0; i < places; i++) {
          if (along) {
            to.set(c, line, i, sum / length);
          } else {
            to.set(c, i, line, sum / length);
          }
          sum += at(from, c, line, Planes.clamped(i + radius + 1, places), along);
          sum -= at(from, c, line, Planes.clamped(i - radius, places), along);
        }
      }
    }
    return to;
  }

  private static double at(Planes from, int channel, int line, int place, boolean along) {
    return along ? from.at(channel, line, place) : from.at(channel, place, line);
  }
}
