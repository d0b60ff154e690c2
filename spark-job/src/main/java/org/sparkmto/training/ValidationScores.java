package org.sparkmto.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.configuration.NamedFigure;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.evaluation.ConstantAnswers;
import org.sparkmto.evaluation.Scores;
import org.sparkmto.evaluation.SplitCounts;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.runlog.ConstantScores;

/**
 * What the network was worth on the validation split after a segment.
 *
 * @param step steps made
 * @param split name of the split
 * @param scores metrics by task
 * @param losses mean loss of each task over what is labelled, as it is trained with; NaN where
 *     nothing is
 * @param thresholds from which logit on the answer is yes, where a metric had the split choose that
 * @param delta the comparison with the single-task networks; absent without them
 * @param constant what the same answer for every image is worth there; after the first segment
 */
record ValidationScores(
    long step,
    String split,
    Scores scores,
    Map<String, Double> losses,
    Map<String, List<Double>> thresholds,
    Optional<RelativePerformance> delta,
    Optional<ConstantScores> constant) {

  /** What checkpoints are compared by: the metrics of each task, and its loss beside them. */
  Map<String, Map<String, Double>> judged() {
    Map<String, Map<String, Double>> judged = new LinkedHashMap<>();
    scores
        .tasks()
        .forEach(
            (task, metrics) -> {
              Map<String, Double> all = new LinkedHashMap<>(metrics);
              all.put(NamedFigure.LOSS, losses.get(task));
              judged.put(task, all);
            });
    return judged;
  }

  /** Puts together what the ranks counted; absent if the run has no validation split. */
  static Optional<ValidationScores> of(
      RunPlan plan, long step, Selection selection, List<SegmentOutcome> outcomes) {
    TrainingConfiguration configuration = plan.configuration();
    if (configuration.validationSplit().isEmpty()) {
      return Optional.empty();
    }
    SplitEvaluation evaluation = plan.evaluation().withLosses();
    SplitCounts counts = evaluation.nothing();
    outcomes.forEach(outcome -> counts.add(outcome.validation()));
    Scores scores = evaluation.scores(counts);
    return Optional.of(
        new ValidationScores(
            step,
            configuration.validationSplit(),
            scores,
            evaluation.losses(counts),
            evaluation.thresholds(counts),
            selection.delta(scores.tasks(), evaluation.counted()),
            new ConstantAnswers(plan.dataset().manifest(), plan.tasks(), plan.evaluation())
                .scores(outcomes.stream().map(SegmentOutcome::constant).toList())));
  }
}
