package org.sparkmto.experiment.sweep;

import java.util.Arrays;
import org.apache.commons.math3.stat.inference.TTest;
import org.apache.commons.math3.stat.inference.WilcoxonSignedRankTest;
import org.sparkmto.runlog.SweepResults;

/** Whether two rows differ by more than their seeds do: tests of pairs of runs of one seed each. */
final class PairedTests {
  /** Wilcoxon's exact distribution is enumerated, which doubles with every pair. */
  private static final int MOST_EXACT = 20;

  private PairedTests() {}

  /**
   * Compares numbers of the same seeds in the same order.
   *
   * @return both p, two-sided; NaN with fewer than two pairs, or where all pairs are equal
   */
  static SweepResults.Difference of(double[] some, double[] others) {
    if (some.length < 2 || Arrays.equals(some, others)) {
      return new SweepResults.Difference(Double.NaN, Double.NaN);
    }
    for (int pair = 0; pair < some.length; pair++) {
      if (!Double.isFinite(some[pair]) || !Double.isFinite(others[pair])) {
        return new SweepResults.Difference(Double.NaN, Double.NaN);
      }
    }
    return new SweepResults.Difference(
        new TTest().pairedTTest(some, others),
        new WilcoxonSignedRankTest()
            .wilcoxonSignedRankTest(some, others, some.length <= MOST_EXACT));
  }
}
