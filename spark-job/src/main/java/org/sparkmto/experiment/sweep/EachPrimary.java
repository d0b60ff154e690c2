package org.sparkmto.experiment.sweep;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.data.Task;

/**
 * Every task in turn as the primary one, as in the auxiliary setting of the tables of IAL
 * ("Unprejudiced Training Auxiliary Tasks Makes Primary Better"): a method of a sweep whose option
 * {@code primary} is {@value #EACH} is trained once for each task, and in its row every task has
 * the figures of the run that served it.
 */
final class EachPrimary {
  /** What the option says. */
  static final String EACH = "each";

  private static final String KEY = "method.primary";
  private static final String OPTION = "primary=";

  private final List<Task> tasks;
  private final Map<SweepPoint, Part> parts = new LinkedHashMap<>();

  /** Of which row a run is a part, and which task it serves. */
  private record Part(SweepPoint row, Task task) {}

  EachPrimary(List<Task> tasks) {
    this.tasks = List.copyOf(tasks);
  }

  /** The combinations that are trained for one of the grid: itself, or one for each task. */
  List<SweepPoint> runs(SweepPoint point) {
    String method = point.names().get(SweepAxis.METHOD);
    if (method == null
        || !point.settings().hasPath(KEY)
        || !point.settings().getString(KEY).equals(EACH)) {
      return List.of(point);
    }
    List<SweepPoint> runs = new ArrayList<>();
    for (Task task : tasks) {
      SweepPoint run =
          point.and(
              SweepAxis.METHOD,
              new SweepAxis.Choice(
                  method.replace(OPTION + EACH, OPTION + task.name()),
                  ConfigFactory.empty()
                      .withValue(
                          KEY, ConfigValueFactory.fromAnyRef(task.name(), SweepAxis.ORIGIN))));
      parts.put(run, new Part(point, task));
      runs.add(run);
    }
    return runs;
  }

  /** The combination of the grid that a trained one is for. */
  SweepPoint row(SweepPoint run) {
    return parts.containsKey(run) ? parts.get(run).row() : run;
  }

  /**
   * Outcomes by the combinations of the grid; those of which a run is yet to come are not there.
   *
   * @param outcomes by trained run, in the order of the tables
   */
  Map<SweepTrial, TrialOutcome> assembled(Map<SweepTrial, TrialOutcome> outcomes) {
    Map<SweepTrial, TrialOutcome> rows = new LinkedHashMap<>();
    Map<List<Object>, Map<Task, SweepTrial>> begun = new LinkedHashMap<>();
    for (Map.Entry<SweepTrial, TrialOutcome> outcome : outcomes.entrySet()) {
      SweepTrial trial = outcome.getKey();
      Part part = trial.task().isEmpty() ? parts.get(trial.point()) : null;
      if (part == null) {
        rows.put(trial, outcome.getValue());
        continue;
      }
      Map<Task, SweepTrial> others =
          begun.computeIfAbsent(List.of(part.row(), trial.seed()), unused -> new LinkedHashMap<>());
      others.put(part.task(), trial);
      if (others.size() == tasks.size()) {
        SweepTrial row =
            new SweepTrial(
                part.row(),
                Optional.empty(),
                trial.seed(),
                trial.configuration(),
                trial.impossible());
        rows.put(row, together(others, outcomes));
      }
    }
    return rows;
  }

  private static TrialOutcome together(
      Map<Task, SweepTrial> served, Map<SweepTrial, TrialOutcome> outcomes) {
    Map<String, Map<String, Double>> validation = new LinkedHashMap<>();
    Map<String, Map<String, Double>> figures = new LinkedHashMap<>();
    List<String> remarks = new ArrayList<>();
    double millis = 0;
    for (Map.Entry<Task, SweepTrial> one : served.entrySet()) {
      TrialOutcome outcome = outcomes.get(one.getValue());
      if (!outcome.isComplete()) {
        return TrialOutcome.failed(outcome.failure());
      }
      String task = one.getKey().name();
      Optional.ofNullable(outcome.validation().get(task))
          .ifPresent(its -> validation.put(task, its));
      figures.put(task, outcome.figures().get(task));
      outcome.remarks().forEach(remark -> remarks.add("serving " + task + ": " + remark));
      millis += outcome.millis() / served.size();
    }
    return new TrialOutcome("", validation, figures, millis, remarks);
  }
}
