package org.sparkmto.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.sparkmto.json.Json;
import org.sparkmto.runlog.Evaluation;
import org.sparkmto.runlog.SeedEvaluation;

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
    List<SeedGroup> several = SeedGroup.of(runs).stream().filter(SeedGroup::isSeveral).toList();
    if (!several.isEmpty()) {
      ArrayNode groups = root.putArray("groups");
      several.forEach(group -> group(groups.addObject(), group));
    }
    return Json.pretty(root);
  }

  /** Runs that differ in their seed alone: mean and deviation of every number they all have. */
  private static void group(ObjectNode node, SeedGroup group) {
    node.put("name", group.name()).put("method", group.first().header().method());
    ArrayNode seeds = node.putArray("seeds");
    group.runs().forEach(run -> run.header().seed().ifPresent(seeds::add));
    ObjectNode results = node.putObject("results");
    for (Evaluation first : group.first().results().values()) {
      String split = first.split();
      if (group.runs().stream().anyMatch(run -> !run.results().containsKey(split))) {
        continue;
      }
      ObjectNode on = results.putObject(split);
      ObjectNode tasks = on.putObject("tasks");
      first
          .tasks()
          .forEach(
              (task, values) -> {
                ObjectNode metrics = tasks.putObject(task);
                values
                    .keySet()
                    .forEach(metric -> put(metrics, metric, group, split, e -> e.of(task, metric)));
              });
      ObjectNode mean = on.putObject("mean");
      first.mean().keySet().forEach(m -> put(mean, m, group, split, e -> e.mean(m)));
    }
  }

  private static void put(
      ObjectNode node,
      String metric,
      SeedGroup group,
      String split,
      ToDoubleFunction<Evaluation> value) {
    SeedEvaluation.put(
        node, metric, group.spread(run -> value.applyAsDouble(run.results().get(split))));
  }

  private static void result(ObjectNode node, Evaluation result, boolean duringTraining) {
    node.put("step", result.step());
    node.put("duringTraining", duringTraining);
    ObjectNode tasks = node.putObject("tasks");
    result.tasks().forEach((task, values) -> Json.put(tasks, task, values));
    Json.put(node, "mean", result.mean());
    Evaluation.putUndefined(node, result.tasks());
    result.delta().ifPresent(delta -> delta.putInto(node));
  }
}
