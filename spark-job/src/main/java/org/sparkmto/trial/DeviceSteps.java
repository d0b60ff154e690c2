package org.sparkmto.trial;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkmto.configuration.Preference;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.AggregatorLink;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.exchange.StepReport;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.Device;
import org.sparkmto.network.Replica;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.step.Aggregator;
import org.sparkmto.step.GradientRoute;

/**
 * Steps of training on a device, to be compared with the same steps on another one: same weights,
 * same batches, one rank, the aggregator at hand. Input, checkpoints and logs are left out.
 */
public final class DeviceSteps {
  private static final long SEED = 1;

  /** Gradient descent, because an adaptive rule makes a step of every rounding. */
  private static final String DESCENT = "optimizer { name = sgd, momentum = 0.9 }";

  /** What methods take that need an adaptive rule; the constant is larger than any rounding. */
  private static final String ADAPTIVE = "optimizer { name = adam, epsilon = 1e-3 }";

  private final SyntheticProblem problem;
  private final Device device;
  private final int threads;
  private final int steps;

  /** What steps have come to. */
  public static final class Course {
    private final double[] start;
    private final double[] end;
    private final double millis;

    /**
     * A course.
     *
     * @param start all parameters before the first step
     * @param end all parameters after the last
     * @param millis of a step, the mean of all but the first
     */
    public Course(double[] start, double[] end, double millis) {
      this.start = start.clone();
      this.end = end.clone();
      this.millis = millis;
    }

    /** How long a step took, the first left out. */
    public double millis() {
      return millis;
    }

    /** How far each parameter has moved. */
    public double[] moves() {
      double[] moves = new double[end.length];
      for (int i = 0; i < moves.length; i++) {
        moves[i] = end[i] - start[i];
      }
      return moves;
    }

    /** Whether another course ends with the same bits. */
    public boolean sameBits(Course other) {
      return Arrays.equals(end, other.end);
    }

    /** How far the ends of two courses are apart, relative to the way of the other one. */
    public double apart(Course other) {
      return length(end, other.end) / length(other.end, other.start);
    }

    /** How far the ends of two courses are apart, relative to the length of the other one's. */
    public double relative(Course other) {
      return length(end, other.end) / length(other.end, new double[end.length]);
    }

    private static double length(double[] to, double[] from) {
      double squares = 0;
      for (int i = 0; i < to.length; i++) {
        double difference = to[i] - from[i];
        squares += difference * difference;
      }
      return Math.sqrt(squares);
    }
  }

  /**
   * Steps to be made.
   *
   * @param device where
   * @param threads that the host computes with
   * @param steps 2 or more
   * @throws IllegalArgumentException if there are fewer
   */
  public DeviceSteps(SyntheticProblem problem, Device device, int threads, int steps) {
    if (threads < 1 || steps < 2) {
      throw new IllegalArgumentException(
          "threads = %d, steps = %d: at least 1 and 2".formatted(threads, steps));
    }
    this.problem = problem;
    this.device = device;
    this.threads = threads;
    this.steps = steps;
  }

  /** The same steps on the CPU. */
  public DeviceSteps onCpu() {
    return new DeviceSteps(problem, Device.CPU, threads, steps);
  }

  /** What is trained. */
  public SyntheticProblem problem() {
    return problem;
  }

  /** The name of the device. */
  public String where() {
    return device.toString();
  }

  /**
   * Makes the steps.
   *
   * @param method its name and options, as in the section {@code method} of a configuration
   * @param more further settings of the run, as {@code network.recompute = blocks}
   * @throws ConfigurationException if the problem cannot be trained so
   */
  public Course course(String method, String more) {
    ComputeThreads.use(threads);
    TrainingConfiguration configuration = configuration(problem, method, more);
    device.settle(configuration.cluster().deterministic());
    Aggregator aggregator = problem.aggregator(configuration);
    List<Batch> batches = List.of(problem.part(0, 2), problem.part(1, 2));
    try (Replica replica =
            Replica.of(
                Preference.toldTo(problem.plan(), configuration.method()), Draws.of(SEED), device);
        GradientRoute route =
            GradientRoute.of(
                configuration,
                new GradientRoute.Rank(replica, new SoloGroup(), aggregator::weigh))) {
      double[] start = replica.parameters().toDoubles();
      route.step(batches.get(0), 0, 0);
      // Reading waits for the device, as nothing else does.
      replica.parameters().read(0, new float[1], 0, 1);
      long begin = System.nanoTime();
      for (int step = 1; step < steps; step++) {
        route.step(batches.get(step % 2), step, 0);
      }
      replica.parameters().read(0, new float[1], 0, 1);
      double millis = (System.nanoTime() - begin) / 1e6 / (steps - 1);
      return new Course(start, replica.parameters().toDoubles(), millis);
    }
  }

  /**
   * The first step, and what it was weighed by.
   *
   * @param gradient of all parameters, combined
   * @param gram inner products of the task gradients, where the method sees them
   */
  @SuppressWarnings("ArrayRecordComponent") // made here alone, and not compared
  public record First(double[] gradient, Optional<SymmetricMatrix> gram) {
    /** Whether another first step has the same bits. */
    public boolean sameBits(First other) {
      return Arrays.equals(gradient, other.gradient) && gramApart(other).orElse(0.0) == 0;
    }

    /** The largest difference of an inner product from another one's, in the norms of its two. */
    public Optional<Double> gramApart(First other) {
      return gram.flatMap(own -> other.gram.map(own::distance));
    }

    /** How far its gradient is from that of another one, relative to that. */
    public double apart(First other) {
      return Course.length(gradient, other.gradient)
          / Course.length(other.gradient, new double[gradient.length]);
    }
  }

  /** Makes the first step alone; the parameters are as {@link #course}. */
  public First first(String method, String more) {
    ComputeThreads.use(threads);
    TrainingConfiguration configuration = configuration(problem, method, more);
    device.settle(configuration.cluster().deterministic());
    Aggregator aggregator = problem.aggregator(configuration);
    List<StepReport> reports = new ArrayList<>();
    AggregatorLink noting =
        report -> {
          reports.add(report);
          return aggregator.weigh(report);
        };
    try (Replica replica =
            Replica.of(
                Preference.toldTo(problem.plan(), configuration.method()), Draws.of(SEED), device);
        GradientRoute route =
            GradientRoute.of(
                configuration, new GradientRoute.Rank(replica, new SoloGroup(), noting))) {
      route.step(problem.part(0, 1), 0, 0);
      return new First(
          replica.gradient().toDoubles(),
          reports.stream().map(StepReport::gram).flatMap(Optional::stream).findFirst());
    }
  }

  /** A run of a problem, with an adaptive rule where the method needs one. */
  static TrainingConfiguration configuration(SyntheticProblem problem, String method, String more) {
    try {
      return checked(problem, method, DESCENT, 0.01, more);
    } catch (IllegalArgumentException | ConfigurationException e) {
      return checked(problem, method, ADAPTIVE, 0.001, more);
    }
  }

  private static TrainingConfiguration checked(
      SyntheticProblem problem, String method, String optimizer, double rate, String more) {
    TrainingConfiguration configuration =
        TrainingConfiguration.parse(problem.configuration(method, optimizer, rate, more));
    configuration.method().method().optimizerPerTask(configuration.optimizer());
    return configuration;
  }
}
