package org.sparkmto.trial;

import com.sun.management.OperatingSystemMXBean;
import com.typesafe.config.Config;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.exchange.AggregatorLink;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.input.BatchStream;
import org.sparkmto.input.RankBatch;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.Replica;
import org.sparkmto.random.Draws;
import org.sparkmto.step.GradientRoute;
import org.sparkmto.step.LookRows;
import org.sparkmto.training.RunPlan;
import org.sparkmto.training.TrainingBatches;

/**
 * Several looks at the same gradients: one rank trains a network with equal weights on real data,
 * without Spark, and stands still now and then, where every look sees the next batches.
 */
public final class LookTrials {
  private final MethodTrials trials;
  private final TrainingConfiguration training;
  private final List<Way> ways;
  private final RunPlan plan;
  private final Configuration hadoop;

  /** Hears of gradients. */
  public interface Observer {
    /** Training stands before a step. */
    void stands(long step);

    /**
     * A look, or another way to a step's gradient.
     *
     * @param batch which of those of this stand, from 0
     * @param way which of {@link LookTrials#ways}
     * @param products what was seen, if it looks at products
     * @param nanos of all passes up to the combined gradient
     * @param processor nanoseconds of all processors that this process had meanwhile
     */
    void seen(int batch, int way, Optional<SymmetricMatrix> products, long nanos, long processor);

    /**
     * What a look kept and moved.
     *
     * @param way which of {@link LookTrials#ways}
     * @param floats that the rank kept of gradients
     * @param moved floats that each of two ranks would have sent, but for the update's gradient
     */
    void kept(int way, long floats, long moved);

    /**
     * The products of the last step before the next look, where one is due in every so many, with
     * the first batch of the stand as that look.
     */
    void later(SymmetricMatrix products);
  }

  /**
   * A way to a step's gradient.
   *
   * @param words for people
   * @param moved floats that each of two ranks sends, but for the gradient that plain training has;
   *     of inner products at the parameters these are measured, as what is kept, by {@link
   *     Observer#kept}
   */
  public record Way(String words, String lines, long moved) {}

  private LookTrials(
      MethodTrials trials,
      TrainingConfiguration training,
      List<Way> ways,
      RunPlan plan,
      Configuration hadoop) {
    this.trials = trials;
    this.training = training;
    this.ways = List.copyOf(ways);
    this.plan = plan;
    this.hadoop = hadoop;
  }

  /**
   * Prepares trials.
   *
   * @param given of the run; its method, look and directory do not matter
   * @param looks as keys of section look; the first four ways, which are equal weights, a look at
   *     the representation, and an exact step by gradients and as it is usually, come by themselves
   * @throws org.sparkmto.options.ConfigurationException if the configuration, or a look, is
   *     impossible
   */
  public static LookTrials of(Config given, List<String> looks, Configuration hadoop) {
    MethodTrials trials = MethodTrials.of(given);
    TrainingConfiguration training = trials.with("method.name = ew");
    RunPlan plan = RunPlan.of(training, hadoop);
    ParameterLayout layout = plan.layout();
    int tasks = plan.tasks().size();
    List<Way> ways = new ArrayList<>();
    ways.add(new Way("equal weights", "method.name = ew", 0));
    ways.add(
        new Way("at z", "method { name = imtl-g, level = representation }", (long) tasks * tasks));
    for (String look : join(List.of("factors = false", ""), looks)) {
      String lines = "method { name = mgda, level = parameters }\nlook { %s }".formatted(look);
      TrainingConfiguration configuration = trials.with(lines);
      configuration.look().require(layout);
      GradientRoute.requireParts(configuration, configuration.batch(), 1);
      ways.add(
          new Way(
              look.isEmpty()
                  ? "everything"
                  : look.equals("factors = false") ? "everything, by gradients" : look,
              lines,
              0));
    }
    return new LookTrials(trials, training, ways, plan, hadoop);
  }

  private static List<String> join(List<String> first, List<String> rest) {
    List<String> all = new ArrayList<>(first);
    all.addAll(rest);
    return all;
  }

  /** Equal weights, a look at z, two at everything, then the looks that were asked for. */
  public List<Way> ways() {
    return ways;
  }

  /** The way that takes all gradients. */
  public int exact() {
    return 2;
  }

  /** The way that takes the same products however that is least work. */
  public int leastWork() {
    return 3;
  }

  /** Names of the tasks. */
  public List<String> tasks() {
    return plan.taskNames();
  }

  /** What is trained on what. */
  public String words() {
    return "%s, %d shared parameters, on %s, %d tasks, batches of %d"
        .formatted(
            plan.network().architecture(),
            plan.layout().shared(),
            plan.dataset().manifest().dataset(),
            plan.tasks().size(),
            training.batch());
  }

  /**
   * Trains and looks.
   *
   * @param at steps before which it stands still, rising
   * @param batches how many it looks at in each stand
   * @param every how often a look is due where one is held; at least 2
   */
  public void run(List<Long> at, int batches, int every, int threads, Observer observer) {
    ComputeThreads.use(threads);
    try (BatchStream stream = stream(0);
        Replica replica = Replica.of(plan.network(), Draws.of(training.seed()));
        GradientRoute route =
            route(training, replica, plan.aggregator((seen, weighing) -> {})::weigh)) {
      long step = 0;
      for (long stand : at) {
        step = train(route, stream, step, stand);
        observer.stands(step);
        stand(replica, step, batches, observer);
        step = train(route, stream, step, step + every - 1);
        try (BatchStream next = stream(step)) {
          measure(ways.get(exact()), replica, next.next()).products().ifPresent(observer::later);
        }
      }
    }
  }

  private static long train(GradientRoute route, BatchStream stream, long from, long to) {
    for (long step = from; step < to; step++) {
      RankBatch batch = stream.next();
      route.step(batch.host(), batch.step(), batch.epoch());
    }
    return Math.max(from, to);
  }

  private void stand(Replica replica, long step, int batches, Observer observer) {
    try (BatchStream next = stream(step)) {
      for (int batch = 0; batch < batches; batch++) {
        RankBatch own = next.next();
        for (int way = 0; way < ways.size(); way++) {
          Measured measured = measure(ways.get(way), replica, own);
          observer.seen(batch, way, measured.products(), measured.nanos(), measured.processor());
          int looked = way;
          measured
              .size()
              .ifPresent(size -> observer.kept(looked, size.floats(), size.movedByTwo()));
        }
      }
    }
  }

  private record Measured(
      Optional<SymmetricMatrix> products,
      long nanos,
      long processor,
      Optional<LookRows.Size> size) {}

  /** One way to the gradient of a batch, which leaves the network as it is. */
  private Measured measure(Way way, Replica replica, RankBatch batch) {
    TrainingConfiguration configuration = trials.with(way.lines());
    List<SymmetricMatrix> products = new ArrayList<>();
    int tasks = plan.tasks().size();
    try (FlatVector statistics = replica.buffers().zerosBeside(replica.buffers().length());
        GradientRoute route =
            route(
                configuration,
                replica,
                report -> {
                  report.gram().ifPresent(products::add);
                  return new StepAnswer.Weights(
                      Vector.filled(tasks, 1.0 / tasks), Vector.ones(tasks));
                })) {
      statistics.copy(replica.buffers());
      replica.at(batch.step());
      long processor = processorTime();
      long start = System.nanoTime();
      route.leaveGradient(batch.host(), route.exchange(batch.step(), batch.epoch()));
      long nanos = System.nanoTime() - start;
      processor = processorTime() - processor;
      replica.buffers().copy(statistics);
      return new Measured(products.stream().findFirst(), nanos, processor, route.looked());
    }
  }

  private static long processorTime() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static GradientRoute route(
      TrainingConfiguration configuration, Replica replica, AggregatorLink aggregator) {
    return GradientRoute.of(
        configuration, new GradientRoute.Rank(replica, new SoloGroup(), aggregator));
  }

  private BatchStream stream(long from) {
    return TrainingBatches.alone(plan, training.batch(), from, hadoop);
  }
}
