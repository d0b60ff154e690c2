package org.sparkmto.training;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.exchange.AggregatorLink;
import org.sparkmto.exchange.DriverChannel;
import org.sparkmto.exchange.DriverDesk;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.exchange.Transport;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Device;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;

/**
 * Steps of training on some ranks, to be compared with the same steps on one: same weights, the
 * same batch again and again. Input, checkpoints and logs are left out.
 */
public final class RankSteps {
  private static final long SEED = 1;
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  private final SyntheticProblem problem;
  private final int steps;

  /**
   * Steps to be made.
   *
   * @param steps 1 or more
   * @throws IllegalArgumentException if there are fewer
   */
  public RankSteps(SyntheticProblem problem, int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps = " + steps + ": at least 1");
    }
    this.problem = problem;
    this.steps = steps;
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
    Steps work = new Steps(problem, configuration.render(), steps, shaken, multipliers);
    return course(work.run(new SoloGroup(), aggregator::weigh, Device.CPU));
  }

  /** Makes the steps on ranks of Spark. */
  public DeviceSteps.Course onSpark(JavaSparkContext spark, String method, String more, int ranks)
      throws InterruptedException {
    TrainingConfiguration configuration = DeviceSteps.configuration(problem, method, more);
    Aggregator aggregator = problem.aggregator(configuration);
    String attempt = UUID.randomUUID().toString();
    Steps work = work(configuration, false);
    try (DriverDesk desk = DriverDesk.open(attempt, aggregator::weigh)) {
      BarrierStage.Start soon =
          new BarrierStage.Start(DEADLINE, desk::started, System.err::println);
      return course(
          new BarrierStage(spark, ranks, "%d steps with %s".formatted(steps, method))
              .run(float[].class, soon, context -> onTask(work, attempt, context))
              .get(ranks - 1));
    }
  }

  /** Makes the steps on ranks of this process, each on its device. */
  DeviceSteps.Course together(DeviceRanks ranks, String method, String more) {
    TrainingConfiguration configuration = DeviceSteps.configuration(problem, method, more);
    Aggregator aggregator = problem.aggregator(configuration);
    Steps work = work(configuration, false);
    long begin = System.nanoTime();
    List<float[]> ends = ranks.each((group, device) -> work.run(group, aggregator::weigh, device));
    double millis = (System.nanoTime() - begin) / 1e6 / steps;
    return course(ends.get(ends.size() - 1), millis);
  }

  private Steps work(TrainingConfiguration configuration, boolean shaken) {
    return new Steps(problem, configuration.render(), steps, shaken, Map.of());
  }

  private DeviceSteps.Course course(float[] end) {
    return course(end, 0);
  }

  private DeviceSteps.Course course(float[] end, double millis) {
    try (Replica replica = Replica.of(problem.plan(), Draws.of(SEED))) {
      return new DeviceSteps.Course(replica.parameters().toArray(), end, millis);
    }
  }

  private static float[] onTask(Steps work, String attempt, BarrierTaskContext context)
      throws InterruptedException {
    int rank = context.partitionId();
    DriverChannel driver = new DriverChannel(attempt);
    driver.started(rank);
    try (RankGroup group =
        Rendezvous.join(
            context.getTaskInfos(), rank, driver, Device.CPU, DEADLINE, Transport.FLOAT32)) {
      return work.run(group, driver::weigh, Device.CPU);
    }
  }

  /** One rank's steps. */
  private record Steps(
      SyntheticProblem problem,
      String configuration,
      int steps,
      boolean shaken,
      Map<String, Double> multipliers)
      implements Serializable {

    /** The parameters at the end. */
    float[] run(RankGroup group, AggregatorLink aggregator, Device device) {
      ComputeThreads.use(1);
      TrainingConfiguration parsed = TrainingConfiguration.parse(configuration);
      device.settle(parsed.cluster().deterministic());
      try (Replica replica =
              Replica.of(problem.plan().multiplied(multipliers), Draws.of(SEED), device);
          GradientRoute route =
              GradientRoute.of(parsed, new GradientRoute.Rank(replica, group, aggregator))) {
        if (shaken) {
          shake(replica);
        }
        for (int step = 0; step < steps; step++) {
          route.step(problem.part(group.rank(), group.size()), step, 0);
        }
        return replica.parameters().toArray();
      }
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
