package org.sparkmto.runlog;

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
 * Where the time of the steps between two checkpoints went.
 *
 * @param step number of the steps made
 * @param from the first of the steps that were measured
 * @param ranks each rank's measurement, by rank; at least one
 */
public record PhasesLine(long step, long from, List<Rank> ranks) implements LogLine {
  static final String TYPE = "phases";

  /**
   * What a rank measured.
   *
   * @param host where it ran
   * @param seconds of all steps together, by the name of the phase, in the order of a step
   */
  public record Rank(String host, Map<String, Double> seconds) {
    /** Takes a copy. */
    public Rank {
      seconds = Collections.unmodifiableMap(new LinkedHashMap<>(seconds));
    }
  }

  /** Takes a copy. */
  public PhasesLine {
    ranks = List.copyOf(ranks);
  }

  /** How many steps were measured. */
  public long steps() {
    return step - from;
  }

  /** Milliseconds of a step in each phase, the mean of ranks and steps; empty of no step. */
  public Map<String, Double> meanMillis() {
    Map<String, Double> means = new LinkedHashMap<>();
    if (steps() > 0) {
      double each = 1e3 / steps() / ranks.size();
      ranks.forEach(
          rank ->
              rank.seconds()
                  .forEach((phase, seconds) -> means.merge(phase, each * seconds, Double::sum)));
    }
    return means;
  }

  @Override
  public String toJson() {
    ObjectNode line = LogLine.start(TYPE, step).put("from", from);
    ArrayNode all = line.putArray("ranks");
    for (Rank rank : ranks) {
      Json.put(all.addObject().put("host", rank.host()), "seconds", rank.seconds());
    }
    return line.toString();
  }

  static PhasesLine parse(JsonNode line) throws UnreadableLineException {
    long step = LogLine.stepOf(line);
    long from = line.path("from").asLong(-1);
    List<Rank> ranks = new ArrayList<>();
    for (JsonNode rank : line.path("ranks")) {
      ranks.add(new Rank(rank.path("host").asText(), Json.numbersByName(rank.path("seconds"))));
    }
    if (from < 0 || from > step || ranks.isEmpty()) {
      throw new UnreadableLineException("of phases without steps or ranks");
    }
    return new PhasesLine(step, from, ranks);
  }
}
