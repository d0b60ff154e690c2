package org.sparkmto.trial;

import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.configuration.Preference;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.AggregatorLink;
import org.sparkmto.exchange.DriverChannel;
import org.sparkmto.exchange.DriverDesk;
import org.sparkmto.exchange.DriverLink;
import org.sparkmto.exchange.OneAtATime;
import org.sparkmto.exchange.PeerLink;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.exchange.Transport;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Device;
import org.sparkmto.network.PlainLoop;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;
import org.sparkmto.step.Aggregator;
import org.sparkmto.step.GradientRoute;
import org.sparkmto.timing.StepClock;
import org.sparkmto.training.BarrierStage;
import org.sparkmto.training.Cluster;
import org.sparkmto.training.GpuTasks;
import org.sparkmto.training.Rendezvous;

/**
 * Steps of training, timed: the same batch again and again, from memory, with gradient descent and
 * momentum. The steps are those of a run; input, checkpoints and logs are left out.
 */
public final class TimedSteps {
  private static final long SEED = 1;
  private static final double MOMENTUM = 0.9;
  private static final double RATE = 1e-4;
  private static final String DESCENT = "optimizer { name = sgd, momentum = " + MOMENTUM + " }";
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  /** Hears of every step, those of the warm-up included. */
  public interface Observer {
    /**
     * Hears of a step; what it does itself is not timed.
     *
     * @param step its number, from 0
     * @param nanos how long it took
     */
    void made(int step, long nanos);

    /**
     * Hears what a step was weighed by.
     *
     * @param gram inner products of the task gradients, where the method sees them
     * @param answer the weights of the shared part, then those of the heads
     */
    default void weighed(Optional<SymmetricMatrix> gram, Vector answer) {}
  }

  private static final Observer NOBODY = (step, nanos) -> {};

  private final SyntheticProblem problem;
  private final int threads;
  private final int warmUp;
  private final int steps;
  private final String passes;

  /**
   * What is to be timed.
   *
   * @param threads threads of each rank
   * @param warmUp steps before the timed ones; at least 1, because the first step of a process
   *     allocates
   * @param steps timed steps
   */
  public TimedSteps(SyntheticProblem problem, int threads, int warmUp, int steps) {
    this(problem, threads, warmUp, steps, "");
  }

  /**
   * The same with passes that are made otherwise.
   *
   * @param passes the keys that say how, as in a configuration, for example {@code
   *     network.recompute = blocks}
   */
  public TimedSteps(SyntheticProblem problem, int threads, int warmUp, int steps, String passes) {
    if (threads < 1 || warmUp < 1 || steps < 1) {
      throw new IllegalArgumentException(
          "threads = %d, warm-up = %d, steps = %d: all must be 1 or more"
              .formatted(threads, warmUp, steps));
    }
    this.problem = problem;
    this.threads = threads;
    this.warmUp = warmUp;
    this.steps = steps;
    this.passes = passes;
  }

  /** The {@link PlainLoop}: libtorch alone, equal weights. */
  public StepTimes libtorchAlone() {
    ComputeThreads.use(threads);
    Batch batch = problem.part(0, 1);
    try (PlainLoop loop = new PlainLoop(problem.plan(), Draws.of(SEED), RATE, MOMENTUM)) {
      return timed(warmUp, steps, step -> loop.step(batch), () -> {}, NOBODY);
    }
  }

  /**
   * The steps of a run of one rank, with the aggregator at hand instead of at the driver.
   *
   * @param method its name and options, as in the section {@code method} of a configuration
   */
  public StepTimes withoutSpark(String method) {
    return withoutSpark(method, NOBODY);
  }

  /** The same, with somebody who hears of every step. */
  public StepTimes withoutSpark(String method, Observer observer) {
    String configuration = configuration(method);
    Aggregator aggregator = aggregator(configuration);
    return rank(configuration)
        .run(
            0,
            new SoloGroup(),
            report -> {
              StepAnswer answer = aggregator.weigh(report);
              observer.weighed(report.gram(), Vector.of(answer.numbers()));
              return answer;
            },
            () -> {},
            observer);
  }

  /**
   * Checks network, tasks and method against each other before any work; allocates no parameter.
   *
   * @throws IllegalArgumentException if they do not fit
   */
  public void check(String method) {
    String configuration = configuration(method);
    aggregator(configuration);
    TrainingConfiguration parsed = TrainingConfiguration.parse(configuration);
    GradientRoute.requireParts(parsed, problem.batch(), 1);
    parsed.look().require(problem.plan().layout());
  }

  /**
   * The steps of a run on Spark.
   *
   * @param ranks how many ranks share the batch
   * @param method its name and options, as in the section {@code method} of a configuration
   * @throws org.sparkmto.options.ConfigurationException if there are fewer slots than ranks
   */
  public StepTimes onSpark(JavaSparkContext spark, int ranks, String method)
      throws InterruptedException {
    return onSpark(spark, ranks, method, PeerLink.AUTO, group -> group);
  }

  /** The same over Gloo, also where ranks could share memory. */
  public StepTimes overGloo(JavaSparkContext spark, int ranks, String method)
      throws InterruptedException {
    return onSpark(spark, ranks, method, PeerLink.GLOO, group -> group);
  }

  /** The same, with nothing under way between ranks while they compute. */
  public StepTimes oneAtATime(JavaSparkContext spark, int ranks, String method)
      throws InterruptedException {
    return onSpark(spark, ranks, method, PeerLink.GLOO, OneAtATime::new);
  }

  /**
   * As many steps of every rank's part of the batch, each by itself and all at once: what the
   * machine would let ranks do that had nothing to say to each other.
   */
  public StepTimes apart(JavaSparkContext spark, int ranks, String method)
      throws InterruptedException {
    TimedRank rank = rank(configuration(method));
    String attempt = UUID.randomUUID().toString();
    try (DriverDesk desk = DriverDesk.open(attempt, report -> null)) {
      BarrierStage.Start soon =
          new BarrierStage.Start(DEADLINE, desk::started, System.err::println);
      return new BarrierStage(spark, ranks, "%d steps apart with %s".formatted(steps, method))
          .run(
              StepTimes.class,
              soon,
              context -> {
                int own = context.partitionId();
                new DriverChannel(attempt).started(own);
                return rank.alone(own, ranks);
              })
          .get(0);
    }
  }

  /** How the group of a rank is used. */
  private interface Exchange extends UnaryOperator<RankGroup>, Serializable {}

  private StepTimes onSpark(
      JavaSparkContext spark, int ranks, String method, PeerLink link, Exchange exchange)
      throws InterruptedException {
    new Cluster(spark).ranks(ranks, GpuTasks.none(), Duration.ofSeconds(30));
    if (problem.batch() < ranks) {
      throw new IllegalArgumentException(
          "a batch of " + problem.batch() + " leaves some of " + ranks + " ranks idle");
    }
    String attempt = UUID.randomUUID().toString();
    String configuration = configuration(method);
    Aggregator aggregator = aggregator(configuration);
    AtomicLong before = new AtomicLong();
    AtomicLong after = new AtomicLong();
    DriverDesk[] open = new DriverDesk[1];
    try (DriverDesk desk =
        DriverDesk.open(
            attempt,
            report -> {
              // From report to report, so that the rendezvous before the first is left out.
              (report.step() == 0 ? before : after).set(open[0].bytesReceived());
              return aggregator.weigh(report);
            })) {
      open[0] = desk;
      TimedRank rank = rank(configuration);
      BarrierStage.Start soon =
          new BarrierStage.Start(DEADLINE, desk::started, System.err::println);
      StepTimes times =
          new BarrierStage(spark, ranks, "%d timed steps with %s".formatted(steps, method))
              .run(StepTimes.class, soon, context -> onTask(rank, attempt, context, link, exchange))
              .get(0);
      return new StepTimes(
          times.nanos(),
          times.cpuNanos(),
          times.sent(),
          (after.get() - before.get()) / (warmUp + steps - 1));
    }
  }

  private static StepTimes onTask(
      TimedRank timed, String attempt, BarrierTaskContext context, PeerLink link, Exchange exchange)
      throws InterruptedException {
    int rank = context.partitionId();
    DriverChannel driver = new DriverChannel(attempt);
    driver.started(rank);
    try (RankGroup group =
            Rendezvous.join(context, driver, Device.CPU, DEADLINE, Transport.FLOAT32, link);
        DriverLink aggregator = new DriverLink(driver, new StepClock())) {
      return timed.run(
          rank,
          exchange.apply(group),
          aggregator,
          () -> {
            if (context.isInterrupted()) {
              throw new TaskKilledException("rank " + rank + " was cancelled");
            }
          },
          NOBODY);
    }
  }

  private TimedRank rank(String configuration) {
    return new TimedRank(problem, configuration, threads, warmUp, steps);
  }

  private String configuration(String method) {
    return problem.configuration(method, DESCENT, RATE, passes);
  }

  private Aggregator aggregator(String configuration) {
    return problem.aggregator(TrainingConfiguration.parse(configuration));
  }

  /** One rank's steps. */
  private record TimedRank(
      SyntheticProblem problem, String configuration, int threads, int warmUp, int steps)
      implements Serializable {

    /** One rank's part of the batch, without the others. */
    StepTimes alone(int rank, int ranks) {
      Aggregator own = problem.aggregator(TrainingConfiguration.parse(configuration));
      Batch batch = problem.part(rank, ranks);
      return run(batch, new SoloGroup(), own::weigh, () -> {}, NOBODY);
    }

    StepTimes run(
        int rank,
        RankGroup group,
        AggregatorLink aggregator,
        Runnable beforeStep,
        Observer observer) {
      return run(problem.part(rank, group.size()), group, aggregator, beforeStep, observer);
    }

    private StepTimes run(
        Batch batch,
        RankGroup group,
        AggregatorLink aggregator,
        Runnable beforeStep,
        Observer observer) {
      ComputeThreads.use(threads);
      TrainingConfiguration parsed = TrainingConfiguration.parse(configuration);
      try (Replica replica =
              Replica.of(Preference.toldTo(problem.plan(), parsed.method()), Draws.of(SEED));
          GradientRoute route =
              GradientRoute.of(parsed, new GradientRoute.Rank(replica, group, aggregator))) {
        StepTimes times =
            timed(warmUp, steps, number -> route.step(batch, number, 0), beforeStep, observer);
        return new StepTimes(
            times.nanos(), times.cpuNanos(), group.bytesSent() / (warmUp + steps), 0);
      }
    }
  }

  private interface NumberedStep {
    void make(long number);
  }

  private static StepTimes timed(
      int warmUp, int steps, NumberedStep step, Runnable beforeStep, Observer observer) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    List<Long> nanos = new ArrayList<>();
    List<Long> cpuNanos = new ArrayList<>();
    for (int number = 0; number < warmUp + steps; number++) {
      beforeStep.run();
      long cpu = threads.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      step.make(number);
      long taken = System.nanoTime() - start;
      if (number >= warmUp) {
        nanos.add(taken);
        cpuNanos.add(threads.getCurrentThreadCpuTime() - cpu);
      }
      observer.made(number, taken);
    }
    return new StepTimes(nanos, cpuNanos, 0, 0);
  }
}
