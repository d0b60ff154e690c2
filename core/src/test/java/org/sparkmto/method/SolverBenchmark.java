package org.sparkmto.method;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * The time from the Gram matrix of a step to the weights of the tasks, for every registered method
 * of inner products with its default options. Gradients are random in 4K dimensions, so about half
 * of the pairs conflict, with norms over two decades.
 *
 * <p>{@code ./mvnw -q -Pbenchmark -pl preprocessing,spark-job test} times all of them in a few
 * minutes and prints a Markdown table; {@code -Dsolvers=cagrad,upgrad} only these.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class SolverBenchmark {
  private static final String METHOD = "method";
  private static final String TASKS = "tasks";

  /** The name of a registered method; {@link #main} names them all. */
  @Param("mgda")
  public String method;

  /** K. */
  @Param({"2", "10", "40", "128"})
  public int tasks;

  private Weigher weigher;
  private Observation step;
  private MethodState state;

  /** Made by the harness. */
  public SolverBenchmark() {}

  /** Makes the method and a system of gradients. */
  @Setup
  public void prepare() {
    weigher = Systems.weigher(Systems.method(method), tasks);
    step = Systems.observation(Systems.random(1, tasks, 4 * tasks, 2), Systems.losses(1, tasks));
    state = weigher.initialState();
    weigh().failure().ifPresent(why -> System.out.println(method + " fails: " + why));
  }

  /** What is timed. */
  @Benchmark
  public Weighing weigh() {
    return weigher.weigh(step, state);
  }

  /**
   * Times the methods that are named, or all, and prints the table.
   *
   * @param arguments names of methods with commas between; nothing, or nothing but an empty text,
   *     for all
   * @throws RunnerException if a benchmark cannot be run
   */
  public static void main(String... arguments) throws RunnerException {
    String given = String.join(",", arguments);
    String[] methods =
        !given.isBlank()
            ? given.split(",", -1)
            : Methods.all().stream()
                .filter(entry -> entry.defaultLevel().isPresent())
                .map(MethodEntry::name)
                .toArray(String[]::new);
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(SolverBenchmark.class.getName())
                    .param(METHOD, methods)
                    .shouldFailOnError(true)
                    .build())
            .run();
    System.out.println(table(methods, results));
  }

  private static String table(String[] methods, Collection<RunResult> results) {
    Map<String, Map<Integer, Double>> times = new TreeMap<>();
    for (RunResult result : results) {
      times
          .computeIfAbsent(result.getParams().getParam(METHOD), unused -> new TreeMap<>())
          .put(
              Integer.valueOf(result.getParams().getParam(TASKS)),
              result.getPrimaryResult().getScore());
    }
    Map<Integer, Double> first = times.get(methods[0]);
    return "| microseconds | "
        + first.keySet().stream().map(k -> "K = " + k).collect(Collectors.joining(" | "))
        + " |\n|---|"
        + "--:|".repeat(first.size())
        + "\n"
        + Arrays.stream(methods)
            .map(
                name ->
                    times.get(name).values().stream()
                        .map(time -> String.format(Locale.ROOT, time < 10 ? "%.1f" : "%.0f", time))
                        .collect(Collectors.joining(" | ", "| " + name + " | ", " |")))
            .collect(Collectors.joining("\n"));
  }
}
