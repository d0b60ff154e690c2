package org.sparkmto.trial;

import com.sun.management.OperatingSystemMXBean;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.exchange.DriverChannel;
import org.sparkmto.exchange.DriverDesk;
import org.sparkmto.exchange.GradientSum;
import org.sparkmto.exchange.PeerLink;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.SharedMemoryGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.exchange.Transport;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.Slices;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.network.Device;
import org.sparkmto.network.FlatVector;
import org.sparkmto.step.StepExchange;
import org.sparkmto.training.BarrierStage;
import org.sparkmto.training.Cluster;
import org.sparkmto.training.GpuTasks;
import org.sparkmto.training.Rendezvous;

/**
 * What moves in a step, timed without anything that is computed: messages of the size and in the
 * order of a real step, of gradients that are all zero.
 *
 * @param ranks among which the gradients move
 * @param tasks K
 * @param parameters P, shared
 * @param sketch d, numbers of a sketch of a gradient
 * @param steps of each way that are timed, at least
 * @param overGloo whether ranks reach each other over Gloo even if they could share memory
 */
public record ExchangeTimes(
    int ranks, int tasks, int parameters, int sketch, int steps, boolean overGloo)
    implements Serializable {
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  /** Timed steps of a turn, which follow one that is not: ways take turns on a machine's moods. */
  private static final int OF_A_TURN = 3;

  /**
   * Questions to the driver before anything is timed: after some hundred steps of a run the JVM has
   * compiled what they go through, which takes a good part of their time until then.
   */
  private static final int UNTIL_COMPILED = 1000;

  /** Checks the numbers. */
  public ExchangeTimes {
    if (ranks < 2 || tasks < 1 || parameters < ranks || sketch < 1 || steps < 1) {
      throw new IllegalArgumentException(
          "at least two ranks, one task, a parameter for each rank, one number of a sketch and one"
              + " step are needed");
    }
  }

  /** A way to the update of a step. */
  public enum Way {
    /** One gradient, summed: what plain data parallelism moves. */
    PLAIN("one gradient"),
    /** Losses and inner products at z, the driver's weights, one gradient. */
    REPRESENTATION("at z"),
    /** K sketches, the driver's weights, one gradient. */
    SKETCHED("K sketches"),
    /** K gradients in slices, their Gram matrix, the weights, slices of the update. */
    SLICED("K gradients, sliced"),
    /** K gradients to the driver and the update back, by Spark's own means. */
    SPARK("treeAggregate, broadcast");

    /** All but Spark's own. */
    public static final List<Way> OF_RANKS = List.of(PLAIN, REPRESENTATION, SKETCHED, SLICED);

    private final String words;

    Way(String words) {
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
    }

    /** A number of a step that says of which way it is. */
    private long step(long number) {
      return number * OF_RANKS.size() + OF_RANKS.indexOf(this);
    }

    private static Way ofStep(long step) {
      return OF_RANKS.get(Math.toIntExact(step % OF_RANKS.size()));
    }
  }

  /**
   * What a way cost.
   *
   * @param nanos of every step, on rank 0 or the driver
   * @param sent bytes of a step that a rank sends to other ranks or the driver
   * @param toDriver bytes of a step that the driver receives
   * @param cpu processor time of a step in nanoseconds, of the process of rank 0 as a whole, which
   *     may be that of other ranks, too; NaN of Spark's own means
   * @param shared whether ranks shared memory
   * @param rankPeak the most memory that a rank's process had above what it had before
   * @param driverPeak the same of the driver
   */
  public record Cost(
      List<Long> nanos,
      double cpu,
      boolean shared,
      long sent,
      long toDriver,
      long rankPeak,
      long driverPeak)
      implements Serializable {
    public Cost {
      nanos = List.copyOf(nanos);
    }

    private Cost withTimes(Cost timed) {
      return new Cost(timed.nanos, timed.cpu, shared, sent, toDriver, rankPeak, driverPeak);
    }

    private Cost withDriverPeak(long bytes) {
      return new Cost(nanos, cpu, shared, sent, toDriver, rankPeak, Math.max(0, bytes));
    }
  }

  /**
   * Times ways of ranks, in turns, so that all have the same moods of the machine. What each moves
   * and keeps is measured of each alone.
   *
   * @throws org.sparkmto.options.ConfigurationException if there are fewer slots than ranks
   */
  public Map<Way, Cost> inTurns(List<Way> ways, JavaSparkContext spark)
      throws InterruptedException {
    requireSlots(spark);
    Map<Way, Cost> alone = new EnumMap<>(Way.class);
    for (Way way : ways) {
      long before = settled();
      Cost cost = byRanks(List.of(way), 1, 0, spark).get(way);
      alone.put(way, cost.withDriverPeak(ProcessMemory.now().peak() - before));
    }
    Map<Way, Cost> timed =
        byRanks(ways, (steps + OF_A_TURN - 1) / OF_A_TURN, UNTIL_COMPILED, spark);
    Map<Way, Cost> all = new EnumMap<>(Way.class);
    ways.forEach(way -> all.put(way, alone.get(way).withTimes(timed.get(way))));
    return all;
  }

  /**
   * Times Spark's own means.
   *
   * @throws org.sparkmto.options.ConfigurationException if there are fewer slots than ranks
   */
  public Cost bySpark(JavaSparkContext spark) throws InterruptedException {
    requireSlots(spark);
    long before = settled();
    return new SparkAggregation(ranks, tasks, parameters, steps)
        .cost(spark)
        .withDriverPeak(ProcessMemory.now().peak() - before);
  }

  private void requireSlots(JavaSparkContext spark) throws InterruptedException {
    new Cluster(spark).ranks(ranks, GpuTasks.none(), Duration.ofSeconds(30));
  }

  private Map<Way, Cost> byRanks(List<Way> ways, int turns, int questions, JavaSparkContext spark)
      throws InterruptedException {
    String attempt = UUID.randomUUID().toString();
    Questions asked = new Questions();
    try (DriverDesk desk =
        DriverDesk.open(
            attempt,
            report -> {
              asked.came(report.step());
              return new StepAnswer.Weights(Vector.ones(tasks), Vector.ones(tasks));
            })) {
      asked.desk = desk;
      BarrierStage.Start soon =
          new BarrierStage.Start(DEADLINE, desk::started, System.err::println);
      String name =
          "%s of %d tasks"
              .formatted(ways.stream().map(Way::words).collect(Collectors.joining(", ")), tasks);
      List<Costs> costs =
          new BarrierStage(spark, ranks, name)
              .run(Costs.class, soon, context -> onTask(ways, turns, questions, attempt, context));
      Map<Way, Cost> all = new EnumMap<>(Way.class);
      for (Way way : ways) {
        List<Cost> ofRanks = costs.stream().map(each -> each.of().get(way)).toList();
        Cost first = ofRanks.get(0);
        all.put(
            way,
            new Cost(
                first.nanos(),
                first.cpu(),
                first.shared(),
                ofRanks.stream().mapToLong(Cost::sent).max().orElseThrow(),
                asked.bytes.getOrDefault(way, 0L),
                ofRanks.stream().mapToLong(Cost::rankPeak).max().orElseThrow(),
                0));
      }
      return all;
    }
  }

  /** What the driver was asked: a step's number says of which way it is. */
  private static final class Questions {
    private final Map<Way, Long> bytes = new ConcurrentHashMap<>();
    private DriverDesk desk;
    private long before;

    /** Nothing but questions comes between two of them. */
    void came(long step) {
      long now = desk.bytesReceived();
      bytes.put(Way.ofStep(step), now - before);
      before = now;
    }
  }

  /** What a rank found. */
  private record Costs(Map<Way, Cost> of) implements Serializable {}

  private Costs onTask(
      List<Way> ways, int turns, int questions, String attempt, BarrierTaskContext context)
      throws InterruptedException {
    int rank = context.partitionId();
    DriverChannel driver = new DriverChannel(attempt);
    driver.started(rank);
    long before = settled();
    long kept = ways.stream().mapToLong(way -> kept(way, rank)).max().orElseThrow();
    try (RankGroup group =
            Rendezvous.join(
                context,
                driver,
                Device.CPU,
                DEADLINE,
                Transport.FLOAT32,
                overGloo ? PeerLink.GLOO : PeerLink.AUTO);
        FlatVector gradient = FlatVector.zeros(parameters);
        FlatVector room = FlatVector.zeros(kept)) {
      Map<Way, Turns> all = new EnumMap<>(Way.class);
      long step = 0;
      for (int i = 0; i < questions; i++) {
        group.sum(new double[tasks * tasks]);
        ask(new StepExchange(group, driver::weigh, Way.REPRESENTATION.step(step++), 0));
      }
      for (int turn = 0; turn < turns; turn++) {
        for (Way way : ways) {
          Turns times = all.computeIfAbsent(way, none -> new Turns());
          for (int i = 0; i <= OF_A_TURN; i++) {
            // All begin together, as they end: what one waits for another is no time of a message.
            group.sum(new double[1]);
            long number = way.step(step++);
            times.take(group, i > 0, () -> move(way, group, gradient, room, number, driver));
          }
        }
      }
      boolean shared = group instanceof SharedMemoryGroup;
      long peak = ProcessMemory.now().peak() - before;
      Map<Way, Cost> costs = new EnumMap<>(Way.class);
      all.forEach((way, times) -> costs.put(way, times.cost(shared, peak)));
      return new Costs(costs);
    }
  }

  /** Steps of a way. */
  private static final class Turns {
    private final List<Long> nanos = new ArrayList<>();
    private long cpu;
    private long sent;

    void take(RankGroup group, boolean counts, Runnable step) {
      long bytes = group.bytesSent();
      long cpuBefore = processorTime();
      long start = System.nanoTime();
      step.run();
      if (counts) {
        nanos.add(System.nanoTime() - start);
        cpu += processorTime() - cpuBefore;
        sent += group.bytesSent() - bytes;
      }
    }

    Cost cost(boolean shared, long peak) {
      return new Cost(nanos, (double) cpu / nanos.size(), shared, sent / nanos.size(), 0, peak, 0);
    }
  }

  private static long processorTime() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /** Floats that a rank keeps besides one gradient. */
  private long kept(Way way, int rank) {
    return switch (way) {
      case SLICED -> (tasks + 1L) * new Slices(parameters, ranks).length(rank);
      case SKETCHED -> (long) tasks * sketch;
      default -> 1;
    };
  }

  private void move(
      Way way,
      RankGroup group,
      FlatVector gradient,
      FlatVector kept,
      long step,
      DriverChannel driver) {
    StepExchange exchange = new StepExchange(group, driver::weigh, step, 0);
    double[] numbers = new double[2 * tasks + (way == Way.REPRESENTATION ? tasks * tasks : 0)];
    try (PointerScope scope = new PointerScope()) {
      Tensor whole = gradient.tensor();
      switch (way) {
        case PLAIN -> sum(group, whole);
        case REPRESENTATION, SKETCHED -> {
          group.sum(numbers);
          if (way == Way.SKETCHED) {
            group.sum(kept.tensor().narrow(0, 0, (long) tasks * sketch));
          }
          ask(exchange);
          sum(group, whole);
        }
        case SLICED -> {
          Slices slices = new Slices(parameters, ranks);
          long length = slices.length(group.rank());
          group.sum(numbers);
          for (int task = 0; task < tasks; task++) {
            group.beginSlices(whole, kept.tensor().narrow(0, task * length, length), slices).end();
          }
          group.sum(new double[tasks * tasks]);
          ask(exchange);
          group.gatherGradient(kept.tensor().narrow(0, tasks * length, length), whole, slices);
        }
        case SPARK -> throw new IllegalArgumentException("not a way of ranks");
      }
    }
  }

  private static void sum(RankGroup group, Tensor gradient) {
    new GradientSum(group, gradient, 0, gradient.numel()).end();
  }

  private void ask(StepExchange exchange) {
    double[] ones = new double[tasks];
    Arrays.fill(ones, 1);
    double[] gram = new double[tasks * tasks];
    for (int task = 0; task < tasks; task++) {
      gram[task * tasks + task] = 1;
    }
    exchange.weights(ones, ones, new GradientSummary.Gram(SymmetricMatrix.of(tasks, gram)));
  }

  /** Memory of this process, whose peak counts from here. */
  static long settled() {
    long resident = ProcessMemory.afterCollection().resident();
    ProcessMemory.forgetPeak();
    return resident;
  }
}
