package org.sparkmto.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.sparkmto.json.Json;
import org.sparkmto.runlog.Evaluation;

/** The final numbers with what {@code run.json} says; an undefined value is null. */
final class JsonResults {
  private JsonResults() {}

  static String of(List<Run> runs) {
    ObjectNode root = Json.object();
    ArrayNode array = root.putArray("runs");
    for (Run run : runs) {
      ObjectNode node = array.addObject();
      node.set("header", run.header().toNode());
      node.put("stepsLogged", run.log().steps());
      Json.put(node, "medianStepMillis", run.log().medianMillis());
      node.put("restarts", run.log().restarts().size());
      node.put(
          "fallbackSteps",
          run.log().fallbacks().values().stream().mapToLong(RunLog.Fallback::count).sum());
      ObjectNode results = node.putObject("results");
      run.results()
          .forEach(
              (split, result) ->
                  result(results.putObject(split), result, !run.finals().contains(split)));
      Json.putTexts(node, "notes", run.notes());
    }
    return Json.pretty(root);
  }

  private static void result(ObjectNode node, Evaluation result, boolean duringTraining) {
    node.put("step", result.step());
    node.put("duringTraining", duringTraining);
    ObjectNode tasks = node.putObject("tasks");
    result.tasks().forEach((task, values) -> Json.put(tasks, task, values));
    Json.put(node, "mean", result.mean());
    result.delta().ifPresent(delta -> delta.putInto(node));
  }
}
