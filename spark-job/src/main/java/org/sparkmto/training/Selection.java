package org.sparkmto.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.JsonFields;
import org.sparkmto.json.Json;
import org.sparkmto.metric.CountedFigures;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.metric.RelativePerformance.Convention;

/**
 * Which checkpoint of a run is the best so far on the validation split. With single-task networks
 * to compare with it is the one with the lowest Delta_m (as Elich et al., Examining Common
 * Paradigms in Multi-Task Learning, stop early); without them, one is better than the best so far
 * if on average the figures that count are better relative to those of the best. What is not
 * defined never chooses: an evaluation without a Delta_m, or of which no figure that counts is
 * defined, is never the best, and none counts as worse before there is a best.
 *
 * @param baselines metrics of the single-task networks, by task and metric; empty without them
 * @param best directory of the best checkpoint, relative to the run
 * @param metrics of the best, by task and metric
 * @param since evaluations after it
 */
record Selection(
    Map<String, Map<String, Double>> baselines,
    Optional<String> best,
    Map<String, Map<String, Double>> metrics,
    long since) {

  /** Nothing evaluated yet. */
  static Selection against(Map<String, Map<String, Double>> baselines) {
    return new Selection(baselines, Optional.empty(), Map.of(), 0);
  }

  Selection {
    baselines = Collections.unmodifiableMap(new TreeMap<>(baselines));
    metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
  }

  /**
   * After one more evaluation.
   *
   * @param found its metrics, by task and metric
   * @param directory of its checkpoint, relative to the run
   * @param counted the figures that count
   * @param byTask whether every task counts the same, or every figure
   * @throws IllegalArgumentException if one that counts is not among those of the baselines
   */
  Selection after(
      Map<String, Map<String, Double>> found,
      String directory,
      CountedFigures counted,
      boolean byTask) {
    if (isDefined(found, counted) && better(found, counted, byTask)) {
      return new Selection(baselines, Optional.of(directory), found, 0);
    }
    return best.isEmpty() ? this : new Selection(baselines, best, metrics, since + 1);
  }

  /** Whether an evaluation says anything about which checkpoint is better. */
  private boolean isDefined(Map<String, Map<String, Double>> found, CountedFigures counted) {
    return delta(found, counted)
        .map(delta -> Double.isFinite(delta.taskWeighted()))
        .orElseGet(
            () ->
                counted.tasks().entrySet().stream()
                    .anyMatch(
                        task ->
                            task.getValue().stream()
                                .map(figure -> found.get(task.getKey()).get(figure.name()))
                                .anyMatch(Double::isFinite)));
  }

  private boolean better(
      Map<String, Map<String, Double>> found, CountedFigures counted, boolean byTask) {
    Optional<RelativePerformance> delta = delta(found, counted);
    if (best.isEmpty()) {
      return true;
    }
    if (delta.isEmpty()) {
      return worse(found, counted, byTask) < 0;
    }
    double now = weighted(delta.orElseThrow(), byTask);
    double before = weighted(delta(metrics, counted).orElseThrow(), byTask);
    return now < before || (Double.isNaN(before) && !Double.isNaN(now));
  }

  /** Delta_m of an evaluation, as a drop; absent without baselines. */
  Optional<RelativePerformance> delta(
      Map<String, Map<String, Double>> found, CountedFigures counted) {
    return baselines.isEmpty()
        ? Optional.empty()
        : Optional.of(RelativePerformance.against(baselines, found, counted, Convention.DROP));
  }

  /**
   * Refuses baselines that Delta_m cannot be against.
   *
   * @throws IllegalArgumentException if a figure that counts was not measured of them
   */
  void requireCounted(CountedFigures counted) {
    RelativePerformance unused =
        RelativePerformance.against(baselines, baselines, counted, Convention.DROP);
  }

  private static double weighted(RelativePerformance delta, boolean byTask) {
    return byTask ? delta.taskWeighted() : delta.metricWeighted();
  }

  /**
   * How much worse than the best, on average. Unlike Delta_m it has an answer where the best has a
   * zero, as early evaluations do.
   */
  private double worse(
      Map<String, Map<String, Double>> found, CountedFigures counted, boolean byTask) {
    double sum = 0;
    double weights = 0;
    for (Map.Entry<String, List<Figure>> task : counted.tasks().entrySet()) {
      double weight = byTask ? 1.0 / task.getValue().size() : 1;
      for (Figure figure : task.getValue()) {
        double value = found.get(task.getKey()).get(figure.name());
        double best = metrics.get(task.getKey()).get(figure.name());
        sum += weight * worse(figure.direction(), value, best);
        weights += weight;
      }
    }
    return sum / weights;
  }

  private static double worse(Direction direction, double value, double best) {
    if (Double.compare(value, best) == 0) {
      return 0;
    }
    if (Double.isNaN(value) || Double.isNaN(best)) {
      return Double.isNaN(value) ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }
    double change = (value - best) / Math.abs(best);
    return direction == Direction.HIGHER_IS_BETTER ? -change : change;
  }

  ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("since", since);
    best.ifPresent(directory -> node.put("best", directory));
    putMetrics(node.putObject("metrics"), metrics);
    putMetrics(node.putObject("baselines"), baselines);
    return node;
  }

  static Selection parse(JsonFields fields) {
    Selection selection =
        new Selection(
            fields.has("baselines") ? metricsOf(fields.fields("baselines")) : Map.of(),
            fields.has("best") ? Optional.of(fields.text("best")) : Optional.empty(),
            fields.has("metrics") ? metricsOf(fields.fields("metrics")) : Map.of(),
            fields.has("since") ? fields.longInteger("since") : 0);
    fields.end();
    if (selection.best().filter(best -> !Checkpoints.isCheckpoint(best)).isPresent()) {
      throw new DataContractException("calls '" + selection.best().get() + "' the best checkpoint");
    }
    return selection;
  }

  /** Writes metrics by task; undefined ones are null. */
  static void putMetrics(ObjectNode node, Map<String, Map<String, Double>> byTask) {
    byTask.forEach((task, metrics) -> Json.put(node, task, metrics));
  }

  /** Reads what {@link #putMetrics} wrote. */
  static Map<String, Map<String, Double>> metricsOf(JsonFields byTask) {
    return byTask.all(
        (task, metrics) -> JsonFields.map(metrics, task, (metric, value) -> metric(metric, value)));
  }

  private static double metric(String name, JsonNode value) {
    if (value.isNull()) {
      return Double.NaN;
    }
    // As Jackson writes what JSON has no number for.
    if (value.isTextual() && value.textValue().matches("-?Infinity")) {
      return Double.parseDouble(value.textValue());
    }
    return JsonFields.number(value, name);
  }
}
