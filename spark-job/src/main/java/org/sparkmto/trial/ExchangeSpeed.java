package org.sparkmto.trial;

import java.util.ArrayList;
import java.util.List;
import org.sparkmto.exchange.GradientSum;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.metric.Median;
import org.sparkmto.network.FlatVector;

/**
 * How fast ranks reach each other, as a sum around a ring would be: 2 (N - 1) messages, which carry
 * 2 (N - 1) / N of its bytes.
 *
 * @param bandwidth bytes a second from one rank to others
 * @param latency seconds of a message
 */
public record ExchangeSpeed(double bandwidth, double latency) {
  private static final int TIMES = 9;

  /**
   * Measures sums of one number and of a gradient; medians of nine.
   *
   * @param ranks at least two
   * @param floats of the gradient
   */
  public static ExchangeSpeed of(DeviceRanks ranks, long floats) {
    int size = ranks.size();
    if (size < 2) {
      throw new IllegalArgumentException("one rank alone exchanges nothing");
    }
    return ranks
        .each(
            (group, device) -> {
              try (FlatVector gradient = FlatVector.zeros(floats)) {
                double number = median(group, () -> group.sum(new double[1]));
                double all =
                    median(group, () -> new GradientSum(group, gradient.tensor(), 0, floats).end());
                double bytes = 2.0 * (size - 1) / size * Float.BYTES * floats;
                return new ExchangeSpeed(
                    bytes / Math.max(1e-9, all - number), number / (2 * (size - 1)));
              }
            })
        .get(0);
  }

  private static double median(RankGroup group, Runnable sum) {
    List<Double> seconds = new ArrayList<>();
    for (int time = 0; time <= TIMES; time++) {
      // All begin together.
      group.sum(new double[1]);
      long start = System.nanoTime();
      sum.run();
      if (time > 0) {
        seconds.add((System.nanoTime() - start) / 1e9);
      }
    }
    return Median.of(seconds);
  }
}
