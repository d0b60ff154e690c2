package org.sparkmto.experiment.control;

import java.util.List;
import java.util.Locale;
import org.sparkmto.control.AgentSettings;
import org.sparkmto.control.ControlTask;
import org.sparkmto.control.ControlTasks;
import org.sparkmto.control.SoftActorCritic;
import org.sparkmto.experiment.NamedOptions;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Methods;
import org.sparkmto.optimizer.Optimizer;
import org.sparkmto.optimizer.Optimizers;

/**
 * What is compared, and how much every run may learn. A run goes in rounds: an episode of every
 * task is played by the policy as it is, then the agent learns.
 *
 * @param methods registered methods with their options
 * @param seeds of the runs
 * @param agent settings of every agent
 * @param optimizer moves everything that is learned
 * @param rounds of a run
 * @param warmUp of them, the first ones of any action, after the last of which learning begins
 * @param updates learning steps of a round
 * @param every after how many rounds the policy is judged, and after the last
 * @param judged episodes of each task for that
 */
public record ControlPlan(
    List<NamedOptions> methods,
    List<Long> seeds,
    AgentSettings agent,
    NamedOptions optimizer,
    int rounds,
    int warmUp,
    int updates,
    int every,
    int judged) {
  private static final int MOST = 1_000_000;

  /**
   * Checks everything.
   *
   * @throws IllegalArgumentException if a name, an option or a number is wrong
   */
  public ControlPlan {
    methods = List.copyOf(methods);
    seeds = List.copyOf(seeds);
    if (methods.isEmpty() || methods.stream().distinct().count() < methods.size()) {
      throw new IllegalArgumentException("name each method once, and at least one");
    }
    if (seeds.isEmpty() || seeds.stream().distinct().count() < seeds.size()) {
      throw new IllegalArgumentException("seeds " + seeds + ": name each once, and at least one");
    }
    require("rounds", rounds, 1, MOST);
    require("warm-up", warmUp, 1, rounds);
    require("updates", updates, 1, MOST);
    require("every", every, 1, MOST);
    require("judged", judged, 1, MOST);
    for (NamedOptions method : methods) {
      agent(method, agent, optimizer, 0);
    }
  }

  private static void require(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s = %d: it must be from %d to %d".formatted(name, value, least, most));
    }
  }

  /** A run's agent before its first step. */
  SoftActorCritic agent(NamedOptions method, long seed) {
    return agent(method, agent, optimizer, seed);
  }

  private static SoftActorCritic agent(
      NamedOptions method, AgentSettings settings, NamedOptions optimizer, long seed) {
    MethodEntry.Made made = Methods.byName(method.name(), method.options());
    if (made.method().drawnPreference().isPresent()) {
      throw new IllegalArgumentException(
          "'%s' tells the network a preference as channels of its image, and these networks read numbers"
              .formatted(made.entry().name()));
    }
    Optimizer rule = Optimizers.byName(optimizer.name(), optimizer.options());
    return new SoftActorCritic(ControlTasks.all(), settings, made, rule, seed);
  }

  /** How many actions all episodes of a run have that are learned from. */
  public long actions() {
    return (long) rounds * ControlTasks.all().size() * ControlTask.STEPS;
  }

  /** What two runs of a method and a seed have in common if one can stand for the other. */
  String identity() {
    return String.format(
        Locale.ROOT,
        "%s, %s, rounds %d, warm-up %d, updates %d, judged every %d by %d",
        agent,
        optimizer,
        rounds,
        warmUp,
        updates,
        every,
        judged);
  }
}
