package org.sparkmto.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkmto.analysis.GradientAnalysis.Group;
import org.sparkmto.analysis.GradientAnalysis.Kind;
import org.sparkmto.analysis.Moments;
import org.sparkmto.analysis.PairMeasure;
import org.sparkmto.analysis.PairStatistics;
import org.sparkmto.analysis.PairSums;
import org.sparkmto.analysis.Pairing;
import org.sparkmto.runlog.AnalysisLine;

/**
 * What the analyses of a run's gradients found, over steps, over epochs and altogether, in memory
 * that does not grow with the number of steps. A step that is made again after a restart was seen
 * before, and counts once.
 */
final class AnalysisHistory {
  private static final int BUCKETS = 256;

  /** A number over steps, and how far its values lie around it. */
  static final class Band {
    private final Series mean = new Series(BUCKETS);
    private final Series low = new Series(BUCKETS);
    private final Series high = new Series(BUCKETS);

    private void add(long step, Moments moments) {
      if (moments.count() > 0) {
        double spread = moments.count() > 1 ? moments.deviation() : 0;
        mean.add(step, moments.mean());
        low.add(step, moments.mean() - spread);
        high.add(step, moments.mean() + spread);
      }
    }

    Curve mean() {
      return mean.means();
    }

    Curve low() {
      return low.means();
    }

    Curve high() {
      return high.means();
    }
  }

  private final int tasks;
  private final Map<Pairing, Map<PairMeasure, Band>> bands = new EnumMap<>(Pairing.class);
  private final Map<Pairing, Series> conflicts = new EnumMap<>(Pairing.class);
  private final Series[] magnitudes;
  private final Series[] contributions;
  private final Map<String, GroupTotals> groups = new LinkedHashMap<>();
  private final TreeMap<Long, GroupTotals> epochs = new TreeMap<>();
  private final Moments[][][] ofTasks;
  private long last = -1;
  private int analyses;

  AnalysisHistory(int tasks) {
    this.tasks = tasks;
    for (Pairing pairing : Pairing.values()) {
      Map<PairMeasure, Band> own = new EnumMap<>(PairMeasure.class);
      for (PairMeasure measure : PairMeasure.values()) {
        own.put(measure, new Band());
      }
      bands.put(pairing, own);
      conflicts.put(pairing, new Series(BUCKETS));
    }
    magnitudes = series(tasks);
    contributions = series(tasks);
    ofTasks = new Moments[tasks][tasks][3];
    for (Moments[][] row : ofTasks) {
      for (Moments[] pair : row) {
        Arrays.fill(pair, Moments.NONE);
      }
    }
  }

  private static Series[] series(int tasks) {
    Series[] all = new Series[tasks];
    Arrays.setAll(all, task -> new Series(BUCKETS));
    return all;
  }

  void add(AnalysisLine line) {
    long step = line.step();
    if (step <= last) {
      return;
    }
    last = step;
    analyses++;
    Group network = line.analysis().network();
    network.pairs().forEach((pairing, pairs) -> add(step, pairing, pairs));
    add(step, network.magnitudes(), magnitudes);
    add(step, network.contributions(), contributions);
    for (Group group : line.analysis().groups()) {
      groups.computeIfAbsent(GroupTotals.key(group), key -> new GroupTotals(group)).add(group);
    }
    epochs.computeIfAbsent(line.epoch(), epoch -> new GroupTotals(network)).add(network);
    PairSums sums = line.analysis().tasks();
    for (int i = 0; i < tasks; i++) {
      for (int j = 0; j < i; j++) {
        if (!sums.isZero(i) && !sums.isZero(j)) {
          Moments[] pair = ofTasks[i][j];
          pair[0] = pair[0].plus(sums.cosine(i, j));
          pair[1] = pair[1].plus(sums.magnitudeSimilarity(i, j));
          pair[2] = pair[2].plus(sums.conflictingParameters(i, j));
        }
      }
    }
  }

  private void add(long step, Pairing pairing, PairStatistics pairs) {
    bands.get(pairing).forEach((measure, band) -> band.add(step, pairs.of(measure)));
    if (pairs.of(PairMeasure.COSINE).count() > 0) {
      conflicts.get(pairing).add(step, pairs.conflictingPairs());
    }
  }

  private static void add(long step, List<Double> values, Series[] to) {
    for (int task = 0; task < values.size(); task++) {
      if (Double.isFinite(values.get(task))) {
        to[task].add(step, values.get(task));
      }
    }
  }

  /** How many steps were analysed. */
  int analyses() {
    return analyses;
  }

  /** Whether single samples were looked at. */
  boolean hasSamples() {
    return bands.get(Pairing.SAMPLES_OF_TASK).get(PairMeasure.MAGNITUDE_SIMILARITY).mean().size()
        > 0;
  }

  /** Whether the method tells what each task contributes. */
  boolean hasContributions() {
    return Arrays.stream(contributions).anyMatch(series -> !series.isEmpty());
  }

  /** A measure of the whole shared part over steps. */
  Band band(Pairing pairing, PairMeasure measure) {
    return bands.get(pairing).get(measure);
  }

  /** The share of pairs that are in conflict, over steps. */
  Curve conflicts(Pairing pairing) {
    return conflicts.get(pairing).means();
  }

  /** A task's mean magnitude over steps. */
  Curve magnitude(int task) {
    return magnitudes[task].means();
  }

  /** A task's contribution over steps. */
  Curve contribution(int task) {
    return contributions[task].means();
  }

  /** All steps together, of the groups of a kind. */
  List<GroupTotals> of(Kind kind) {
    List<GroupTotals> own = new ArrayList<>();
    for (GroupTotals totals : groups.values()) {
      if (totals.group().kind() == kind) {
        own.add(totals);
      }
    }
    return own;
  }

  /** The whole shared part, epoch by epoch. */
  Map<Long, GroupTotals> epochs() {
    return epochs;
  }

  /** Cosine of two tasks' mean gradients over the steps. */
  Moments cosine(int i, int j) {
    return ofTasks[Math.max(i, j)][Math.min(i, j)][0];
  }

  /** Their magnitude similarity. */
  Moments similarity(int i, int j) {
    return ofTasks[Math.max(i, j)][Math.min(i, j)][1];
  }

  /** Their share of conflicting parameters. */
  Moments opposed(int i, int j) {
    return ofTasks[Math.max(i, j)][Math.min(i, j)][2];
  }
}
