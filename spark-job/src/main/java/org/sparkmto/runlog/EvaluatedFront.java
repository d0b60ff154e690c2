package org.sparkmto.runlog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.json.Json;

/**
 * What one network is worth that was asked for several preferences: a file {@code
 * front-<split>.json} in its run.
 *
 * @param split name of the split
 * @param step steps that the network was trained for
 * @param model digest of its weights
 * @param data digest of the split
 * @param counted the figures of each task that {@code hypervolume} and {@code obeyed} are of, by
 *     task
 * @param answers one for each preference, in the order of asking
 * @param hypervolume share of the box between the best and the worst of each counted figure that
 *     the answers dominate together; the box of all runs that were asked by the same command; NaN
 *     where there are too many figures
 * @param obeyed share of pairs of preferences, task by task, of which the one that wishes for more
 *     of the task has the better figure; NaN where no two preferences differ
 */
public record EvaluatedFront(
    String split,
    long step,
    String model,
    String data,
    Map<String, List<String>> counted,
    List<Answer> answers,
    double hypervolume,
    double obeyed) {
  private static final FilesBySplit FILES = new FilesBySplit("front");

  /**
   * What the network says to a preference.
   *
   * @param preference one share per task, in the order of the tasks
   * @param tasks value of every metric, and {@code loss}, by task; NaN where one is undefined
   */
  public record Answer(List<Double> preference, Map<String, Map<String, Double>> tasks) {
    /** The name of the mean loss among the metrics of a task. */
    public static final String LOSS = "loss";

    /** Takes copies. */
    public Answer {
      preference = List.copyOf(preference);
      Map<String, Map<String, Double>> copies = new LinkedHashMap<>();
      tasks.forEach(
          (task, values) ->
              copies.put(task, Collections.unmodifiableMap(new LinkedHashMap<>(values))));
      tasks = Collections.unmodifiableMap(copies);
    }

    /** A task's metric; NaN if it has none. */
    public double of(String task, String metric) {
      return tasks.getOrDefault(task, Map.of()).getOrDefault(metric, Double.NaN);
    }
  }

  /** Takes copies. */
  public EvaluatedFront {
    counted = Collections.unmodifiableMap(new LinkedHashMap<>(counted));
    answers = List.copyOf(answers);
  }

  /** Name of the file of a split. */
  public static String file(String split) {
    return FILES.of(split);
  }

  /** Whether a file of a run has the name of one. */
  public static boolean isFile(String name) {
    return FILES.have(name);
  }

  /** The content of {@link #file}. */
  public String toJson() {
    ObjectNode root = Json.object();
    LogFormat.put(root);
    root.put("split", split).put("step", step).put("model", model).put("data", data);
    Json.put(root, "hypervolume", hypervolume);
    Json.put(root, "obeyed", obeyed);
    ObjectNode byTask = root.putObject("counted");
    counted.forEach((task, figures) -> Json.putTexts(byTask, task, figures));
    ArrayNode all = root.putArray("answers");
    for (Answer answer : answers) {
      ObjectNode node = all.addObject();
      Json.put(node, "preference", answer.preference());
      ObjectNode tasks = node.putObject("tasks");
      answer.tasks().forEach((task, values) -> Json.put(tasks, task, values));
    }
    return Json.pretty(root);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param file its name, for messages
   * @throws LogFormatException if it is damaged or of a later format
   */
  public static EvaluatedFront parse(String json, String file) {
    try {
      JsonNode root = Json.parse(json);
      LogFormat.of(root, file);
      Map<String, List<String>> counted = new LinkedHashMap<>();
      root.path("counted")
          .properties()
          .forEach(entry -> counted.put(entry.getKey(), Json.texts(entry.getValue())));
      List<Answer> answers = new ArrayList<>();
      for (JsonNode node : root.path("answers")) {
        Map<String, Map<String, Double>> tasks = new LinkedHashMap<>();
        node.path("tasks")
            .properties()
            .forEach(entry -> tasks.put(entry.getKey(), Json.numbersByName(entry.getValue())));
        answers.add(new Answer(Json.numbers(node.path("preference")), tasks));
      }
      return new EvaluatedFront(
          root.path("split").asText(),
          root.path("step").asLong(),
          root.path("model").asText(),
          root.path("data").asText(),
          counted,
          answers,
          Json.number(root.path("hypervolume")),
          Json.number(root.path("obeyed")));
    } catch (JsonProcessingException e) {
      throw new LogFormatException(file + " is not whole JSON: evaluate the model again", e);
    }
  }
}
