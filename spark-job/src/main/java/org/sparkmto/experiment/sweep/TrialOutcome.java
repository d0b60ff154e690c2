package org.sparkmto.experiment.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sparkmto.data.Task;
import org.sparkmto.experiment.LoggedSteps;
import org.sparkmto.metric.Median;
import org.sparkmto.naming.Counted;
import org.sparkmto.step.DivergedException;

/**
 * What a run came to.
 *
 * @param failure why it has no figures; empty if it is complete
 * @param validation figures and {@code loss} on the validation split, by task
 * @param figures on the split of the tables, by task
 * @param millis median time of a step; NaN if not known
 * @param remarks what a person should know of it, in words
 */
record TrialOutcome(
    String failure,
    Map<String, Map<String, Double>> validation,
    Map<String, Map<String, Double>> figures,
    double millis,
    List<String> remarks) {
  private static final String BALANCED = "balanced-accuracy";

  /** Of a complete run; the remarks are of steps that fell back and of tasks that are guessed. */
  static TrialOutcome of(
      Map<String, Map<String, Double>> validation,
      Map<String, Map<String, Double>> figures,
      LoggedSteps log,
      List<Task> tasks) {
    List<String> remarks = new ArrayList<>();
    if (!log.fallbacks().isEmpty()) {
      remarks.add(
          "%d of %s took equal weights, first because: %s"
              .formatted(
                  log.fallbacks().size(),
                  Counted.of(log.millis().size(), "step"),
                  log.fallbacks().get(0)));
    }
    List<String> guessed =
        tasks.stream()
            .filter(
                task -> figures.get(task.name()).getOrDefault(BALANCED, 1.0) < 1.0 / task.classes())
            .map(Task::name)
            .toList();
    if (!guessed.isEmpty()) {
      remarks.add(BALANCED + " below 1 / classes, that of a guess: " + String.join(", ", guessed));
    }
    return new TrialOutcome("", validation, figures, Median.of(log.millis()), remarks);
  }

  static TrialOutcome failed(String reason) {
    return new TrialOutcome(reason, Map.of(), Map.of(), Double.NaN, List.of());
  }

  /** In a line. */
  static String reason(RuntimeException e) {
    String message = String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("");
    return (e instanceof DivergedException ? "diverged at " : "")
        + (message.isEmpty() || message.equals("null") ? e.getClass().getSimpleName() : message);
  }

  boolean isComplete() {
    return failure.isEmpty();
  }
}
