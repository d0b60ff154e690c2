package org.sparkmto.training;

import java.util.List;
import java.util.Optional;
import org.sparkmto.evaluation.ConstantAnswers;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.metric.Tally;
import org.sparkmto.runlog.ConstantScores;

/**
 * What the network was worth on the validation split after a segment.
 *
 * @param step steps made
 * @param split name of the split
 * @param scores metrics by task
 * @param delta the comparison with the single-task networks; absent without them
 * @param constant what the same answer for every image is worth there; after the first segment
 */
record ValidationScores(
    long step,
    String split,
    Scores scores,
    Optional<RelativePerformance> delta,
    Optional<ConstantScores> constant) {

  /** Puts together what the ranks counted; absent if the run has no validation split. */
  static Optional<ValidationScores> of(
      RunPlan plan, long step, Selection selection, List<SegmentOutcome> outcomes) {
    TrainingConfiguration configuration = plan.configuration();
    if (configuration.validationSplit().isEmpty()) {
      return Optional.empty();
    }
    SplitEvaluation evaluation = plan.evaluation();
    List<Tally> tallies = evaluation.nothing();
    outcomes.forEach(outcome -> SplitEvaluation.add(tallies, outcome.validation()));
    Scores scores = evaluation.scores(tallies);
    return Optional.of(
        new ValidationScores(
            step,
            configuration.validationSplit(),
            scores,
            selection.delta(scores.tasks(), evaluation.counted()),
            new ConstantAnswers(plan.dataset().manifest(), plan.tasks(), evaluation)
                .scores(outcomes.stream().map(SegmentOutcome::constant).toList())));
  }
}
