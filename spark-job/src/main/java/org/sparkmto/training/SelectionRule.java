package org.sparkmto.training;

import java.util.Optional;
import org.sparkmto.configuration.NamedFigure;
import org.sparkmto.configuration.SelectionSection;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.metric.CountedFigures;

/**
 * How evaluations are compared.
 *
 * @param counted the figures that count where none is named
 * @param byTask whether every task counts the same then, or every figure
 * @param by the figure or loss that alone chooses
 * @param leastChange by how much an evaluation must be better for patience to begin anew: in the
 *     unit of the figure, in percent of Delta_m, or as a relative change; not negative
 */
record SelectionRule(
    CountedFigures counted, boolean byTask, Optional<NamedFigure> by, double leastChange) {

  /** What a person chose to compare by, with a blank before it; nothing if that is the usual. */
  String words() {
    return by.map(figure -> " by " + figure).orElse("");
  }

  /**
   * The rule of a configuration.
   *
   * @param evaluation which figures there are
   * @throws IllegalArgumentException if it names a figure that there is not
   */
  static SelectionRule of(SelectionSection section, SplitEvaluation evaluation) {
    return new SelectionRule(
        evaluation.counted(),
        section.byTask(),
        Optional.of(section.by())
            .filter(name -> !name.equals(NamedFigure.DELTA))
            .map(name -> NamedFigure.of(name, evaluation)),
        section.minDelta());
  }
}
