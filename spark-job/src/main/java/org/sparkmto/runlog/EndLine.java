package org.sparkmto.runlog;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The run ended before its last step. A run that goes on from there takes the line out.
 *
 * @param step number of the steps made
 * @param reason why, as the end of a sentence: "because its time was over"
 */
public record EndLine(long step, String reason) implements LogLine {
  static final String TYPE = "end";

  @Override
  public String toJson() {
    return LogLine.start(TYPE, step).put("reason", reason).toString();
  }

  static EndLine parse(JsonNode line) throws UnreadableLineException {
    return new EndLine(LogLine.stepOf(line), line.path("reason").asText());
  }
}
