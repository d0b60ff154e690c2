package org.sparkmto.runlog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Metrics;

/**
 * Tasks that are no better than the same answer for every image, after an epoch or more. A metric
 * shows that a task learns if it comes a twentieth of the way from that answer to a perfect one
 * (from its error to none), and, if it is a share, by two standard errors of a share over the
 * labelled samples of the split. A task has not learnt if none of its metrics shows it.
 */
final class UnlearnedTask implements CautionRule {
  private static final double LEAST_GAIN = 0.05;
  private static final double STANDARD_ERRORS = 2;

  private static final String OF_SOME =
      "Are the labels right, and can they be seen in the images? Perhaps other tasks hold the"
          + " weight, or it takes more steps.";
  private static final String OF_ALL =
      "So nothing is learnt at all: schedule.rate may be far too high or too low, or it takes more"
          + " steps.";

  private final List<String> tasks;
  private final long epoch;
  private ConstantScores constant = new ConstantScores(Map.of(), Map.of());
  private Optional<Caution> last = Optional.empty();
  private String split = "";
  private long evaluations;

  UnlearnedTask(RunHeader header) {
    tasks = header.tasks();
    epoch = header.data().stepsPerEpoch().orElse(1);
  }

  @Override
  public Optional<Caution> hear(LogLine line) {
    if (!(line instanceof EvaluationLine heard)) {
      return Optional.empty();
    }
    if (heard.constant().isPresent()) {
      constant = heard.constant().get();
      split = heard.evaluation().split();
    }
    if (!heard.evaluation().split().equals(split) || heard.step() < epoch) {
      return Optional.empty();
    }
    last = caution(heard.evaluation());
    return ++evaluations == 1 ? last : Optional.empty();
  }

  private Optional<Caution> caution(Evaluation evaluation) {
    List<String> unlearned = new ArrayList<>();
    List<String> words = new ArrayList<>();
    for (String task : tasks) {
      unlearned(task, evaluation.tasks().getOrDefault(task, Map.of()))
          .ifPresent(
              said -> {
                unlearned.add(task);
                words.add("'" + task + "' (" + said + ")");
              });
    }
    return unlearned.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Caution(
                unlearned,
                "After step %d, on %s, %s %s no better than the same answer for every image. %s"
                    .formatted(
                        evaluation.step(),
                        split,
                        CautionRule.listed(words),
                        unlearned.size() == 1 ? "is" : "are",
                        unlearned.size() == tasks.size() ? OF_ALL : OF_SOME)));
  }

  /** What to say of a task that has not learnt; nothing of one that has, or that cannot be told. */
  private Optional<String> unlearned(String task, Map<String, Double> found) {
    long labelled = constant.labelled().getOrDefault(task, 0L);
    String said = "";
    for (Map.Entry<String, Double> metric : found.entrySet()) {
      double guess =
          constant.tasks().getOrDefault(task, Map.of()).getOrDefault(metric.getKey(), Double.NaN);
      double value = metric.getValue();
      Optional<Direction> direction = Metrics.direction(metric.getKey());
      if (!Double.isFinite(guess) || !Double.isFinite(value) || direction.isEmpty()) {
        continue;
      }
      if (shows(direction.get(), value, guess, labelled)) {
        return Optional.empty();
      }
      if (said.isEmpty()) {
        said =
            "%s %s, that answer has %s"
                .formatted(metric.getKey(), CautionRule.number(value), CautionRule.number(guess));
      }
    }
    return said.isEmpty() ? Optional.empty() : Optional.of(said);
  }

  private static boolean shows(Direction direction, double value, double guess, long labelled) {
    if (direction == Direction.LOWER_IS_BETTER) {
      return value < (1 - LEAST_GAIN) * guess;
    }
    boolean share = guess >= 0 && guess <= 1;
    double error = share ? Math.sqrt(guess * (1 - guess) / Math.max(1, labelled)) : 0;
    return value > guess + Math.max(LEAST_GAIN * (1 - guess), STANDARD_ERRORS * error);
  }

  @Override
  public Optional<Caution> standing() {
    return last;
  }

  @Override
  public Optional<Caution> atTheEnd() {
    return evaluations > 1 ? last : Optional.empty();
  }
}
