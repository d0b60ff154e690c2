package org.sparkmto.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.sparkmto.json.Json;

/**
 * How far from one rank several end, of one method at one level, in one network with one kind of
 * statistics.
 *
 * @param setting what was run
 * @param apart by number of ranks, how far the end is from that of one rank with the whole batch at
 *     once, relative to the parameters
 * @param rounding how far rounding alone drives one rank; empty where that was not tried
 * @param refused why it cannot be run, in one line; empty if it can
 */
public record RankRow(
    Setting setting, Map<Integer, Double> apart, OptionalDouble rounding, String refused) {

  public RankRow {
    apart = Collections.unmodifiableMap(new TreeMap<>(apart));
  }

  /**
   * What was run.
   *
   * @param level at which; empty for a method that has one at most
   * @param pieces whether the ranks' samples went through the network in micro-batches
   * @param numbers in which everything was computed
   * @param transport as what gradients travelled between ranks
   * @param rate of the optimiser
   */
  public record Setting(
      String network,
      String method,
      String level,
      String statistics,
      boolean pieces,
      String numbers,
      int steps,
      String transport,
      double rate) {
    private static final String AS_THEY_ARE = "float32";
    private static final double USUAL_RATE = 1e-4;

    /** Method and level, as tables name them. */
    String what() {
      return "`"
          + method
          + "`"
          + switch (level) {
            case "" -> "";
            case "parameters" -> " exact";
            default -> " at z";
          };
    }

    /** Statistics, pieces, how gradients travelled and an unusual rate, as tables name them. */
    String how() {
      return "`"
          + statistics
          + "`"
          + (pieces ? " in pieces" : "")
          + (transport.equals(AS_THEY_ARE) ? "" : " by " + transport)
          + (rate == USUAL_RATE ? "" : String.format(Locale.ROOT, " at %.0e", rate));
    }
  }

  /** The furthest of all numbers of ranks. */
  OptionalDouble furthest() {
    return apart.values().stream().mapToDouble(Double::doubleValue).max();
  }

  /** As a line of a file. */
  String toJson() {
    ObjectNode json = Json.object();
    json.put("network", setting.network)
        .put("method", setting.method)
        .put("level", setting.level)
        .put("statistics", setting.statistics)
        .put("pieces", setting.pieces)
        .put("numbers", setting.numbers)
        .put("steps", setting.steps)
        .put("transport", setting.transport)
        .put("rate", setting.rate);
    ObjectNode numbers = json.putObject("apart");
    apart.forEach((ranks, value) -> Json.put(numbers, ranks.toString(), value));
    rounding.ifPresent(value -> Json.put(json, "rounding", value));
    if (!refused.isEmpty()) {
      json.put("refused", refused);
    }
    return json.toString();
  }

  /** What {@link #toJson} has written. */
  static RankRow of(JsonNode json) {
    Map<Integer, Double> apart = new TreeMap<>();
    json.path("apart")
        .properties()
        .forEach(
            entry ->
                apart.put(Integer.valueOf(entry.getKey()), entry.getValue().asDouble(Double.NaN)));
    return new RankRow(
        new Setting(
            json.path("network").asText(),
            json.path("method").asText(),
            json.path("level").asText(),
            json.path("statistics").asText(),
            json.path("pieces").asBoolean(),
            json.path("numbers").asText(),
            json.path("steps").asInt(),
            json.path("transport").asText(Setting.AS_THEY_ARE),
            json.path("rate").asDouble(Setting.USUAL_RATE)),
        apart,
        json.has("rounding")
            ? OptionalDouble.of(json.get("rounding").asDouble(Double.NaN))
            : OptionalDouble.empty(),
        json.path("refused").asText());
  }
}
