package org.sparkmto.runlog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.sparkmto.json.Json;

/** A line of {@code metrics.jsonl}: something that happened in a run. */
public sealed interface LogLine
    permits StepLine, LookLine, AnalysisLine, PhasesLine, EvaluationLine, RestartLine, EndLine {
  /** Name of the field that says what a line is of. */
  String TYPE = "type";

  /** Name of the field of the step. */
  String STEP = "step";

  /**
   * A step's own number, from 0, also of a look or an analysis; of phases, an evaluation and the
   * run's end the number of steps made before it; of a restart the number of steps that it goes on
   * from.
   */
  long step();

  /** The line as it is written, without a line feed. */
  String toJson();

  /** A line of a type, to be filled. */
  static ObjectNode start(String type, long step) {
    return Json.object().put(TYPE, type).put(STEP, step);
  }

  /** The step of a line. */
  static long stepOf(JsonNode line) throws UnreadableLineException {
    JsonNode step = line.path(STEP);
    if (!step.isIntegralNumber() || !step.canConvertToLong() || step.longValue() < 0) {
      throw new UnreadableLineException("without a step number");
    }
    return step.longValue();
  }
}
