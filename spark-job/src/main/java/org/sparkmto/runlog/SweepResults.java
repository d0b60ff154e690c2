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
import java.util.Optional;
import org.sparkmto.json.Json;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Spread;

/**
 * What the runs of a sweep came to, and what follows from them: the file {@value #FILE} in its
 * directory. It has no times and no dates in it, so that a sweep that was interrupted ends in the
 * same bytes as one that was not.
 *
 * @param dataset name of the data set
 * @param split what the figures are of
 * @param chosen how the tuned values were chosen, in words
 * @param meaning what Delta_m counts and what its sign says, in words; empty without Delta_m
 * @param axes what runs differ in besides their seed, in order
 * @param columns what is compared, in order
 * @param rows a line for each combination of the axes that are not tuned, in order
 * @param runs every run, in order
 * @param fronts how many runs are on the Pareto fronts
 * @param tradeOffs how far methods can be told what matters; empty without preferences
 * @param baselines what Delta_m compares with
 */
public record SweepResults(
    String dataset,
    String split,
    String chosen,
    String meaning,
    List<String> axes,
    List<Column> columns,
    List<Row> rows,
    List<SweptRun> runs,
    List<Front> fronts,
    List<TradeOff> tradeOffs,
    List<Baseline> baselines) {
  /** Its name in the directory of the sweep. */
  public static final String FILE = "results.json";

  /** A column's scope: Delta_m. */
  public static final String OF_DELTA = "delta";

  /** A column's scope: the mean over the tasks that have the figure. */
  public static final String OF_MEAN = "mean";

  /** A column's scope: one task. */
  public static final String OF_TASK = "task";

  /** A column's scope: the mean rank of a row among all rows. */
  public static final String OF_RANK = "rank";

  /**
   * What is compared.
   *
   * @param scope one of the constants above
   * @param task empty unless it is of one
   * @param figure its name
   * @param direction which way it gets better
   * @param counted whether it counts in Delta_m
   */
  public record Column(
      String scope, String task, String figure, Direction direction, boolean counted) {
    /** {@code depth/abs-err}, {@code mean/accuracy}, {@code delta/task-weighted}. */
    public String key() {
      return (scope.equals(OF_TASK) ? task : scope) + "/" + figure;
    }
  }

  /**
   * How a row compares with the best one of a column, its runs paired by their seeds.
   *
   * @param student two-sided p of the paired t-test of Student; NaN where there is none
   * @param wilcoxon two-sided exact p of the signed-rank test of Wilcoxon; NaN where there is none
   */
  public record Difference(double student, double wilcoxon) {}

  /**
   * Runs that differ in their seed, at the tuned values that were chosen.
   *
   * @param point names of all values, by axis, in the order of the axes
   * @param seeds of the runs that are complete
   * @param failure why there are no values, or fewer than seeds were asked for; empty if all is
   *     well
   * @param values by column; NaN where one is not defined
   * @param differences by column; none of the best row and where there are too few seeds
   */
  public record Row(
      Map<String, String> point,
      List<Long> seeds,
      String failure,
      Map<String, Spread> values,
      Map<String, Difference> differences) {
    /** Takes copies. */
    public Row {
      point = copy(point);
      seeds = List.copyOf(seeds);
      values = copy(values);
      differences = copy(differences);
    }

    /** A value; NaN if there is none. */
    public Spread value(Column column) {
      return values.getOrDefault(column.key(), new Spread(Double.NaN, Double.NaN));
    }
  }

  /**
   * One run.
   *
   * @param point names of its values, by axis
   * @param failure why it has no values; empty if it is complete
   * @param possible whether there can be such a run
   * @param validation what chose by; NaN if not known
   * @param values by column
   * @param onFront whether no other run of the same problem dominates it
   * @param onFrontAgainstOthers whether none with another optimiser does
   */
  public record SweptRun(
      Map<String, String> point,
      long seed,
      String failure,
      boolean possible,
      double validation,
      Map<String, Double> values,
      boolean onFront,
      boolean onFrontAgainstOthers) {
    /** Takes copies. */
    public SweptRun {
      point = copy(point);
      values = copy(values);
    }
  }

  /**
   * How many runs of a method and an optimiser are on Pareto fronts of a problem: a network, where
   * there are several, and a variant likewise.
   *
   * @param point the problem, method and optimiser, by axis
   * @param runs that are complete
   * @param full on the front of all runs of the problem
   * @param againstOthers not dominated by a run with another optimiser; -1 with one optimiser
   */
  public record Front(Map<String, String> point, int runs, int full, int againstOthers) {
    /** Takes copies. */
    public Front {
      point = copy(point);
    }
  }

  /**
   * Rows that differ in their preference alone.
   *
   * @param point what they have in common, by axis
   * @param preferences how many there are
   * @param hypervolume what they dominate together, as a share of the box from the best to the
   *     worst figure that any row of the problem has
   * @param obeyed share of pairs of preferences, task by task, of which the one that wishes for
   *     more of the task has the better figure; NaN if no two differ
   */
  public record TradeOff(
      Map<String, String> point, int preferences, double hypervolume, double obeyed) {
    /** Takes a copy. */
    public TradeOff {
      point = copy(point);
    }
  }

  /**
   * The single-task network of a task, for the rows of a network.
   *
   * @param point names of the values that were chosen for it, by axis
   * @param values its figures on the split, means over the seeds
   */
  public record Baseline(String task, Map<String, String> point, Map<String, Double> values) {
    /** Takes copies. */
    public Baseline {
      point = copy(point);
      values = copy(values);
    }
  }

  /** Takes copies. */
  public SweepResults {
    axes = List.copyOf(axes);
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    runs = List.copyOf(runs);
    fronts = List.copyOf(fronts);
    tradeOffs = List.copyOf(tradeOffs);
    baselines = List.copyOf(baselines);
  }

  private static <V> Map<String, V> copy(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** What a run is called: {@code cagrad, adam, 0.001, seed 2}. */
  public static String name(Map<String, String> point, long seed) {
    return (point.isEmpty() ? "run" : String.join(", ", point.values())) + ", seed " + seed;
  }

  /** The column of a name, if there is one. */
  public Optional<Column> column(String key) {
    return columns.stream().filter(column -> column.key().equals(key)).findFirst();
  }

  /** The content of {@value #FILE}. */
  public String toJson() {
    ObjectNode root = Json.object();
    LogFormat.put(root);
    root.put("dataset", dataset).put("split", split).put("chosen", chosen).put("meaning", meaning);
    Json.putTexts(root, "axes", axes);
    ArrayNode all = root.putArray("columns");
    for (Column column : columns) {
      all.addObject()
          .put("scope", column.scope())
          .put("task", column.task())
          .put("figure", column.figure())
          .put("higherIsBetter", column.direction() == Direction.HIGHER_IS_BETTER)
          .put("counted", column.counted());
    }
    ArrayNode lines = root.putArray("rows");
    for (Row row : rows) {
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
    for (SweptRun run : runs) {
      ObjectNode node = made.addObject();
      Json.putTexts(node, "point", run.point());
      node.put("seed", run.seed()).put("failure", run.failure()).put("possible", run.possible());
      Json.put(node, "validation", run.validation());
      Json.put(node, "values", run.values());
      node.put("onFront", run.onFront()).put("onFrontAgainstOthers", run.onFrontAgainstOthers());
    }
    ArrayNode counts = root.putArray("fronts");
    for (Front front : fronts) {
      ObjectNode node = counts.addObject();
      Json.putTexts(node, "point", front.point());
      node.put("runs", front.runs()).put("full", front.full());
      node.put("againstOthers", front.againstOthers());
    }
    ArrayNode offs = root.putArray("tradeOffs");
    for (TradeOff off : tradeOffs) {
      ObjectNode node = offs.addObject();
      Json.putTexts(node, "point", off.point());
      node.put("preferences", off.preferences());
      Json.put(node, "hypervolume", off.hypervolume());
      Json.put(node, "obeyed", off.obeyed());
    }
    ArrayNode singles = root.putArray("baselines");
    for (Baseline baseline : baselines) {
      ObjectNode node = singles.addObject().put("task", baseline.task());
      Json.putTexts(node, "point", baseline.point());
      Json.put(node, "values", baseline.values());
    }
    return Json.pretty(root);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param file its name, for messages
   * @throws LogFormatException if it is damaged or of a later format
   */
  public static SweepResults parse(String json, String file) {
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
              node.path("onFrontAgainstOthers").asBoolean()));
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
        baselines);
  }

  private static Map<String, String> point(JsonNode node) {
    return Json.textsByName(node.path("point"));
  }
}
