package org.sparkmto.runlog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.json.Json;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Spread;
import org.sparkmto.runlog.SweepResults.Baseline;
import org.sparkmto.runlog.SweepResults.Check;
import org.sparkmto.runlog.SweepResults.Column;
import org.sparkmto.runlog.SweepResults.Difference;
import org.sparkmto.runlog.SweepResults.Front;
import org.sparkmto.runlog.SweepResults.Row;
import org.sparkmto.runlog.SweepResults.SweptRun;
import org.sparkmto.runlog.SweepResults.TradeOff;

/** The file of {@link SweepResults}, both directions. */
final class SweepResultsFile {
  private SweepResultsFile() {}

  static String write(SweepResults results) {
    ObjectNode root = Json.object();
    LogFormat.put(root);
    root.put("dataset", results.dataset())
        .put("split", results.split())
        .put("chosen", results.chosen())
        .put("meaning", results.meaning());
    Json.putTexts(root, "axes", results.axes());
    ArrayNode all = root.putArray("columns");
    for (Column column : results.columns()) {
      all.addObject()
          .put("scope", column.scope())
          .put("task", column.task())
          .put("figure", column.figure())
          .put("higherIsBetter", column.direction() == Direction.HIGHER_IS_BETTER)
          .put("counted", column.counted());
    }
    ArrayNode lines = root.putArray("rows");
    for (Row row : results.rows()) {
      ObjectNode node = lines.addObject();
      Json.putTexts(node, "point", row.point());
      row.seeds().forEach(node.putArray("seeds")::add);
      node.put("failure", row.failure());
      ObjectNode values = node.putObject("values");
      row.values()
          .forEach(
              (key, spread) -> {
                ObjectNode value = values.putObject(key);
                Json.put(value, "mean", spread.mean());
                Json.put(value, "deviation", spread.deviation());
              });
      ObjectNode differences = node.putObject("differences");
      row.differences()
          .forEach(
              (key, difference) -> {
                ObjectNode value = differences.putObject(key);
                Json.put(value, "student", difference.student());
                Json.put(value, "wilcoxon", difference.wilcoxon());
              });
    }
    ArrayNode made = root.putArray("runs");
    for (SweptRun run : results.runs()) {
      ObjectNode node = made.addObject();
      Json.putTexts(node, "point", run.point());
      node.put("seed", run.seed()).put("failure", run.failure()).put("possible", run.possible());
      Json.put(node, "validation", run.validation());
      Json.put(node, "values", run.values());
      node.put("onFront", run.onFront()).put("onFrontAgainstOthers", run.onFrontAgainstOthers());
      Json.putTexts(node, "remarks", run.remarks());
    }
    ArrayNode counts = root.putArray("fronts");
    for (Front front : results.fronts()) {
      ObjectNode node = counts.addObject();
      Json.putTexts(node, "point", front.point());
      node.put("runs", front.runs()).put("full", front.full());
      node.put("againstOthers", front.againstOthers());
    }
    ArrayNode offs = root.putArray("tradeOffs");
    for (TradeOff off : results.tradeOffs()) {
      ObjectNode node = offs.addObject();
      Json.putTexts(node, "point", off.point());
      node.put("preferences", off.preferences());
      Json.put(node, "hypervolume", off.hypervolume());
      Json.put(node, "obeyed", off.obeyed());
    }
    ArrayNode singles = root.putArray("baselines");
    for (Baseline baseline : results.baselines()) {
      ObjectNode node = singles.addObject().put("task", baseline.task());
      Json.putTexts(node, "point", baseline.point());
      Json.put(node, "values", baseline.values());
    }
    ArrayNode tried = root.putArray("checks");
    for (Check check : results.checks()) {
      ObjectNode node = tried.addObject();
      Json.putTexts(node, "point", check.point());
      Json.put(node, "ranksApart", check.ranksApart());
      node.put("resumesExactly", check.resumesExactly()).put("failure", check.failure());
    }
    return Json.pretty(root);
  }

  static SweepResults parse(String json, String file) {
    JsonNode root;
    try {
      root = Json.parse(json);
    } catch (JsonProcessingException e) {
      throw new LogFormatException(file + " is not whole JSON: run the sweep again", e);
    }
    LogFormat.of(root, file);
    List<Column> columns = new ArrayList<>();
    for (JsonNode node : root.path("columns")) {
      columns.add(
          new Column(
              node.path("scope").asText(),
              node.path("task").asText(),
              node.path("figure").asText(),
              node.path("higherIsBetter").asBoolean()
                  ? Direction.HIGHER_IS_BETTER
                  : Direction.LOWER_IS_BETTER,
              node.path("counted").asBoolean()));
    }
    List<Row> rows = new ArrayList<>();
    for (JsonNode node : root.path("rows")) {
      List<Long> seeds = new ArrayList<>();
      node.path("seeds").forEach(seed -> seeds.add(seed.asLong()));
      Map<String, Spread> values = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> value : node.path("values").properties()) {
        values.put(
            value.getKey(),
            new Spread(
                Json.number(value.getValue().path("mean")),
                Json.number(value.getValue().path("deviation"))));
      }
      Map<String, Difference> differences = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> value : node.path("differences").properties()) {
        differences.put(
            value.getKey(),
            new Difference(
                Json.number(value.getValue().path("student")),
                Json.number(value.getValue().path("wilcoxon"))));
      }
      rows.add(new Row(point(node), seeds, node.path("failure").asText(), values, differences));
    }
    List<SweptRun> runs = new ArrayList<>();
    for (JsonNode node : root.path("runs")) {
      runs.add(
          new SweptRun(
              point(node),
              node.path("seed").asLong(),
              node.path("failure").asText(),
              node.path("possible").asBoolean(),
              Json.number(node.path("validation")),
              Json.numbersByName(node.path("values")),
              node.path("onFront").asBoolean(),
              node.path("onFrontAgainstOthers").asBoolean(),
              Json.texts(node.path("remarks"))));
    }
    List<Front> fronts = new ArrayList<>();
    for (JsonNode node : root.path("fronts")) {
      fronts.add(
          new Front(
              point(node),
              node.path("runs").asInt(),
              node.path("full").asInt(),
              node.path("againstOthers").asInt()));
    }
    List<TradeOff> tradeOffs = new ArrayList<>();
    for (JsonNode node : root.path("tradeOffs")) {
      tradeOffs.add(
          new TradeOff(
              point(node),
              node.path("preferences").asInt(),
              Json.number(node.path("hypervolume")),
              Json.number(node.path("obeyed"))));
    }
    List<Baseline> baselines = new ArrayList<>();
    for (JsonNode node : root.path("baselines")) {
      baselines.add(
          new Baseline(
              node.path("task").asText(), point(node), Json.numbersByName(node.path("values"))));
    }
    List<Check> checks = new ArrayList<>();
    for (JsonNode node : root.path("checks")) {
      checks.add(
          new Check(
              point(node),
              Json.number(node.path("ranksApart")),
              node.path("resumesExactly").asBoolean(),
              node.path("failure").asText()));
    }
    return new SweepResults(
        root.path("dataset").asText(),
        root.path("split").asText(),
        root.path("chosen").asText(),
        root.path("meaning").asText(),
        Json.texts(root.path("axes")),
        columns,
        rows,
        runs,
        fronts,
        tradeOffs,
        baselines,
        checks);
  }

  private static Map<String, String> point(JsonNode node) {
    return Json.textsByName(node.path("point"));
  }
}
