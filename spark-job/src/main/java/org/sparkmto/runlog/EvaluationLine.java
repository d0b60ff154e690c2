package org.sparkmto.runlog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What the network was worth on a split in the middle of the run.
 *
 * @param evaluation its step is the number of steps made
 */
public record EvaluationLine(Evaluation evaluation) implements LogLine {
  static final String TYPE = "evaluation";

  @Override
  public long step() {
    return evaluation.step();
  }

  @Override
  public String toJson() {
    ObjectNode line = LogLine.start(TYPE, evaluation.step());
    evaluation.putInto(line);
    return line.toString();
  }

  static EvaluationLine parse(JsonNode line) throws UnreadableLineException {
    LogLine.stepOf(line);
    if (line.path("split").asText().isEmpty()) {
      throw new UnreadableLineException("an evaluation of no split");
    }
    return new EvaluationLine(Evaluation.of(line));
  }
}
