package org.sparkmto.report;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.analysis.GradientAnalysis.Group;
import org.sparkmto.analysis.Moments;
import org.sparkmto.analysis.PairStatistics;
import org.sparkmto.analysis.Pairing;

/** What analyses of several steps found in one group of parameters. */
final class GroupTotals {
  private final Group first;
  private final Map<Pairing, PairStatistics> pairs = new EnumMap<>(Pairing.class);
  private final Moments[] magnitudes;
  private final Moments[] contributions;

  /** Of no step yet; {@code first} says which group, and how many tasks there are. */
  GroupTotals(Group first) {
    this.first = first;
    magnitudes = new Moments[first.magnitudes().size()];
    contributions = new Moments[magnitudes.length];
    Arrays.fill(magnitudes, Moments.NONE);
    Arrays.fill(contributions, Moments.NONE);
  }

  /** What tells groups apart. */
  static String key(Group group) {
    return group.kind() + " " + group.name();
  }

  void add(Group group) {
    group.pairs().forEach((pairing, found) -> pairs.merge(pairing, found, PairStatistics::plus));
    add(group.magnitudes(), magnitudes);
    add(group.contributions(), contributions);
  }

  private static void add(List<Double> values, Moments[] to) {
    for (int task = 0; task < values.size(); task++) {
      if (Double.isFinite(values.get(task))) {
        to[task] = to[task].plus(values.get(task));
      }
    }
  }

  /** Kind, name and size. */
  Group group() {
    return first;
  }

  PairStatistics pairs(Pairing pairing) {
    return pairs.getOrDefault(pairing, PairStatistics.NONE);
  }

  /** Of a task over the steps. */
  Moments magnitude(int task) {
    return magnitudes[task];
  }

  /** Of a task over the steps; of none where the method did not tell. */
  Moments contribution(int task) {
    return contributions[task];
  }
}
