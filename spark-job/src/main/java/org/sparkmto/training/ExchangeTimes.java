package org.sparkmto.training;

import com.sun.management.OperatingSystemMXBean;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
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

/**
 * What moves in a step, timed without anything that is computed: messages of the size and in the
 * order of a real step, of gradients that are all zero.
 *
 * @param ranks among which the gradients move
 * @param tasks K
 * @param parameters P, shared
 * @param sketch d, numbers of a sketch of a gradient
 * @param steps that are timed, after one that is not
 * @param overGloo whether ranks reach each other over Gloo even if they could share memory
 */
public record ExchangeTimes(
    int ranks, int tasks, int parameters, int sketch, int steps, boolean overGloo)
    implements Serializable {
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  /** For all steps by Spark's own means. */
  private static final Duration BY_SPARK = Duration.ofMinutes(3);

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

    private final String words;

    Way(String words) {
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
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
  }

  /**
   * Times a way.
   *
   * @throws org.sparkmto.options.ConfigurationException if there are fewer slots than ranks
   */
  public Cost of(Way way, JavaSparkContext spark) throws InterruptedException {
    new Cluster(spark).ranks(ranks, GpuTasks.none(), Duration.ofSeconds(30));
    long before = settled();
    Cost cost = way == Way.SPARK ? inTime(spark) : byRanks(way, spark);
    long above = Math.max(0, ProcessMemory.now().peak() - before);
    return new Cost(
        cost.nanos(),
        cost.cpu(),
        cost.shared(),
        cost.sent(),
        cost.toDriver(),
        cost.rankPeak(),
        above);
  }

  private Cost byRanks(Way way, JavaSparkContext spark) throws InterruptedException {
    String attempt = UUID.randomUUID().toString();
    AtomicLong first = new AtomicLong();
    AtomicLong last = new AtomicLong();
    DriverDesk[] open = new DriverDesk[1];
    try (DriverDesk desk =
        DriverDesk.open(
            attempt,
            report -> {
              (report.step() == 0 ? first : last).set(open[0].bytesReceived());
              return new StepAnswer.Weights(Vector.ones(tasks), Vector.ones(tasks));
            })) {
      open[0] = desk;
      BarrierStage.Start soon =
          new BarrierStage.Start(DEADLINE, desk::started, System.err::println);
      List<Cost> costs =
          new BarrierStage(spark, ranks, "%s of %d tasks".formatted(way.words(), tasks))
              .run(Cost.class, soon, context -> onTask(way, attempt, context));
      return new Cost(
          costs.get(0).nanos(),
          costs.get(0).cpu(),
          costs.get(0).shared(),
          costs.stream().mapToLong(Cost::sent).max().orElseThrow(),
          (last.get() - first.get()) / steps,
          costs.stream().mapToLong(Cost::rankPeak).max().orElseThrow(),
          0);
    }
  }

  private Cost onTask(Way way, String attempt, BarrierTaskContext context)
      throws InterruptedException {
    int rank = context.partitionId();
    DriverChannel driver = new DriverChannel(attempt);
    driver.started(rank);
    long before = settled();
    try (RankGroup group =
            Rendezvous.join(
                context,
                driver,
                Device.CPU,
                DEADLINE,
                Transport.FLOAT32,
                overGloo ? PeerLink.GLOO : PeerLink.AUTO);
        FlatVector gradient = FlatVector.zeros(parameters);
        FlatVector kept = FlatVector.zeros(kept(way, rank))) {
      List<Long> nanos = new ArrayList<>();
      long sent = 0;
      long cpu = 0;
      for (int step = 0; step <= steps; step++) {
        // All begin together, as they end: what one waits for another is no time of a message.
        group.sum(new double[1]);
        long bytes = group.bytesSent();
        long cpuBefore = processorTime();
        long start = System.nanoTime();
        move(way, group, gradient, kept, step, driver);
        if (step > 0) {
          nanos.add(System.nanoTime() - start);
          cpu += processorTime() - cpuBefore;
          sent += group.bytesSent() - bytes;
        }
      }
      return new Cost(
          nanos,
          (double) cpu / steps,
          group instanceof SharedMemoryGroup,
          sent / steps,
          0,
          ProcessMemory.now().peak() - before,
          0);
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
      int step,
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
            group.sum(kept.tensor());
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

  /** With a deadline: a driver whose heap is too small loses a result and waits for it for ever. */
  private Cost inTime(JavaSparkContext spark) {
    String group = UUID.randomUUID().toString();
    spark.setJobGroup(group, Way.SPARK.words(), true);
    Timer timer = new Timer(group, true);
    timer.schedule(
        new TimerTask() {
          @Override
          public void run() {
            spark.cancelJobGroup(group);
          }
        },
        BY_SPARK.toMillis());
    try {
      return bySpark(spark);
    } finally {
      timer.cancel();
      spark.clearJobGroup();
    }
  }

  /** K gradients of every rank to the driver, which sends the update to all. */
  private Cost bySpark(JavaSparkContext spark) {
    JavaRDD<Integer> parts = spark.parallelize(IntStream.range(0, ranks).boxed().toList(), ranks);
    int rows = tasks;
    int columns = parameters;
    long before = parts.map(rank -> settled()).reduce(Math::min);
    List<Long> nanos = new ArrayList<>();
    long rankPeak = 0;
    for (int step = 0; step <= steps; step++) {
      long start = System.nanoTime();
      float[][] sums =
          parts.treeAggregate(
              new float[0][],
              (none, rank) -> new float[rows][columns],
              (a, b) -> a.length == 0 ? b : b.length == 0 ? a : added(a, b));
      float[] update = new float[columns];
      for (float[] row : sums) {
        update[0] += row[0];
      }
      Broadcast<float[]> sent = spark.broadcast(update);
      long peak =
          parts.map(rank -> ProcessMemory.now().peak() + (long) sent.value()[0]).reduce(Math::max);
      if (step > 0) {
        nanos.add(System.nanoTime() - start);
      }
      rankPeak = peak;
      sent.destroy();
    }
    long gradients = (long) Float.BYTES * tasks * parameters;
    return new Cost(nanos, Double.NaN, false, gradients, ranks * gradients, rankPeak - before, 0);
  }

  /** Memory of this process, whose peak counts from here. */
  private static long settled() {
    long resident = ProcessMemory.afterCollection().resident();
    ProcessMemory.forgetPeak();
    return resident;
  }

  private static float[][] added(float[][] sums, float[][] more) {
    for (int row = 0; row < sums.length; row++) {
      for (int i = 0; i < sums[row].length; i++) {
        sums[row][i] += more[row][i];
      }
    }
    return sums;
  }
}
