package org.sparkmto.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.sparkmto.data.DataContractException;
import org.sparkmto.data.JsonFields;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Metrics;
import org.sparkmto.metric.RelativePerformance;
import org.sparkmto.metric.RelativePerformance.Convention;

/**
 * Which checkpoint of a run is the best so far on the validation split. With single-task networks
 * to compare with it is the one with the lowest Delta_m (as Senushkin et al., CVPR 2023, choose
 * models); without them, one is better than the best so far if on average its metrics are better
 * relative to those of the best.
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
   * @param byTask whether every task counts the same, or every metric
   * @throws IllegalArgumentException if tasks or metrics are not those of the baselines
   */
  Selection after(Map<String, Map<String, Double>> found, String directory, boolean byTask) {
    boolean better = better(found, byTask);
    return better
        ? new Selection(baselines, Optional.of(directory), found, 0)
        : new Selection(baselines, best, metrics, since + 1);
  }

  private boolean better(Map<String, Map<String, Double>> found, boolean byTask) {
    OptionalDouble delta = delta(found, byTask);
    if (best.isEmpty()) {
      return true;
    }
    if (delta.isEmpty()) {
      return worse(found, byTask) < 0;
    }
    double now = delta.getAsDouble();
    double before = delta(metrics, byTask).orElseThrow();
    return now < before || (Double.isNaN(before) && !Double.isNaN(now));
  }

  /** Delta_m of an evaluation in percent, lower is better; absent without baselines. */
  OptionalDouble delta(Map<String, Map<String, Double>> found, boolean byTask) {
    if (baselines.isEmpty()) {
      return OptionalDouble.empty();
    }
    RelativePerformance relative =
        RelativePerformance.against(baselines, found, Selection::direction, Convention.DROP);
    return OptionalDouble.of(byTask ? relative.taskWeighted() : relative.metricWeighted());
  }

  /**
   * How much worse than the best, on average. Unlike Delta_m it has an answer where the best has a
   * zero, as early evaluations do.
   */
  private double worse(Map<String, Map<String, Double>> found, boolean byTask) {
    double sum = 0;
    double weights = 0;
    for (Map.Entry<String, Map<String, Double>> task : found.entrySet()) {
      double weight = byTask ? 1.0 / task.getValue().size() : 1;
      for (Map.Entry<String, Double> metric : task.getValue().entrySet()) {
        double best = metrics.get(task.getKey()).get(metric.getKey());
        sum += weight * worse(direction(metric.getKey()), metric.getValue(), best);
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

  private static Direction direction(String metric) {
    return Metrics.direction(metric).orElseThrow();
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
            metricsOf(fields.fields("baselines")),
            fields.has("best") ? Optional.of(fields.text("best")) : Optional.empty(),
            metricsOf(fields.fields("metrics")),
            fields.longInteger("since"));
    fields.end();
    if (selection.best().filter(best -> !Checkpoints.isCheckpoint(best)).isPresent()) {
      throw new DataContractException("calls '" + selection.best().get() + "' the best checkpoint");
    }
    return selection;
  }

  /** Writes metrics by task; undefined ones are null. */
  static void putMetrics(ObjectNode node, Map<String, Map<String, Double>> byTask) {
    byTask.forEach(
        (task, metrics) -> {
          ObjectNode values = node.putObject(task);
          metrics.forEach((name, value) -> values.put(name, Double.isNaN(value) ? null : value));
        });
  }

  /** Reads what {@link #putMetrics} wrote. */
  static Map<String, Map<String, Double>> metricsOf(JsonFields byTask) {
    return byTask.all(
        (task, metrics) ->
            JsonFields.map(metrics, task, (metric, value) -> metric(metric, value)));
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
