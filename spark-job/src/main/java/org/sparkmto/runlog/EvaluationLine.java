package org.sparkmto.runlog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * What the network was worth on a split in the middle of the run.
 *
 * @param evaluation its step is the number of steps made
 * @param constant what the same answer for every image is worth there; the first evaluation of a
 *     run has it
 */
public record EvaluationLine(Evaluation evaluation, Optional<ConstantScores> constant)
    implements LogLine {
  static final String TYPE = "evaluation";
  private static final String CONSTANT = "constant";

  /** One that says nothing of constant answers. */
  public EvaluationLine(Evaluation evaluation) {
    this(evaluation, Optional.empty());
  }

  @Override
  public long step() {
    return evaluation.step();
  }

  @Override
  public String toJson() {
    ObjectNode line = LogLine.start(TYPE, evaluation.step());
    evaluation.putInto(line);
    constant.ifPresent(scores -> line.set(CONSTANT, scores.toNode()));
    return line.toString();
  }

  static EvaluationLine parse(JsonNode line) throws UnreadableLineException {
    LogLine.stepOf(line);
    if (line.path("split").asText().isEmpty()) {
      throw new UnreadableLineException("an evaluation of no split");
    }
    return new EvaluationLine(
        Evaluation.of(line),
        line.path(CONSTANT).isObject()
            ? Optional.of(ConstantScores.of(line.path(CONSTANT)))
            : Optional.empty());
  }
}
