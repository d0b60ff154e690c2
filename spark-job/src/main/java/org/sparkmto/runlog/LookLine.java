package org.sparkmto.runlog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.sparkmto.json.Json;

/**
 * How far the combined gradient of a step was from the one that the method would have made of all
 * gradients, where it looks at less.
 *
 * @param step whose it is, which is told next
 * @param error length of the difference by the length of the other; NaN if that is zero
 */
public record LookLine(long step, double error) implements LogLine {
  static final String TYPE = "look";

  @Override
  public String toJson() {
    ObjectNode line = LogLine.start(TYPE, step);
    Json.put(line, "error", error);
    return line.toString();
  }

  static LookLine parse(JsonNode line) throws UnreadableLineException {
    return new LookLine(LogLine.stepOf(line), Json.number(line.path("error")));
  }
}
