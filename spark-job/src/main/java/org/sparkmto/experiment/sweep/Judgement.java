package org.sparkmto.experiment.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.sparkmto.metric.CountedFigures;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.metric.RelativePerformance.Convention;
import org.sparkmto.naming.Nearest;
import org.sparkmto.options.ConfigurationException;

/**
 * By which number on the validation split the best of several runs is chosen.
 *
 * @param by {@code delta}, {@code loss}, a figure, or {@code TASK/FIGURE}
 * @param figures all of each task
 * @param counted those that count in Delta_m
 * @param byTask whether every task counts the same in Delta_m, or every figure
 */
record Judgement(
    String by, Map<String, List<Figure>> figures, CountedFigures counted, boolean byTask) {

  /**
   * Checks that there is such a number.
   *
   * @throws ConfigurationException naming those that there are
   */
  Judgement {
    Map<String, Direction> known = known(figures);
    if (!by.equals(SweepGrid.DELTA) && !known.containsKey(by)) {
      throw new ConfigurationException(
          "sweep.by: there is no '%s' to choose by; there are delta, loss and %s%s"
              .formatted(
                  by,
                  String.join(", ", new TreeSet<>(plain(known))),
                  Nearest.hint(by, known.keySet())));
    }
  }

  private static List<String> plain(Map<String, Direction> known) {
    return known.keySet().stream()
        .filter(name -> !name.contains("/") && !name.equals(SweepGrid.LOSS))
        .toList();
  }

  private static Map<String, Direction> known(Map<String, List<Figure>> figures) {
    Map<String, Direction> known = new LinkedHashMap<>();
    known.put(SweepGrid.LOSS, Direction.LOWER_IS_BETTER);
    figures.forEach(
        (task, its) -> {
          known.put(task + "/" + SweepGrid.LOSS, Direction.LOWER_IS_BETTER);
          for (Figure figure : its) {
            known.put(figure.name(), figure.direction());
            known.put(task + "/" + figure.name(), figure.direction());
          }
        });
    return known;
  }

  /** Which way the number gets better. */
  Direction direction() {
    return by.equals(SweepGrid.DELTA) ? Convention.DROP.direction() : known(figures).get(by);
  }

  /**
   * The number of a run.
   *
   * @param validation its figures and losses by task
   * @param baseline those of the single-task networks, where Delta_m chooses
   * @return NaN if it is not defined
   */
  double of(
      Map<String, Map<String, Double>> validation, Map<String, Map<String, Double>> baseline) {
    if (!by.equals(SweepGrid.DELTA)) {
      return named(validation);
    }
    return validation.keySet().containsAll(counted.tasks().keySet())
            && baseline.keySet().containsAll(counted.tasks().keySet())
        ? weighted(RelativePerformance.against(baseline, validation, counted, Convention.DROP))
        : Double.NaN;
  }

  private double weighted(RelativePerformance relative) {
    return byTask ? relative.taskWeighted() : relative.metricWeighted();
  }

  private double named(Map<String, Map<String, Double>> validation) {
    int slash = by.lastIndexOf('/');
    List<Double> found = new ArrayList<>();
    validation.forEach(
        (task, values) -> {
          if (slash < 0 || task.equals(by.substring(0, slash))) {
            Double value = values.get(by.substring(slash + 1));
            if (value != null) {
              found.add(value);
            }
          }
        });
    double sum = found.stream().mapToDouble(Double::doubleValue).sum();
    return found.isEmpty() ? Double.NaN : by.equals(SweepGrid.LOSS) ? sum : sum / found.size();
  }

  /**
   * The number of a network of one task: its own where it has it, and otherwise its relative drop
   * against another network of the task, which compares among those that were compared with it.
   *
   * @param reference figures and losses of that other network
   */
  double ofOneTask(String task, Map<String, Double> validation, Map<String, Double> reference) {
    double own = by.equals(SweepGrid.DELTA) ? Double.NaN : named(Map.of(task, validation));
    if (!Double.isNaN(own)) {
      return own;
    }
    return RelativePerformance.against(
            Map.of(task, reference),
            Map.of(task, validation),
            new CountedFigures(Map.of(task, counted.tasks().get(task))),
            Convention.DROP)
        .taskWeighted();
  }

  /** Which way {@link #ofOneTask} gets better. */
  Direction directionOfOneTask(String task) {
    Map<String, Direction> own = known(Map.of(task, figures.get(task)));
    return own.getOrDefault(by, Convention.DROP.direction());
  }

  /** In words, for tables. */
  String words(String split) {
    return "%s on %s, %s is better, mean over the seeds"
        .formatted(
            by.equals(SweepGrid.DELTA)
                ? "Delta_m (%s-weighted)".formatted(byTask ? "task" : "metric")
                : by,
            split,
            direction() == Direction.HIGHER_IS_BETTER ? "higher" : "lower");
  }
}
