package org.sparkmto.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.sparkmto.runlog.PhasesLine;
import org.sparkmto.timing.StepPhase;

/**
 * How the ranks of a segment spent the time of its steps.
 *
 * @param from the segment's first step
 * @param to the number of steps made when it ended
 * @param hosts where the ranks ran
 * @param seconds of each phase, by rank
 */
record RankTimes(long from, long to, List<String> hosts, List<Map<StepPhase, Double>> seconds) {
  /** Shorter segments say nothing: caches fill, and code is compiled. */
  private static final double LEAST_SECONDS = 20;

  private static final double MUCH = 0.3;

  RankTimes {
    hosts = List.copyOf(hosts);
    seconds = seconds.stream().map(Map::copyOf).toList();
  }

  static RankTimes of(Segment segment, List<SegmentOutcome> outcomes) {
    return new RankTimes(
        segment.from(),
        segment.to(),
        outcomes.stream().map(SegmentOutcome::host).toList(),
        outcomes.stream().map(SegmentOutcome::seconds).toList());
  }

  int ranks() {
    return seconds.size();
  }

  private double total(int rank) {
    return total(seconds.get(rank));
  }

  private static double total(Map<StepPhase, Double> seconds) {
    return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Share of a rank's time that went into a phase, from 0 to 1; 0 if it made no step. */
  double share(int rank, StepPhase phase) {
    return share(seconds.get(rank), phase);
  }

  /** Share of a phase in all of them, from 0 to 1; 0 if none took any time. */
  static double share(Map<StepPhase, Double> seconds, StepPhase phase) {
    double total = total(seconds);
    return total > 0 ? seconds.get(phase) / total : 0;
  }

  /** As the log has it. */
  PhasesLine line() {
    List<PhasesLine.Rank> ranks = new ArrayList<>();
    for (int rank = 0; rank < ranks(); rank++) {
      Map<String, Double> named = new LinkedHashMap<>();
      for (StepPhase phase : StepPhase.values()) {
        named.put(phase.word(), seconds.get(rank).get(phase));
      }
      ranks.add(new PhasesLine.Rank(hosts.get(rank), named));
    }
    return new PhasesLine(to, from, ranks);
  }

  /** A word of warning if ranks wait much for data, or for one of them. */
  Optional<String> caution() {
    if (IntStream.range(0, ranks()).mapToDouble(this::total).max().orElse(0) < LEAST_SECONDS) {
      return Optional.empty();
    }
    int hungry = least(rank -> -share(rank, StepPhase.DATA));
    int slow = least(rank -> share(rank, StepPhase.EXCHANGE));
    int idle = least(rank -> -share(rank, StepPhase.EXCHANGE));
    double hunger = share(hungry, StepPhase.DATA);
    double idleness = share(idle, StepPhase.EXCHANGE);
    if (hunger > MUCH) {
      return Optional.of(
          "rank %d on %s waited for data in %s of its steps' time: reading or decoding is too slow there; see docs/monitoring.md"
              .formatted(hungry, hosts.get(hungry), percent(hunger)));
    }
    if (idleness - share(slow, StepPhase.EXCHANGE) > MUCH) {
      return Optional.of(
          "rank %d spent %s of its steps' time in exchanges, rank %d on %s only %s: the others wait for that one; see docs/monitoring.md"
              .formatted(
                  idle,
                  percent(idleness),
                  slow,
                  hosts.get(slow),
                  percent(share(slow, StepPhase.EXCHANGE))));
    }
    return Optional.empty();
  }

  private interface Measure {
    double of(int rank);
  }

  private int least(Measure measure) {
    return IntStream.range(0, ranks())
        .boxed()
        .min(Comparator.comparingDouble(measure::of))
        .orElseThrow();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }
}
