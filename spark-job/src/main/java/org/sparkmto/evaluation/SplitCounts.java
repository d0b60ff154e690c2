package org.sparkmto.evaluation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.sparkmto.metric.Tally;

/**
 * What was counted over a split or a part of one: the tallies of all metrics of all tasks, and
 * where losses are asked for, their sums. Counts of parts add up to those of the whole.
 */
public final class SplitCounts implements Serializable {
  private static final long serialVersionUID = 1;

  private final ArrayList<Tally> tallies;
  private final double[] lossSums;
  private final double[] labelled;

  SplitCounts(List<Tally> tallies, int losses) {
    this.tallies = new ArrayList<>(tallies);
    lossSums = new double[losses];
    labelled = new double[losses];
  }

  /** Of a split that nobody looks at. */
  public static SplitCounts none() {
    return new SplitCounts(List.of(), 0);
  }

  List<Tally> tallies() {
    return tallies;
  }

  void addLosses(double[] sums, double[] elements) {
    for (int task = 0; task < lossSums.length; task++) {
      lossSums[task] += sums[task];
      labelled[task] += elements[task];
    }
  }

  /** How many tasks have a loss. */
  int losses() {
    return lossSums.length;
  }

  /** The mean loss of a task over its labelled elements; NaN if there are none. */
  double loss(int task) {
    double mean = lossSums[task] / labelled[task];
    return Double.isFinite(mean) ? mean : Double.NaN;
  }

  /** Takes in what was counted over another part. */
  public void add(SplitCounts part) {
    for (int i = 0; i < part.tallies.size(); i++) {
      tallies.get(i).add(part.tallies.get(i));
    }
    addLosses(part.lossSums, part.labelled);
  }
}
