package org.sparkmto.training;

import java.util.List;
import java.util.Map;
import org.sparkmto.analysis.GradientAnalysis;
import org.sparkmto.method.Observation;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Weighing;
import org.sparkmto.timing.StepPhase;

/**
 * Hears what happens to a run, in the order in which it happens. Steps are told on a thread of
 * Spark's, everything else on that of the run, never two at a time.
 */
interface RunListener {
  /** An attempt at a segment begins, with so many ranks. */
  default void segmentBegins(int ranks) {}

  /** A step was weighed. */
  default void stepWeighed(Observation seen, Weighing weighing) {}

  /** The inner products of the gradients of the step that will be weighed next. */
  default void stepLooked(long step, SymmetricMatrix products) {}

  /**
   * How far the combined gradient of the step that will be weighed next is from the one that the
   * method would make of all gradients.
   */
  default void lookErred(long step, double error) {}

  /** The gradients of the step that was weighed last were analysed. */
  default void stepAnalysed(long step, long epoch, GradientAnalysis analysis) {}

  /** The combined gradient of the step that was weighed last was longer than it may be. */
  default void stepClipped(long step, double norm) {}

  /** Seconds that the phases of a rank's steps have taken since its segment began. */
  default void rankSpent(int rank, Map<StepPhase, Double> seconds) {}

  /** The steps of a segment were made. */
  default void segmentMade(RankTimes times) {}

  /** The network after a segment was evaluated. */
  default void evaluated(ValidationScores validation) {}

  /** A segment failed and begins again. */
  default void restarts(Restart restart) {}

  /**
   * The run ends before its last step.
   *
   * @param step steps made
   * @param reason why, as the end of a sentence
   */
  default void ends(long step, String reason) {}

  /** What was told so far belongs to a checkpoint that is about to be committed. */
  default void committing() {}

  /** Anything else that a person who watches wants to know. */
  default void note(String line) {}

  /**
   * A segment that begins again.
   *
   * @param from its first step
   * @param number how often it was started again, from 1
   * @param allowed how often that may happen
   * @param reason why it failed, on one line
   */
  record Restart(long from, int number, long allowed, String reason) {}

  /** One that tells several, in order. */
  static RunListener all(List<RunListener> listeners) {
    return new RunListener() {
      @Override
      public void segmentBegins(int ranks) {
        listeners.forEach(each -> each.segmentBegins(ranks));
      }

      @Override
      public void stepWeighed(Observation seen, Weighing weighing) {
        listeners.forEach(each -> each.stepWeighed(seen, weighing));
      }

      @Override
      public void stepLooked(long step, SymmetricMatrix products) {
        listeners.forEach(each -> each.stepLooked(step, products));
      }

      @Override
      public void lookErred(long step, double error) {
        listeners.forEach(each -> each.lookErred(step, error));
      }

      @Override
      public void stepAnalysed(long step, long epoch, GradientAnalysis analysis) {
        listeners.forEach(each -> each.stepAnalysed(step, epoch, analysis));
      }

      @Override
      public void stepClipped(long step, double norm) {
        listeners.forEach(each -> each.stepClipped(step, norm));
      }

      @Override
      public void rankSpent(int rank, Map<StepPhase, Double> seconds) {
        listeners.forEach(each -> each.rankSpent(rank, seconds));
      }

      @Override
      public void segmentMade(RankTimes times) {
        listeners.forEach(each -> each.segmentMade(times));
      }

      @Override
      public void evaluated(ValidationScores validation) {
        listeners.forEach(each -> each.evaluated(validation));
      }

      @Override
      public void restarts(Restart restart) {
        listeners.forEach(each -> each.restarts(restart));
      }

      @Override
      public void ends(long step, String reason) {
        listeners.forEach(each -> each.ends(step, reason));
      }

      @Override
      public void committing() {
        listeners.forEach(RunListener::committing);
      }

      @Override
      public void note(String line) {
        listeners.forEach(each -> each.note(line));
      }
    };
  }
}
