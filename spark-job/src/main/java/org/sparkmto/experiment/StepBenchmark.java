package org.sparkmto.experiment;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.metric.Median;
import org.sparkmto.naming.Counted;
import org.sparkmto.trial.StepTimes;
import org.sparkmto.trial.SyntheticProblem;
import org.sparkmto.trial.TimedSteps;
import org.sparkmto.version.BuildVersion;

/**
 * Compares what a training step costs: the bare libtorch loop, our step without Spark, with one
 * rank on Spark and with several, for one method of every kind of traffic. The modes take turns,
 * round after round, so that a drift of the machine meets all alike.
 */
public final class StepBenchmark {
  /**
   * How much to measure.
   *
   * @param threads threads of each rank
   * @param ranks ranks of the mode with several
   * @param rounds how often every mode takes its turn
   * @param steps timed steps in a turn; a method with K backward passes makes a fifth of them
   * @param methods names of those to be measured, of {@link #METHODS}; EW always is
   */
  public record Settings(
      SyntheticProblem problem,
      int threads,
      int ranks,
      int rounds,
      int steps,
      List<String> methods) {
    public Settings {
      methods = List.copyOf(methods);
      if (!METHODS.containsAll(methods)) {
        throw new IllegalArgumentException(methods + " are not all among " + METHODS);
      }
      if (ranks < 2 || rounds < 1) {
        throw new IllegalArgumentException(
            "ranks = %d must be 2 or more, rounds = %d must be 1 or more".formatted(ranks, rounds));
      }
      new TimedSteps(problem, threads, 1, steps);
    }
  }

  private record Measured(String method, String options, boolean backwardPerTask) {}

  private static final String EW = "ew";

  private static final Map<String, Measured> MEASURED = new LinkedHashMap<>();

  static {
    MEASURED.put(EW, new Measured(EW, "name = ew", false));
    MEASURED.put(
        "imtl-g", new Measured("imtl-g at z", "name = imtl-g, level = representation", false));
    MEASURED.put("pcgrad", new Measured("pcgrad exact", "name = pcgrad, level = parameters", true));
  }

  /** The names of the methods that can be measured. */
  public static final List<String> METHODS = List.copyOf(MEASURED.keySet());

  private static final String LIBTORCH = "libtorch alone";
  private static final String WITHOUT_SPARK = "without Spark";
  private static final String ONE_RANK = "Spark, 1 rank";

  private final Settings settings;
  private final PrintWriter progress;
  private final Map<StepTable.Key, List<StepTimes>> turns = new LinkedHashMap<>();

  private StepBenchmark(Settings settings, PrintWriter progress) {
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @param progress hears of every turn
   * @throws org.sparkmto.options.ConfigurationException if Spark has fewer slots than ranks
   */
  public static StepTable run(JavaSparkContext spark, Settings settings, PrintWriter progress)
      throws InterruptedException {
    return new StepBenchmark(settings, progress).measure(spark);
  }

  private interface Turn {
    StepTimes take() throws InterruptedException;
  }

  private StepTable measure(JavaSparkContext spark) throws InterruptedException {
    double loadBefore = load();
    for (int round = 1; round <= settings.rounds(); round++) {
      for (Measured method : methods()) {
        TimedSteps steps = steps(method);
        if (method.method().equals(EW)) {
          turn(round, EW, LIBTORCH, steps::libtorchAlone);
        }
        turn(round, method.method(), WITHOUT_SPARK, () -> steps.withoutSpark(method.options()));
        turn(round, method.method(), ONE_RANK, () -> steps.onSpark(spark, 1, method.options()));
        int ranks = settings.ranks();
        String several = Counted.of(ranks, "rank");
        turn(
            round,
            method.method(),
            "Spark, " + several,
            () -> steps.onSpark(spark, ranks, method.options()));
        turn(
            round,
            method.method(),
            "Spark, Gloo",
            () -> steps.overGloo(spark, ranks, method.options()));
        turn(
            round,
            method.method(),
            "Spark, in turn",
            () -> steps.oneAtATime(spark, ranks, method.options()));
        turn(
            round,
            method.method(),
            several + " apart",
            () -> steps.apart(spark, ranks, method.options()));
      }
    }
    return new StepTable(settings, environment(spark, loadBefore), rows());
  }

  private List<Measured> methods() {
    List<String> chosen = settings.methods();
    return METHODS.stream()
        .filter(name -> name.equals(EW) || chosen.contains(name))
        .map(MEASURED::get)
        .toList();
  }

  private TimedSteps steps(Measured method) {
    boolean few = method.backwardPerTask();
    return new TimedSteps(
        settings.problem(),
        settings.threads(),
        few ? 1 : 2,
        few ? Math.max(1, settings.steps() / 5) : settings.steps());
  }

  private void turn(int round, String method, String mode, Turn turn) throws InterruptedException {
    StepTimes times = turn.take();
    turns.computeIfAbsent(new StepTable.Key(method, mode), key -> new ArrayList<>()).add(times);
    progress.printf(
        "round %d of %d: %-13s %-15s %9.1f ms%n",
        round, settings.rounds(), method, mode, Median.of(millis(times.nanos())));
  }

  private static List<Double> millis(List<Long> all) {
    return all.stream().map(nanos -> nanos / 1e6).toList();
  }

  private List<StepTable.Row> rows() {
    List<StepTable.Row> rows = new ArrayList<>();
    turns.forEach(
        (key, own) -> {
          List<Double> all = own.stream().flatMap(turn -> millis(turn.nanos()).stream()).toList();
          List<Double> cpu =
              own.stream().flatMap(turn -> millis(turn.cpuNanos()).stream()).toList();
          StepTimes last = own.get(own.size() - 1);
          rows.add(
              new StepTable.Row(
                  key,
                  Median.of(all),
                  all.stream().mapToDouble(Double::doubleValue).min().orElseThrow(),
                  Median.of(cpu),
                  all.size(),
                  ratio(own, new StepTable.Key(EW, LIBTORCH)),
                  ratio(own, new StepTable.Key(key.method(), WITHOUT_SPARK)),
                  ratio(own, new StepTable.Key(EW, key.mode())),
                  last.sent(),
                  last.toDriver()));
        });
    return rows;
  }

  /** The median over the rounds: both sides of a ratio come from the same minute. */
  private double ratio(List<StepTimes> own, StepTable.Key reference) {
    List<StepTimes> others = turns.get(reference);
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < own.size(); round++) {
      ratios.add(
          Median.of(millis(own.get(round).nanos())) / Median.of(millis(others.get(round).nanos())));
    }
    return Median.of(ratios);
  }

  private static Map<String, String> environment(JavaSparkContext spark, double loadBefore) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("master", spark.master());
    environment.put("spark", spark.version());
    environment.putAll(environment(loadBefore));
    return environment;
  }

  /** The machine, its load before and now, and what runs on it. */
  static Map<String, String> environment(double loadBefore) {
    BuildVersion version = BuildVersion.current();
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    environment.put("load before", String.format(Locale.ROOT, "%.1f", loadBefore));
    environment.put("load after", String.format(Locale.ROOT, "%.1f", load()));
    environment.put("spark-mto", version.application());
    environment.put("libtorch", version.libtorch());
    environment.put("java", Runtime.version().toString());
    return environment;
  }

  /** Processes that want to run, over the last minute: more than ours means a disturbed result. */
  static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }
}
