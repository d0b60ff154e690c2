package org.sparkmto.runlog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkmto.json.Json;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.Metrics;

/**
 * What a network is worth on a split: a file {@code evaluation-<split>.json} in its run, or a line
 * of the run's log.
 *
 * @param split name of the split
 * @param step steps that the network was trained for
 * @param tasks value of every metric, by task and metric; NaN where a metric is undefined, for
 *     which the file has null and says under {@code undefined} what it needs
 * @param mean of every metric over the tasks that have it and of which it is defined
 * @param losses mean loss of each task as it is trained with; NaN where nothing is labelled; empty
 *     where losses were not taken, as in files of earlier versions
 * @param delta the comparison with single-task networks, if there was one
 */
public record Evaluation(
    String split,
    long step,
    Map<String, Map<String, Double>> tasks,
    Map<String, Double> mean,
    Map<String, Double> losses,
    Optional<Delta> delta) {
  private static final FilesBySplit FILES = new FilesBySplit("evaluation");
  private static final String LOSSES = "losses";

  /** Names in a comparison, also in that of several seeds. */
  static final String DELTA = "delta";

  static final String TASK_WEIGHTED = "task-weighted";
  static final String METRIC_WEIGHTED = "metric-weighted";
  static final String CONVENTION = "convention";
  private static final String COUNTED = "counted";
  private static final String BASELINE = "baseline";

  /**
   * Delta_m in percent.
   *
   * @param taskWeighted every task counts the same; NaN if not known
   * @param metricWeighted every figure that counts does the same; NaN if not known
   * @param convention what the sign says, never empty
   * @param counted names of the metrics that count, by task; empty if not said
   * @param baseline directory of the networks it was compared with; empty if not said
   */
  public record Delta(
      double taskWeighted,
      double metricWeighted,
      String convention,
      Map<String, List<String>> counted,
      String baseline) {

    public Delta {
      counted = Collections.unmodifiableMap(new LinkedHashMap<>(counted));
    }

    /** Puts it into an object under the name that {@link #of} finds it by. */
    public void putInto(ObjectNode node) {
      ObjectNode object = node.putObject(DELTA);
      Json.put(object, TASK_WEIGHTED, taskWeighted);
      Json.put(object, METRIC_WEIGHTED, metricWeighted);
      object.put(CONVENTION, convention);
      putCounted(object, counted);
      if (!baseline.isEmpty()) {
        object.put(BASELINE, baseline);
      }
    }

    private static Optional<Delta> of(JsonNode node) {
      JsonNode delta = node.path(DELTA);
      return delta.isObject()
          ? Optional.of(
              new Delta(
                  Json.number(delta.path(TASK_WEIGHTED)),
                  Json.number(delta.path(METRIC_WEIGHTED)),
                  delta.path(CONVENTION).asText("sign convention not given"),
                  countedOf(delta),
                  delta.path(BASELINE).asText()))
          : Optional.empty();
    }

    /** Writes what counts into a comparison. */
    static void putCounted(ObjectNode delta, Map<String, List<String>> counted) {
      if (!counted.isEmpty()) {
        ObjectNode byTask = delta.putObject(COUNTED);
        counted.forEach((task, metrics) -> metrics.forEach(byTask.putArray(task)::add));
      }
    }

    /** Reads what {@link #putCounted} wrote. */
    static Map<String, List<String>> countedOf(JsonNode delta) {
      Map<String, List<String>> counted = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> task : delta.path(COUNTED).properties()) {
        List<String> metrics = new ArrayList<>();
        task.getValue().forEach(metric -> metrics.add(metric.asText()));
        counted.put(task.getKey(), metrics);
      }
      return counted;
    }
  }

  /** Takes copies. */
  public Evaluation {
    Map<String, Map<String, Double>> copies = new LinkedHashMap<>();
    tasks.forEach((task, values) -> copies.put(task, copy(values)));
    tasks = Collections.unmodifiableMap(copies);
    mean = copy(mean);
    losses = copy(losses);
  }

  /** An evaluation that took no losses. */
  public Evaluation(
      String split,
      long step,
      Map<String, Map<String, Double>> tasks,
      Map<String, Double> mean,
      Optional<Delta> delta) {
    this(split, step, tasks, mean, Map.of(), delta);
  }

  private static Map<String, Double> copy(Map<String, Double> values) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** Name of the file of a split's evaluation. */
  public static String file(String split) {
    return FILES.of(split);
  }

  /** Whether a file of a run has the name of an evaluation. */
  public static boolean isFile(String name) {
    return FILES.have(name);
  }

  /** The content of {@link #file}. */
  public String toJson() {
    ObjectNode root = Json.object();
    LogFormat.put(root);
    root.put("step", step);
    putInto(root);
    return Json.pretty(root);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param file its name, for messages
   * @throws LogFormatException if it is damaged or of a later format
   */
  public static Evaluation parse(String json, String file) {
    try {
      JsonNode root = Json.parse(json);
      LogFormat.of(root, file);
      return of(root);
    } catch (JsonProcessingException e) {
      throw new LogFormatException(file + " is not whole JSON: evaluate the model again", e);
    }
  }

  void putInto(ObjectNode node) {
    node.put("split", split);
    ObjectNode byTask = node.putObject("tasks");
    tasks.forEach((task, values) -> Json.put(byTask, task, values));
    Json.put(node, "mean", mean);
    if (!losses.isEmpty()) {
      Json.put(node, LOSSES, losses);
    }
    putUndefined(node, tasks);
    delta.ifPresent(relative -> relative.putInto(node));
  }

  /** Says what is undefined, and what it needs; nothing if everything is defined. */
  public static void putUndefined(ObjectNode node, Map<String, Map<String, Double>> tasks) {
    Map<String, Map<String, String>> undefined = new LinkedHashMap<>();
    tasks.forEach(
        (task, values) ->
            values.forEach(
                (metric, value) -> {
                  if (!Double.isFinite(value)) {
                    String needs =
                        Metrics.figure(metric).map(Figure::needs).orElse("what it needs");
                    undefined
                        .computeIfAbsent(task, name -> new LinkedHashMap<>())
                        .put(metric, "needs " + needs);
                  }
                }));
    if (!undefined.isEmpty()) {
      ObjectNode object = node.putObject(Figure.UNDEFINED);
      undefined.forEach((task, metrics) -> Json.putTexts(object, task, metrics));
    }
  }

  static Evaluation of(JsonNode node) {
    Map<String, Map<String, Double>> tasks = new LinkedHashMap<>();
    node.path("tasks")
        .properties()
        .forEach(entry -> tasks.put(entry.getKey(), Json.numbersByName(entry.getValue())));
    return new Evaluation(
        node.path("split").asText(),
        node.path("step").asLong(),
        tasks,
        Json.numbersByName(node.path("mean")),
        Json.numbersByName(node.path(LOSSES)),
        Delta.of(node));
  }

  /** Names of all metrics, in the order in which they first occur. */
  public List<String> metrics() {
    Set<String> names = new LinkedHashSet<>();
    tasks.values().forEach(values -> names.addAll(values.keySet()));
    names.addAll(mean.keySet());
    return new ArrayList<>(names);
  }

  /** The only task that has a metric; empty if several have it. */
  public Optional<String> onlyTask(String metric) {
    List<String> having =
        tasks.keySet().stream().filter(task -> tasks.get(task).containsKey(metric)).toList();
    return having.size() == 1 ? Optional.of(having.get(0)) : Optional.empty();
  }

  /** A task's metric; NaN if it has none. */
  public double of(String task, String metric) {
    return tasks.getOrDefault(task, Map.of()).getOrDefault(metric, Double.NaN);
  }

  /** A task's loss; NaN if it is not known. */
  public double loss(String task) {
    return losses.getOrDefault(task, Double.NaN);
  }

  /** A metric's mean; NaN if there is none. */
  public double mean(String metric) {
    return mean.getOrDefault(metric, Double.NaN);
  }
}
