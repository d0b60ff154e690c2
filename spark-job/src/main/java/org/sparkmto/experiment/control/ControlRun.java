package org.sparkmto.experiment.control;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.sparkmto.control.ControlTasks;
import org.sparkmto.control.Episode;
import org.sparkmto.control.EpisodeOrder;
import org.sparkmto.control.EpisodeOrder.Purpose;
import org.sparkmto.control.Policy;
import org.sparkmto.control.SoftActorCritic;
import org.sparkmto.experiment.NamedOptions;

/**
 * One agent from nothing to what it has learned. Executors play the episodes of a round, each a
 * function of its order and the policy that was sent to all, so that their number changes nothing.
 * The driver learns: a step on networks as small as these takes a few milliseconds, less than any
 * exchange between processes would.
 */
final class ControlRun {
  private static final int TASKS = ControlTasks.all().size();

  private final JavaSparkContext spark;
  private final ControlPlan plan;
  private final NamedOptions method;
  private final long seed;
  private final SoftActorCritic agent;
  private final List<ControlOutcome.Judgement> judgements = new ArrayList<>();
  private final List<Double> stepMillis = new ArrayList<>();

  ControlRun(JavaSparkContext spark, ControlPlan plan, NamedOptions method, long seed) {
    this.spark = spark;
    this.plan = plan;
    this.method = method;
    this.seed = seed;
    agent = plan.agent(method, seed);
  }

  /** Who hears of every round that is over. */
  interface Listener {
    void heard(int rounds, List<ControlOutcome.Judgement> judgements);
  }

  /** Makes the run. */
  ControlOutcome make(Listener listener) {
    for (int round = 0; round < plan.rounds(); round++) {
      Purpose purpose = round < plan.warmUp() ? Purpose.ANYTHING : Purpose.EXPLORING;
      play(purpose, round, 1).forEach(agent::remember);
      if (round + 1 >= plan.warmUp()) {
        learn(round);
      }
      if ((round + 1) % plan.every() == 0 || round + 1 == plan.rounds()) {
        judgements.add(judgement(round + 1));
      }
      listener.heard(round + 1, judgements);
    }
    stepMillis.sort(Comparator.naturalOrder());
    double median = stepMillis.get(stepMillis.size() / 2);
    return new ControlOutcome(method.toString(), seed, judgements, agent.fallbacks(), median);
  }

  private void learn(int round) {
    for (int update = 0; update < plan.updates(); update++) {
      long begun = System.nanoTime();
      agent.learn(round);
      stepMillis.add((System.nanoTime() - begun) / 1e6);
    }
  }

  /** The same starts at every judgement, and for every method. */
  private ControlOutcome.Judgement judgement(int rounds) {
    double[] successes = new double[TASKS];
    double[] rewards = new double[TASKS];
    for (Episode episode : play(Purpose.JUDGING, 0, plan.judged())) {
      successes[episode.task()] += episode.success() ? 1.0 / plan.judged() : 0;
      rewards[episode.task()] += episode.meanReward() / plan.judged();
    }
    return ControlOutcome.Judgement.of(rounds, successes, rewards);
  }

  private List<Episode> play(Purpose purpose, long first, int each) {
    List<EpisodeOrder> orders = new ArrayList<>();
    for (int task = 0; task < TASKS; task++) {
      for (int episode = 0; episode < each; episode++) {
        orders.add(new EpisodeOrder(seed, task, first + episode, purpose));
      }
    }
    Broadcast<Policy> policy = spark.broadcast(agent.policy());
    try {
      int parts = Math.min(orders.size(), spark.defaultParallelism());
      return spark.parallelize(orders, parts).map(order -> order.play(policy.value())).collect();
    } finally {
      policy.destroy();
    }
  }
}
