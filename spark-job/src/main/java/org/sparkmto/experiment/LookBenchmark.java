package org.sparkmto.experiment;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.method.CombinedGradient;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Methods;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.method.Weighing;
import org.sparkmto.naming.Counted;
import org.sparkmto.trial.LookTrials;

/**
 * What looks at less than all gradients cost and miss, in the middle of a real training: the error
 * of a look is the length of the difference between the combined gradient in its weights and that
 * in the weights of a look at everything, by the length of the latter.
 */
public final class LookBenchmark {
  /** What is made of the products; by other vectors than their weights what learns them. */
  static final List<String> METHODS =
      List.of("imtl-g", "mgda", "pcgrad", "cagrad", "nash-mtl", "aligned-mtl", "gradnorm");

  /** Looks that are measured unless others are asked for. */
  public static final List<String> LOOKS =
      List.of(
          "directions = 1",
          "directions = 2",
          "directions = 4",
          "directions = 8",
          "directions = 90%",
          "sketch = 1024",
          "sketch = 8192",
          "sketch = 32768",
          "samples = 1/2",
          "samples = 1/4",
          "samples = 1/8");

  /**
   * What to measure.
   *
   * @param at steps of the training at which to stand still, rising
   * @param batches looked at in each stand
   * @param every how often a look is due where it is held
   */
  public record Settings(List<Long> at, int batches, int every, int threads) {
    /** Checks the numbers. */
    public Settings {
      at = List.copyOf(at);
      if (at.isEmpty() || batches < 1 || every < 2 || threads < 1) {
        throw new IllegalArgumentException(
            "at least one step to stand at, one batch, a look in every second step and one thread"
                + " are needed");
      }
    }
  }

  private final LookTrials trials;
  private final Map<String, MethodEntry.Made> methods = new LinkedHashMap<>();

  private LookBenchmark(LookTrials trials) {
    this.trials = trials;
    METHODS.forEach(name -> methods.put(name, Methods.byName(name, Map.of("level", "parameters"))));
  }

  /**
   * Trains and measures, in this process.
   *
   * @param progress hears of every stand
   */
  public static LookTable run(LookTrials trials, Settings settings, PrintWriter progress) {
    double loadBefore = StepBenchmark.load();
    LookBenchmark benchmark = new LookBenchmark(trials);
    Measuring measuring = benchmark.new Measuring(progress, settings);
    trials.run(settings.at(), settings.batches(), settings.every(), settings.threads(), measuring);
    return new LookTable(
        trials,
        settings,
        StepBenchmark.environment(loadBefore),
        measuring.times,
        measuring.processors,
        measuring.errors,
        measuring.held,
        measuring.kept);
  }

  private Map<String, Weighing> weighed(SymmetricMatrix products) {
    int tasks = products.size();
    double[][] rows = new double[tasks][tasks];
    for (int a = 0; a < tasks; a++) {
      for (int b = 0; b < tasks; b++) {
        rows[a][b] = products.at(a, b);
      }
    }
    Map<String, Weighing> weighed = new LinkedHashMap<>();
    methods.forEach(
        (name, made) -> weighed.put(name, made.weigh(Vector.ones(tasks).toArray(), rows)));
    return weighed;
  }

  /** Of methods that learn their weights, by how much what they learn is off. */
  private static double error(Weighing found, Weighing exact, SymmetricMatrix products) {
    if (exact.gradients().isEmpty()) {
      return CombinedGradient.difference(products, found.shared(), exact.shared());
    }
    double apart = 0;
    double length = 0;
    for (String name : exact.gradients().keySet()) {
      Vector own = exact.gradients().get(name);
      Vector difference = found.gradients().get(name).minus(own);
      apart += difference.dot(difference);
      length += own.dot(own);
    }
    return Math.sqrt(apart / length);
  }

  private final class Measuring implements LookTrials.Observer {
    private final PrintWriter progress;
    private final Settings settings;
    private final List<List<Double>> times = new ArrayList<>();
    private final List<List<Double>> processors = new ArrayList<>();
    private final List<Map<String, List<Double>>> errors = new ArrayList<>();
    private final Map<String, List<Double>> held = lists();
    private final List<Optional<SymmetricMatrix>> seen = new ArrayList<>();
    private Map<String, Weighing> atStand = Map.of();
    private final long[][] kept;
    private double plain;
    private double plainProcessor;

    Measuring(PrintWriter progress, Settings settings) {
      this.progress = progress;
      this.settings = settings;
      this.kept = new long[trials.ways().size()][];
      for (int way = 0; way < trials.ways().size(); way++) {
        kept[way] = new long[] {0, trials.ways().get(way).moved()};
        times.add(new ArrayList<>());
        processors.add(new ArrayList<>());
        errors.add(lists());
      }
    }

    private static Map<String, List<Double>> lists() {
      Map<String, List<Double>> lists = new LinkedHashMap<>();
      METHODS.forEach(name -> lists.put(name, new ArrayList<>()));
      return lists;
    }

    @Override
    public void stands(long step) {
      progress.printf(
          "step %d: %s of %s%n",
          step,
          Counted.of(trials.ways().size(), "look"),
          Counted.of(settings.batches(), "batch", "batches"));
      progress.flush();
    }

    @Override
    public void seen(
        int batch, int way, Optional<SymmetricMatrix> products, long nanos, long processor) {
      if (way == 0) {
        seen.clear();
        plain = nanos;
        plainProcessor = processor;
      }
      seen.add(products);
      times.get(way).add(nanos / plain);
      processors.get(way).add(processor / plainProcessor);
      if (seen.size() == trials.ways().size()) {
        judge(batch);
      }
    }

    @Override
    public void kept(int way, long floats, long moved) {
      kept[way] = new long[] {floats, moved};
    }

    private void judge(int batch) {
      SymmetricMatrix all = seen.get(trials.exact()).orElseThrow();
      Map<String, Weighing> exact = weighed(all);
      if (batch == 0) {
        atStand = exact;
      }
      for (int way = 0; way < seen.size(); way++) {
        Map<String, List<Double>> own = errors.get(way);
        seen.get(way)
            .map(LookBenchmark.this::weighed)
            .ifPresent(
                found ->
                    found.forEach(
                        (name, weighing) ->
                            own.get(name).add(error(weighing, exact.get(name), all))));
      }
    }

    @Override
    public void later(SymmetricMatrix products) {
      weighed(products)
          .forEach((name, exact) -> held.get(name).add(error(atStand.get(name), exact, products)));
    }
  }
}
