package org.sparkmto.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code run.json} says about a run. Every text may be empty and every number absent except
 * the name and the tasks.
 *
 * @param facts name and value of what a reader wants to see first, in order, only what is known
 * @param configuration as resolved, may be empty
 * @param versions library to version
 */
record RunHeader(
    String name,
    String method,
    String title,
    String sight,
    List<String> tasks,
    Map<String, String> facts,
    String configuration,
    Map<String, String> versions,
    JsonNode json) {

  static final String FILE = "run.json";

  static RunHeader read(RunFiles files) throws IOException {
    JsonNode json;
    try (InputStream in = files.open(FILE)) {
      json = new ObjectMapper().readTree(in);
    } catch (JsonProcessingException e) {
      throw new ReportException(
          files.label() + "/" + FILE + " is not JSON: " + e.getOriginalMessage(), e);
    }
    String name = json.path("run").asText();
    if (name.isEmpty()) {
      throw new ReportException(files.label() + "/" + FILE + " has no 'run' (the name of the run)");
    }
    List<String> tasks = new ArrayList<>();
    json.path("tasks").forEach(task -> tasks.add(task.asText()));
    if (tasks.isEmpty()) {
      throw new ReportException(
          files.label() + "/" + FILE + " has no 'tasks' (the list of task names)");
    }
    String method = json.path("method").asText();
    String title = json.path("methodTitle").asText();
    Map<String, String> versions = new LinkedHashMap<>();
    json.path("versions")
        .properties()
        .forEach(entry -> versions.put(entry.getKey(), entry.getValue().asText()));
    return new RunHeader(
        name,
        method,
        title.isEmpty() ? (method.isEmpty() ? name : method) : title,
        json.path("sight").asText(),
        List.copyOf(tasks),
        facts(json, tasks.size()),
        json.path("configuration").asText(),
        versions,
        json);
  }

  private static Map<String, String> facts(JsonNode json, int tasks) {
    Map<String, String> facts = new LinkedHashMap<>();
    fact(facts, "Data set", json.path("dataset"));
    facts.put("Tasks", NumberText.count(tasks));
    fact(facts, "Network", json.path("network"));
    fact(facts, "Shared parameters", json.at("/parameters/shared"));
    fact(facts, "Head parameters", json.at("/parameters/heads"));
    fact(facts, "Method sees", json.path("sight"));
    fact(facts, "Gradients at", json.path("level"));
    fact(facts, "Ranks", json.path("ranks"));
    fact(facts, "Global batch", json.path("globalBatch"));
    fact(facts, "Steps", json.path("steps"));
    JsonNode seed = json.path("seed");
    if (!seed.isMissingNode() && !seed.isNull()) {
      facts.put("Seed", seed.asText());
    }
    fact(facts, "Started", json.path("started"));
    return facts;
  }

  private static void fact(Map<String, String> facts, String name, JsonNode value) {
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      facts.put(name, NumberText.count(value.asLong()));
    } else if (value.isValueNode() && !value.isNull() && !value.asText().isEmpty()) {
      facts.put(name, value.asText());
    }
  }
}
