package org.sparkmto.experiment.sweep;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.ParetoFront;
import org.sparkmto.runlog.SweepResults.Column;
import org.sparkmto.runlog.SweepResults.Front;

/** Which runs are on which Pareto front of their problem. */
final class Fronts {
  /** Axes in which runs of one problem differ. */
  private static final Set<SweepAxis> OF_ONE_PROBLEM =
      EnumSet.of(SweepAxis.METHOD, SweepAxis.OPTIMIZER, SweepAxis.RATE, SweepAxis.WEIGHT_DECAY);

  private final boolean several;
  final Set<SweepTrial> full = new LinkedHashSet<>();
  final Set<SweepTrial> againstOthers = new LinkedHashSet<>();
  private final Map<Map<SweepAxis, String>, List<SweepTrial>> problems = new LinkedHashMap<>();

  /**
   * Finds them.
   *
   * @param counted figures by which runs dominate each other
   * @param values of complete runs, by column; none of others
   * @param several whether there are several optimisers
   */
  Fronts(List<Column> counted, Map<SweepTrial, Map<String, Double>> values, boolean several) {
    this.several = several;
    List<Direction> directions = counted.stream().map(Column::direction).toList();
    values.forEach(
        (run, its) -> {
          if (!its.isEmpty()) {
            problems
                .computeIfAbsent(run.point().without(OF_ONE_PROBLEM), rest -> new ArrayList<>())
                .add(run);
          }
        });
    for (List<SweepTrial> problem : problems.values()) {
      double[][] points =
          problem.stream()
              .map(
                  run ->
                      counted.stream()
                          .mapToDouble(column -> values.get(run).get(column.key()))
                          .toArray())
              .toArray(double[][]::new);
      boolean[] onFront = ParetoFront.of(points, directions);
      for (int i = 0; i < onFront.length; i++) {
        SweepTrial run = problem.get(i);
        if (onFront[i]) {
          full.add(run);
        }
        double[][] others =
            IntStream.range(0, points.length)
                .filter(j -> !optimizer(problem.get(j)).equals(optimizer(run)))
                .mapToObj(j -> points[j])
                .toArray(double[][]::new);
        if (ParetoFront.undominated(points[i], others, directions)) {
          againstOthers.add(run);
        }
      }
    }
  }

  private static String optimizer(SweepTrial run) {
    return run.point().names().getOrDefault(SweepAxis.OPTIMIZER, "");
  }

  List<Front> counts() {
    Map<Map<SweepAxis, String>, List<SweepTrial>> groups = new LinkedHashMap<>();
    Set<SweepAxis> tuning = EnumSet.of(SweepAxis.RATE, SweepAxis.WEIGHT_DECAY);
    problems
        .values()
        .forEach(
            problem ->
                problem.forEach(
                    run ->
                        groups
                            .computeIfAbsent(run.point().without(tuning), rest -> new ArrayList<>())
                            .add(run)));
    List<Front> counts = new ArrayList<>();
    groups.forEach(
        (point, runs) ->
            counts.add(
                new Front(
                    SweepPoint.labels(point),
                    runs.size(),
                    (int) runs.stream().filter(full::contains).count(),
                    several ? (int) runs.stream().filter(againstOthers::contains).count() : -1)));
    return counts;
  }
}
