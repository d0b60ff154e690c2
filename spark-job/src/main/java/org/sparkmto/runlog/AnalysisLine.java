package org.sparkmto.runlog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.analysis.GradientAnalysis;
import org.sparkmto.analysis.GradientAnalysis.Group;
import org.sparkmto.analysis.GradientAnalysis.Kind;
import org.sparkmto.analysis.Moments;
import org.sparkmto.analysis.PairMeasure;
import org.sparkmto.analysis.PairStatistics;
import org.sparkmto.analysis.PairSums;
import org.sparkmto.analysis.Pairing;
import org.sparkmto.json.Json;
import org.sparkmto.method.SymmetricMatrix;

/**
 * What the gradients of a step have to do with each other. Numbers are written with the digits of a
 * float.
 *
 * @param step whose they are, which was told before
 * @param epoch the pass over the data that it belongs to, from 0
 * @param analysis of tasks in the order of the run's
 */
public record AnalysisLine(long step, long epoch, GradientAnalysis analysis) implements LogLine {
  static final String TYPE = "analysis";

  private static final String SYSTEMS = "systems";

  @Override
  public String toJson() {
    return toNode().toString();
  }

  /** Its fields, to be put into a larger file. */
  public ObjectNode toNode() {
    ObjectNode line = LogLine.start(TYPE, step).put("epoch", epoch);
    PairSums tasks = analysis.tasks();
    line.put("parameters", (long) tasks.parameters());
    line.set("products", square(tasks.products()));
    line.set("opposed", square(tasks.opposed()));
    ArrayNode groups = line.putArray("groups");
    for (Group group : analysis.groups()) {
      ObjectNode node = groups.addObject();
      node.put("kind", group.kind().label()).put("name", group.name());
      node.put("parameters", group.parameters());
      group.pairs().forEach((pairing, pairs) -> node.set(pairing.label(), pairs(pairs)));
      node.set("magnitudes", floats(group.magnitudes()));
      if (!group.contributions().isEmpty()) {
        node.set("contributions", floats(group.contributions()));
      }
    }
    return line;
  }

  private static ObjectNode pairs(PairStatistics pairs) {
    ObjectNode node = Json.object().put(SYSTEMS, pairs.systems());
    pairs
        .measures()
        .forEach(
            (measure, moments) -> {
              if (moments.count() > 0) {
                ArrayNode three = node.putArray(measure.label()).add(moments.count());
                three.add((float) moments.mean());
                if (moments.count() > 1) {
                  three.add((float) moments.deviation());
                }
              }
            });
    return node;
  }

  private static ArrayNode floats(List<Double> values) {
    ArrayNode array = Json.array();
    for (double value : values) {
      if (Double.isFinite(value)) {
        array.add((float) value);
      } else {
        array.addNull();
      }
    }
    return array;
  }

  private static ArrayNode square(SymmetricMatrix values) {
    ArrayNode rows = Json.array();
    for (int i = 0; i < values.size(); i++) {
      List<Double> row = new ArrayList<>();
      for (int j = 0; j < values.size(); j++) {
        row.add(values.at(i, j));
      }
      rows.add(floats(row));
    }
    return rows;
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param tasks how many the run has
   */
  static AnalysisLine parse(JsonNode line, int tasks) throws UnreadableLineException {
    long step = LogLine.stepOf(line);
    List<Group> groups = new ArrayList<>();
    for (JsonNode node : line.path("groups")) {
      groups.add(group(node, tasks));
    }
    if (groups.isEmpty() || groups.get(0).kind() != Kind.NETWORK) {
      throw new UnreadableLineException("of an analysis without the network");
    }
    PairSums sums =
        new PairSums(
            line.path("parameters").asDouble(),
            square(line.path("products"), tasks),
            square(line.path("opposed"), tasks));
    return new AnalysisLine(step, line.path("epoch").asLong(), new GradientAnalysis(groups, sums));
  }

  private static Group group(JsonNode node, int tasks) throws UnreadableLineException {
    Map<Pairing, PairStatistics> pairs = new EnumMap<>(Pairing.class);
    for (Pairing pairing : Pairing.values()) {
      if (node.has(pairing.label())) {
        pairs.put(pairing, pairs(node.path(pairing.label())));
      }
    }
    JsonNode contributions = node.path("contributions");
    return new Group(
        kind(node.path("kind").asText()),
        node.path("name").asText(),
        node.path("parameters").asLong(),
        pairs,
        ofTasks(node.path("magnitudes"), tasks),
        contributions.isMissingNode() ? List.of() : ofTasks(contributions, tasks));
  }

  private static Kind kind(String label) throws UnreadableLineException {
    for (Kind kind : Kind.values()) {
      if (kind.label().equals(label)) {
        return kind;
      }
    }
    throw new UnreadableLineException("of an analysis of a kind this version does not know");
  }

  private static PairStatistics pairs(JsonNode node) {
    Map<PairMeasure, Moments> measures = new EnumMap<>(PairMeasure.class);
    for (PairMeasure measure : PairMeasure.values()) {
      JsonNode three = node.path(measure.label());
      if (three.isArray()) {
        measures.put(
            measure,
            Moments.of(
                three.path(0).asLong(), Json.number(three.path(1)), Json.number(three.path(2))));
      }
    }
    return new PairStatistics(node.path(SYSTEMS).asLong(), measures);
  }

  private static List<Double> ofTasks(JsonNode array, int tasks) throws UnreadableLineException {
    if (!array.isArray() || array.size() != tasks) {
      throw StepLine.otherTasks();
    }
    return Json.numbers(array);
  }

  private static SymmetricMatrix square(JsonNode rows, int tasks) throws UnreadableLineException {
    if (rows.size() != tasks) {
      throw StepLine.otherTasks();
    }
    double[] values = new double[tasks * tasks];
    for (int i = 0; i < tasks; i++) {
      List<Double> row = ofTasks(rows.path(i), tasks);
      for (int j = 0; j < tasks; j++) {
        values[i * tasks + j] = row.get(j);
      }
    }
    return SymmetricMatrix.of(tasks, values);
  }
}
