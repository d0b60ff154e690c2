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
 * <p>Where a figure or loss is named, it alone chooses, by its own direction. Patience begins anew
 * with an evaluation that is better than the one it last began with by more than the least change;
 * the best is the best by however little.
 *
 * @param baselines metrics of the single-task networks, by task and metric; empty without them
 * @param best directory of the best checkpoint, relative to the run
 * @param metrics of the best, by task and metric, and losses
 * @param mark the same of the evaluation that patience last began with, if it is not the best
 * @param since evaluations after that
 */
record Selection(
    Map<String, Map<String, Double>> baselines,
    Optional<String> best,
    Map<String, Map<String, Double>> metrics,
    Optional<Map<String, Map<String, Double>>> mark,
    long since) {

  /** Nothing evaluated yet. */
  static Selection against(Map<String, Map<String, Double>> baselines) {
    return new Selection(baselines, Optional.empty(), Map.of(), Optional.empty(), 0);
  }

  Selection {
    baselines = Collections.unmodifiableMap(new TreeMap<>(baselines));
    metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
    mark = mark.map(values -> Collections.unmodifiableMap(new TreeMap<>(values)));
  }

  /**
   * After one more evaluation.
   *
   * @param found its metrics, by task and metric, and its losses
   * @param directory of its checkpoint, relative to the run
   * @throws IllegalArgumentException if a figure that counts is not among those of the baselines
   */
  Selection after(Map<String, Map<String, Double>> found, String directory, SelectionRule rule) {
    if (best.isEmpty()) {
      return isDefined(found, rule)
          ? new Selection(baselines, Optional.of(directory), found, Optional.empty(), 0)
          : this;
    }
    boolean defined = isDefined(found, rule);
    boolean better = defined && worse(found, metrics, rule) < 0;
    Map<String, Map<String, Double>> begun = mark.orElse(metrics);
    boolean anew = defined && worse(found, begun, rule) < -rule.leastChange();
    Map<String, Map<String, Double>> now = better ? found : metrics;
    Map<String, Map<String, Double>> marked = anew ? found : begun;
    return new Selection(
        baselines,
        better ? Optional.of(directory) : best,
        now,
        Optional.of(marked).filter(values -> !values.equals(now)),
        anew ? 0 : since + 1);
  }

  /** Whether an evaluation says anything about which checkpoint is better. */
  private boolean isDefined(Map<String, Map<String, Double>> found, SelectionRule rule) {
    if (rule.by().isPresent()) {
      return rule.by().get().isDefined(found);
    }
    return delta(found, rule.counted())
        .map(delta -> Double.isFinite(delta.taskWeighted()))
        .orElseGet(
            () ->
                rule.counted().tasks().entrySet().stream()
                    .anyMatch(
                        task ->
                            task.getValue().stream()
                                .map(figure -> found.get(task.getKey()).get(figure.name()))
                                .anyMatch(Double::isFinite)));
  }

  /** How much worse an evaluation is than another; below 0 if it is better. */
  private double worse(
      Map<String, Map<String, Double>> found,
      Map<String, Map<String, Double>> than,
      SelectionRule rule) {
    if (rule.by().isPresent()) {
      return rule.by().get().worse(found, than);
    }
    Optional<RelativePerformance> delta = delta(found, rule.counted());
    if (delta.isEmpty()) {
      return relativelyWorse(found, than, rule);
    }
    double before = weighted(delta(than, rule.counted()).orElseThrow(), rule.byTask());
    return Double.isNaN(before)
        ? Double.NEGATIVE_INFINITY
        : weighted(delta.orElseThrow(), rule.byTask()) - before;
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
   * How much worse on average, relative to the other. Unlike Delta_m it has an answer where the
   * other has a zero, as early evaluations do.
   */
  private static double relativelyWorse(
      Map<String, Map<String, Double>> found,
      Map<String, Map<String, Double>> than,
      SelectionRule rule) {
    double sum = 0;
    double weights = 0;
    for (Map.Entry<String, List<Figure>> task : rule.counted().tasks().entrySet()) {
      double weight = rule.byTask() ? 1.0 / task.getValue().size() : 1;
      for (Figure figure : task.getValue()) {
        double value = found.get(task.getKey()).get(figure.name());
        double best = than.get(task.getKey()).get(figure.name());
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
    mark.ifPresent(values -> putMetrics(node.putObject("mark"), values));
    putMetrics(node.putObject("baselines"), baselines);
    return node;
  }

  static Selection parse(JsonFields fields) {
    Selection selection =
        new Selection(
            fields.has("baselines") ? metricsOf(fields.fields("baselines")) : Map.of(),
            fields.has("best") ? Optional.of(fields.text("best")) : Optional.empty(),
            fields.has("metrics") ? metricsOf(fields.fields("metrics")) : Map.of(),
            fields.has("mark") ? Optional.of(metricsOf(fields.fields("mark"))) : Optional.empty(),
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
