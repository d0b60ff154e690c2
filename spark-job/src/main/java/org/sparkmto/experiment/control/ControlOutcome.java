package org.sparkmto.experiment.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkmto.json.Json;

/**
 * What a run came to.
 *
 * @param method with its options
 * @param seed of the run
 * @param judgements in the order in which they were made; the last one is of the end
 * @param fallbacks weighings that took equal weights because the method failed
 * @param millis median time of a learning step
 */
record ControlOutcome(
    String method, long seed, List<Judgement> judgements, int fallbacks, double millis) {

  ControlOutcome {
    judgements = List.copyOf(judgements);
  }

  /**
   * What a policy was worth.
   *
   * @param rounds that it had learned from
   * @param successes the share of episodes that are one, by task
   * @param rewards mean reward of a step, by task
   */
  record Judgement(int rounds, List<Double> successes, List<Double> rewards) {
    static Judgement of(int rounds, double[] successes, double[] rewards) {
      return new Judgement(
          rounds,
          Arrays.stream(successes).boxed().toList(),
          Arrays.stream(rewards).boxed().toList());
    }

    /** The success rate: mean over the tasks. */
    double success() {
      return mean(successes);
    }

    /** Mean reward over the tasks. */
    double reward() {
      return mean(rewards);
    }

    private static double mean(List<Double> values) {
      return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
  }

  /** The judgement of the end. */
  Judgement last() {
    return judgements.get(judgements.size() - 1);
  }

  /**
   * As a file's content.
   *
   * @param plan what this run has in common with others, by which {@link #read} knows it
   */
  String toJson(String plan) {
    ObjectNode root = Json.object();
    root.put("plan", plan).put("method", method).put("seed", seed).put("fallbacks", fallbacks);
    Json.put(root, "millis", millis);
    ArrayNode all = root.putArray("judgements");
    for (Judgement one : judgements) {
      ObjectNode node = all.addObject().put("rounds", one.rounds());
      Json.put(node, "successes", one.successes());
      Json.put(node, "rewards", one.rewards());
    }
    return Json.pretty(root);
  }

  /** What {@link #toJson} wrote of the same plan; empty if it is another's, or damaged. */
  static Optional<ControlOutcome> read(String json, String plan) {
    try {
      JsonNode root = Json.parse(json);
      if (!root.path("plan").asText().equals(plan)) {
        return Optional.empty();
      }
      List<Judgement> judgements = new ArrayList<>();
      for (JsonNode one : root.path("judgements")) {
        judgements.add(
            new Judgement(
                one.path("rounds").asInt(),
                Json.numbers(one.path("successes")),
                Json.numbers(one.path("rewards"))));
      }
      return Optional.of(
          new ControlOutcome(
              root.path("method").asText(),
              root.path("seed").asLong(),
              judgements,
              root.path("fallbacks").asInt(),
              Json.number(root.path("millis"))));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
