package org.sparkmto.runlog;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The run goes on from a checkpoint after something failed.
 *
 * @param step of the checkpoint
 * @param attempt number of the attempt that begins, from 2
 * @param reason what failed
 */
public record RestartLine(long step, long attempt, String reason) implements LogLine {
  static final String TYPE = "restart";

  @Override
  public String toJson() {
    return LogLine.start(TYPE, step).put("attempt", attempt).put("reason", reason).toString();
  }

  static RestartLine parse(JsonNode line) throws UnreadableLineException {
    return new RestartLine(
        LogLine.stepOf(line), line.path("attempt").asLong(), line.path("reason").asText());
  }
}
