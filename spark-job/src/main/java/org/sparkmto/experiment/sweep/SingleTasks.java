package org.sparkmto.experiment.sweep;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkmto.data.Task;
import org.sparkmto.metric.Spread;
import org.sparkmto.runlog.SweepResults.Baseline;

/**
 * The single-task networks of a sweep: for each network that is swept and each task, the best one
 * on the validation split.
 */
final class SingleTasks {
  /** Axes over which the network of a single task is chosen: it has no other. */
  private static final Set<SweepAxis> CHOSEN_FOR_ONE_TASK =
      EnumSet.of(SweepAxis.OPTIMIZER, SweepAxis.RATE, SweepAxis.WEIGHT_DECAY);

  private final SweepGrid grid;
  private final List<Task> tasks;
  private final Judgement judgement;
  private final Map<SweepTrial, TrialOutcome> outcomes;
  private final Map<Map<SweepAxis, String>, Reference> references = new LinkedHashMap<>();

  /**
   * What Delta_m compares with.
   *
   * @param validation means over the seeds, by task
   * @param figures likewise, of the split of the tables
   * @param lines what to say of it
   */
  record Reference(
      Map<String, Map<String, Double>> validation,
      Map<String, Map<String, Double>> figures,
      List<Baseline> lines) {}

  SingleTasks(
      SweepGrid grid,
      List<Task> tasks,
      Judgement judgement,
      Map<SweepTrial, TrialOutcome> outcomes) {
    this.grid = grid;
    this.tasks = tasks;
    this.judgement = judgement;
    this.outcomes = outcomes;
  }

  /** What to compare a point with; absent where Delta_m is not wanted. */
  Optional<Reference> of(SweepPoint point) {
    if (!grid.baselines()) {
      return Optional.empty();
    }
    Set<SweepAxis> others = EnumSet.complementOf(EnumSet.of(SweepAxis.NETWORK));
    return Optional.of(references.computeIfAbsent(point.without(others), this::chosen));
  }

  /** What to say of those that were asked for. */
  List<Baseline> lines() {
    return references.values().stream().flatMap(one -> one.lines().stream()).toList();
  }

  private Reference chosen(Map<SweepAxis, String> network) {
    Map<String, Map<String, Double>> validation = new LinkedHashMap<>();
    Map<String, Map<String, Double>> figures = new LinkedHashMap<>();
    List<Baseline> lines = new ArrayList<>();
    for (Task task : tasks) {
      List<SweepTrial> its =
          outcomes.keySet().stream()
              .filter(trial -> trial.task().filter(task::equals).isPresent())
              .filter(trial -> trial.point().without(CHOSEN_FOR_ONE_TASK).equals(network))
              .toList();
      chosenOfOneTask(task.name(), its)
          .ifPresent(
              point -> {
                List<SweepTrial> runs =
                    its.stream().filter(trial -> trial.point().equals(point)).toList();
                validation.put(task.name(), mean(runs, task.name(), TrialOutcome::validation));
                figures.put(task.name(), mean(runs, task.name(), TrialOutcome::figures));
                lines.add(new Baseline(task.name(), point.labels(), figures.get(task.name())));
              });
    }
    return new Reference(validation, figures, lines);
  }

  private Optional<SweepPoint> chosenOfOneTask(String task, List<SweepTrial> trials) {
    List<SweepTrial> complete = new ArrayList<>();
    for (List<SweepTrial> runs : BestPoint.byPoint(trials).values()) {
      if (isWhole(runs)) {
        complete.addAll(runs);
      }
    }
    if (complete.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Double> reference = outcomes.get(complete.get(0)).validation().get(task);
    if (reference == null) {
      return Optional.of(complete.get(0).point()); // no validation split, so nothing to choose
    }
    return BestPoint.best(
        BestPoint.byPoint(complete),
        judgement.directionOfOneTask(task),
        trial -> judgement.ofOneTask(task, outcomes.get(trial).validation().get(task), reference));
  }

  /** A network that was given has no seeds. */
  private boolean isWhole(List<SweepTrial> runs) {
    return runs.size() == (grid.given().isPresent() ? 1 : grid.seeds().size())
        && runs.stream().allMatch(run -> outcomes.get(run).isComplete());
  }

  /** The part of an outcome. */
  private interface Part {
    Map<String, Map<String, Double>> of(TrialOutcome outcome);
  }

  private Map<String, Double> mean(List<SweepTrial> runs, String task, Part part) {
    Map<String, Double> mean = new LinkedHashMap<>();
    part.of(outcomes.get(runs.get(0)))
        .getOrDefault(task, Map.of())
        .keySet()
        .forEach(
            figure ->
                mean.put(
                    figure,
                    Spread.of(
                            runs.stream()
                                .map(run -> part.of(outcomes.get(run)).get(task).get(figure))
                                .toList())
                        .mean()));
    return mean;
  }
}
