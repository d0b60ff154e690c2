package org.sparkmto.runlog;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.sparkmto.json.Json;

/**
 * Analyses of the gradients of a run, each as in its log: {@code analysis.json}.
 *
 * @param header of the run
 * @param lines in the order of their steps
 */
public record AnalysisFile(RunHeader header, List<AnalysisLine> lines) {
  /** Name of the file. */
  public static final String NAME = "analysis.json";

  /** Takes a copy. */
  public AnalysisFile {
    lines = List.copyOf(lines);
  }

  /** Its content. */
  public String toJson() {
    ObjectNode root = Json.object();
    LogFormat.put(root);
    root.put("run", header.run()).put("method", header.method());
    Json.putTexts(root, "tasks", header.tasks());
    ArrayNode analyses = root.putArray("analyses");
    lines.forEach(line -> analyses.add(line.toNode()));
    return Json.pretty(root);
  }
}
