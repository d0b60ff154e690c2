package org.sparkmto.trial;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.sparkmto.configuration.Preference;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.AggregatorLink;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Device;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;
import org.sparkmto.step.Aggregator;
import org.sparkmto.step.GradientRoute;

/**
 * Steps of training on some ranks, to be compared with the same steps on one: same weights, the
 * same batch again and again. Input, checkpoints and logs are left out.
 */
public final class RankSteps {
  private static final long SEED = 1;

  private final SyntheticProblem problem;
  private final int steps;
  private final boolean doubles;

  /**
   * Steps to be made.
   *
   * @param steps 1 or more
   * @throws IllegalArgumentException if there are fewer
   */
  public RankSteps(SyntheticProblem problem, int steps) {
    this(problem, steps, false);
  }

  private RankSteps(SyntheticProblem problem, int steps, boolean doubles) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps = " + steps + ": at least 1");
    }
    this.problem = problem;
    this.steps = steps;
    this.doubles = doubles;
  }

  /** The same steps with everything in doubles: {@link Replica#inDoubles}. */
  public RankSteps inDoubles() {
    return new RankSteps(problem, steps, true);
  }

  /** What is trained. */
  public SyntheticProblem problem() {
    return problem;
  }

  /**
   * Whether a number of ranks can share the batch.
   *
   * @param method its name and options, as in the section {@code method} of a configuration
   * @param more further settings of the run
   */
  public boolean canBeShared(String method, String more, int ranks) {
    TrainingConfiguration configuration = DeviceSteps.configuration(problem, method, more);
    return configuration
        .network()
        .statistics()
        .hasWholeGroups(configuration.batch(), configuration.method().method().parts(), ranks);
  }

  /** Makes the steps on one rank, here. */
  public DeviceSteps.Course alone(String method, String more) {
    return alone(method, more, false);
  }

  /**
   * The same from weights that are each moved to a number beside it: what rounding alone makes of
   * the steps.
   */
  public DeviceSteps.Course shaken(String method, String more) {
    return alone(method, more, true);
  }

  private DeviceSteps.Course alone(String method, String more, boolean shaken) {
    return alone(method, more, shaken, Map.of());
  }

  /**
   * The same on one rank with losses that are multiplied.
   *
   * @param multipliers by task; 1 where there is none
   */
  public DeviceSteps.Course multiplied(
      String method, String more, Map<String, Double> multipliers) {
    return alone(method, more, false, multipliers);
  }

  private DeviceSteps.Course alone(
      String method, String more, boolean shaken, Map<String, Double> multipliers) {
    TrainingConfiguration configuration = DeviceSteps.configuration(problem, method, more);
    Aggregator aggregator = problem.aggregator(configuration);
    Steps work = new Steps(problem, configuration.render(), steps, doubles, shaken, multipliers);
    return course(configuration, work.run(new SoloGroup(), aggregator::weigh, Device.CPU), 0);
  }

  /** Makes the steps on ranks of this process, each on its device. */
  public DeviceSteps.Course together(DeviceRanks ranks, String method, String more) {
    TrainingConfiguration configuration = DeviceSteps.configuration(problem, method, more);
    Aggregator aggregator = problem.aggregator(configuration);
    Steps work = work(configuration, false);
    long begin = System.nanoTime();
    List<double[]> ends = ranks.each((group, device) -> work.run(group, aggregator::weigh, device));
    double millis = (System.nanoTime() - begin) / 1e6 / steps;
    return course(configuration, ends.get(ends.size() - 1), millis);
  }

  private Steps work(TrainingConfiguration configuration, boolean shaken) {
    return new Steps(problem, configuration.render(), steps, doubles, shaken, Map.of());
  }

  private DeviceSteps.Course course(
      TrainingConfiguration configuration, double[] end, double millis) {
    NetworkPlan plan = Preference.toldTo(problem.plan(), configuration.method());
    try (Replica replica = Replica.of(plan, Draws.of(SEED))) {
      return new DeviceSteps.Course(replica.parameters().toDoubles(), end, millis);
    }
  }

  /** One rank's steps. */
  private record Steps(
      SyntheticProblem problem,
      String configuration,
      int steps,
      boolean doubles,
      boolean shaken,
      Map<String, Double> multipliers)
      implements Serializable {

    /** The parameters at the end. */
    double[] run(RankGroup group, AggregatorLink aggregator, Device device) {
      ComputeThreads.use(1);
      TrainingConfiguration parsed = TrainingConfiguration.parse(configuration);
      device.settle(parsed.cluster().deterministic());
      try (Replica replica = replica(parsed, device);
          GradientRoute route =
              GradientRoute.of(parsed, new GradientRoute.Rank(replica, group, aggregator))) {
        if (shaken) {
          shake(replica);
        }
        for (int step = 0; step < steps; step++) {
          route.step(problem.part(group.rank(), group.size()), step, 0);
        }
        return replica.parameters().toDoubles();
      }
    }

    private Replica replica(TrainingConfiguration parsed, Device device) {
      NetworkPlan plan = Preference.toldTo(problem.plan().multiplied(multipliers), parsed.method());
      return doubles
          ? Replica.inDoubles(plan, Draws.of(SEED))
          : Replica.of(plan, Draws.of(SEED), device);
    }

    private static void shake(Replica replica) {
      Draws draws = Draws.of(SEED).of("shaken");
      float[] values = replica.parameters().toArray();
      for (int i = 0; i < values.length; i++) {
        values[i] = draws.uniform(i) < 0.5 ? Math.nextUp(values[i]) : Math.nextDown(values[i]);
      }
      replica.parameters().write(0, values, 0, values.length);
    }
  }
}
