package org.sparkmto.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** The final numbers with what {@code run.json} says; an undefined value is null. */
final class JsonResults {
  private JsonResults() {}

  static String of(List<Run> runs) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    ArrayNode array = root.putArray("runs");
    for (Run run : runs) {
      ObjectNode node = array.addObject();
      node.set("header", run.header().json());
      node.put("stepsLogged", run.log().steps());
      number(node, "medianStepMillis", run.log().medianMillis());
      node.put("restarts", run.log().restarts().size());
      node.put(
          "fallbackSteps",
          run.log().fallbacks().values().stream().mapToLong(RunLog.Fallback::count).sum());
      ObjectNode results = node.putObject("results");
      run.results().forEach((split, result) -> result(results.putObject(split), result));
      ArrayNode notes = node.putArray("notes");
      run.notes().forEach(notes::add);
    }
    return root.toPrettyString() + "\n";
  }

  private static void result(ObjectNode node, Evaluation result) {
    node.put("step", result.step());
    node.put("duringTraining", result.ofLog());
    ObjectNode tasks = node.putObject("tasks");
    result.tasks().forEach((task, values) -> numbers(tasks.putObject(task), values));
    numbers(node.putObject("mean"), result.mean());
    result
        .delta()
        .ifPresent(
            delta -> {
              ObjectNode object = node.putObject("delta");
              number(object, "task-weighted", delta.taskWeighted());
              number(object, "metric-weighted", delta.metricWeighted());
              object.put("convention", delta.convention());
              object.put("baseline", delta.baseline());
            });
  }

  private static void numbers(ObjectNode node, Map<String, Double> values) {
    values.forEach((metric, value) -> number(node, metric, value));
  }

  private static void number(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    } else {
      node.putNull(name);
    }
  }
}
