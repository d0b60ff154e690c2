package org.sparkmto.runlog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.sparkmto.json.Json;

/**
 * What a run is called on a tracking server: {@code tracking.json}, written when the server has
 * made it, so that a run that is resumed goes on there.
 *
 * @param server address of the server
 * @param experiment the server's name for the experiment
 * @param run the server's name for the run
 */
public record TrackedRun(String server, String experiment, String run) {
  /** Name of the file in the directory of a run. */
  public static final String FILE = "tracking.json";

  /** The content of {@link #FILE}. */
  public String toJson() {
    ObjectNode root = Json.object();
    LogFormat.put(root);
    root.put("server", server).put("experiment", experiment).put("run", run);
    return Json.pretty(root);
  }

  /** Reads what {@link #toJson} wrote; empty if it is no such file, or of a later format. */
  public static Optional<TrackedRun> parse(String json) {
    try {
      JsonNode root = Json.parse(json);
      LogFormat.of(root, FILE);
      String run = root.path("run").asText();
      return run.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new TrackedRun(root.path("server").asText(), root.path("experiment").asText(), run));
    } catch (JsonProcessingException | LogFormatException e) {
      return Optional.empty();
    }
  }
}
