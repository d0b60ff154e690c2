package org.sparkmto.training;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.metric.Tally;

/**
 * What the network was worth on the validation split after a segment.
 *
 * @param step steps made
 * @param split name of the split
 * @param scores metrics by task
 * @param delta Delta_m against the single-task networks in percent, lower is better; absent without
 *     them
 * @param byTask whether in {@code delta} every task counts the same, or every metric
 */
record ValidationScores(
    long step, String split, Scores scores, OptionalDouble delta, boolean byTask) {

  /** Puts together what the ranks counted; absent if the run has no validation split. */
  static Optional<ValidationScores> of(
      RunPlan plan, long step, Selection selection, List<SegmentOutcome> outcomes) {
    TrainingConfiguration configuration = plan.configuration();
    if (configuration.validationSplit().isEmpty()) {
      return Optional.empty();
    }
    SplitEvaluation evaluation =
        SplitEvaluation.of(plan.dataset().manifest(), plan.tasks(), configuration.metrics());
    List<Tally> tallies = evaluation.nothing();
    outcomes.forEach(outcome -> SplitEvaluation.add(tallies, outcome.validation()));
    Scores scores = evaluation.scores(tallies);
    boolean byTask = configuration.selectsByTask();
    return Optional.of(
        new ValidationScores(
            step,
            configuration.validationSplit(),
            scores,
            selection.delta(scores.tasks(), byTask),
            byTask));
  }
}
