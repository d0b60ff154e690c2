package org.sparkmto.trial;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.input.BatchStream;
import org.sparkmto.json.Json;
import org.sparkmto.method.Vector;
import org.sparkmto.metric.Median;
import org.sparkmto.network.ComputeThreads;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.GradientSketch;
import org.sparkmto.network.Replica;
import org.sparkmto.network.TaskRows;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.step.GradientRoute;
import org.sparkmto.step.LookRows;
import org.sparkmto.timing.StepPhase;
import org.sparkmto.training.RunPlan;
import org.sparkmto.training.TrainingBatches;

/**
 * What the parts of a step cost on one machine: measured for one network and its tasks on real
 * batches of two sizes, from which those of others follow.
 *
 * @param subject network, data and machine, for people
 * @param tasks K
 * @param shared elements of the shared parameters
 * @param total elements of all parameters
 * @param batches of two sizes, the smaller one first
 * @param gram seconds of the inner products of K rows of one float
 * @param combine seconds of the weighted sum of K rows of one float
 * @param sketch seconds of one float of one gradient in a sketch
 * @param state vectors of the optimiser, as long as the parameters
 */
public record StepCosts(
    String subject,
    int tasks,
    long shared,
    long total,
    List<OfBatch> batches,
    double gram,
    double combine,
    double sketch,
    int state) {
  private static final long COLUMNS = 1 << 18;
  private static final String FORMAT = "step-costs";

  /**
   * Steps of a batch of one rank, in seconds.
   *
   * @param samples of the batch
   * @param plain a step with equal weights
   * @param atZ a step whose weights come from inner products at z
   * @param forward of the latter, the shared part forward
   * @param heads of the latter, all heads there and back
   * @param pass one more backward pass through the shared part
   * @param look one more such pass of a look, which takes factors of gradients where that is less
   * @param products the inner products of such a look at all tasks
   * @param factors floats of these factors
   * @param activations bytes that a step needs at its peak, above what is there between steps
   */
  public record OfBatch(
      int samples,
      double plain,
      double atZ,
      double forward,
      double heads,
      double pass,
      double look,
      double products,
      long factors,
      long activations) {}

  /** Keeps a copy. */
  public StepCosts {
    batches = List.copyOf(batches);
  }

  /**
   * Measures, in this process, for about a minute with a network that makes a step in a second.
   *
   * @param given of a run; its method, look and directory do not matter
   * @param samples of a rank's batch at most
   * @param steps that are timed of each kind
   * @param progress hears of the sizes of batches
   */
  public static StepCosts measure(
      Config given,
      int samples,
      int threads,
      int steps,
      Configuration hadoop,
      LongConsumer progress) {
    MethodTrials trials = MethodTrials.of(given);
    RunPlan plan = RunPlan.of(trials.with("method.name = ew"), hadoop);
    if (samples < 4) {
      throw new ConfigurationException(
          "a rank's batch has " + samples + " samples; at least 4 are needed to measure two sizes");
    }
    ComputeThreads.use(threads);
    List<OfBatch> batches = new ArrayList<>();
    for (int size : new int[] {Math.max(2, samples / 4), samples}) {
      progress.accept(size);
      batches.add(ofBatch(plan, trials, size, steps, hadoop));
    }
    int tasks = plan.tasks().size();
    long columns = Math.min(COLUMNS, plan.layout().shared());
    try (FlatVector rows = FlatVector.zeros(tasks * columns);
        GradientSketch sketch = new GradientSketch(rows, columns, 8192);
        FlatVector into = sketch.zeros(1)) {
      sketch.draw(Draws.of(0));
      return new StepCosts(
          "%s on %s, %d threads"
              .formatted(
                  plan.network().architecture(), plan.dataset().manifest().dataset(), threads),
          tasks,
          plan.layout().shared(),
          plan.layout().total(),
          batches,
          perColumn(columns, () -> TaskRows.gram(matrix(rows, tasks, columns))),
          perColumn(
              columns,
              () -> TaskRows.combined(matrix(rows, tasks, columns), Vector.ones(tasks).toArray())),
          perColumn(columns, () -> sketch.add(rows.tensor(), 0, columns, 1, into.tensor())),
          plan.configuration().optimizer().state().size());
    }
  }

  /**
   * Bytes of the Java heap that a rank's input takes at most.
   *
   * @param given of a run; its method, look and directory do not matter
   * @param ranks that share the batch
   */
  public static long mostHeap(Config given, int ranks, Configuration hadoop) {
    TrainingConfiguration any = MethodTrials.of(given).with("method.name = ew");
    return RunPlan.of(any, hadoop).heapBytesPerRank(ranks);
  }

  /**
   * A step as it is, in seconds: the mean, because not every step may look.
   *
   * @param given of a run
   * @param lines method and look, in place of those
   * @param ranks that make it together, each of its share of the batch
   * @param threads of each
   */
  public static double step(
      Config given, String lines, DeviceRanks ranks, int threads, int steps, Configuration hadoop) {
    TrainingConfiguration configuration = MethodTrials.of(given).with(lines);
    RunPlan plan = RunPlan.of(configuration, hadoop);
    int samples = configuration.batch() / ranks.size();
    return ranks
        .each(
            (group, device) -> {
              ComputeThreads.use(threads);
              try (BatchStream stream = TrainingBatches.alone(plan, samples, 0, hadoop)) {
                return timed(plan, configuration, group, stream.next().host(), steps).mean();
              }
            })
        .get(0);
  }

  private static Tensor matrix(FlatVector rows, int tasks, long columns) {
    return rows.tensor().view(tasks, columns);
  }

  private static double perColumn(long columns, Runnable work) {
    List<Double> seconds = new ArrayList<>();
    for (int turn = 0; turn < 6; turn++) {
      long start = System.nanoTime();
      try (PointerScope scope = new PointerScope()) {
        work.run();
      }
      seconds.add((System.nanoTime() - start) / 1e9 / columns);
    }
    return Median.of(seconds.subList(1, seconds.size()));
  }

  private static OfBatch ofBatch(
      RunPlan plan, MethodTrials trials, int samples, int steps, Configuration hadoop) {
    try (BatchStream stream = TrainingBatches.alone(plan, samples, 0, hadoop)) {
      Batch batch = stream.next().host();
      Timed plain = timed(plan, trials.with("method.name = ew"), batch, steps);
      Timed atZ =
          timed(
              plan, trials.with("method { name = imtl-g, level = representation }"), batch, steps);
      // Of these a step is many passes, so that few steps are enough.
      String method = "method { name = mgda, level = parameters }\n";
      int few = Math.min(steps, 2);
      Timed rows = timed(plan, trials.with(method + "look.factors = false"), batch, few);
      Timed look = timed(plan, trials.with(method + "look.parameters = [\"*\"]"), batch, few);
      int tasks = plan.tasks().size();
      return new OfBatch(
          samples,
          plain.seconds(),
          atZ.seconds(),
          atZ.of(StepPhase.FORWARD),
          atZ.of(StepPhase.HEADS),
          rows.of(StepPhase.BACKWARD) / tasks,
          Math.max(0, (look.of(StepPhase.BACKWARD) - atZ.of(StepPhase.BACKWARD)) / tasks),
          Math.max(0, look.of(StepPhase.GRAM) - atZ.of(StepPhase.GRAM)),
          look.factors(),
          Math.max(0, plain.peak()));
    }
  }

  /** Seconds of a step and of its phases. */
  private record Timed(
      double seconds, double mean, Map<StepPhase, Double> phases, long peak, long factors) {
    double of(StepPhase phase) {
      return phases.getOrDefault(phase, 0.0);
    }
  }

  private static Timed timed(
      RunPlan plan, TrainingConfiguration configuration, Batch batch, int steps) {
    return timed(plan, configuration, new SoloGroup(), batch, steps);
  }

  private static Timed timed(
      RunPlan plan, TrainingConfiguration configuration, RankGroup group, Batch batch, int steps) {
    int tasks = plan.tasks().size();
    try (Replica replica = Replica.of(plan.network(), Draws.of(configuration.seed()));
        GradientRoute route =
            GradientRoute.of(
                configuration,
                new GradientRoute.Rank(
                    replica,
                    group,
                    report ->
                        new StepAnswer.Weights(
                            Vector.filled(tasks, 1.0 / tasks), Vector.ones(tasks))))) {
      route.step(batch, 0, 0);
      long before = ProcessMemory.afterCollection().resident();
      ProcessMemory.forgetPeak();
      List<Double> seconds = new ArrayList<>();
      replica.clock().start();
      for (int step = 1; step <= steps; step++) {
        long start = System.nanoTime();
        route.step(batch, step, 0);
        seconds.add((System.nanoTime() - start) / 1e9);
      }
      Map<StepPhase, Double> phases = replica.clock().stop();
      phases.replaceAll((phase, all) -> all / steps);
      return new Timed(
          Median.of(seconds),
          seconds.stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
          phases,
          ProcessMemory.now().peak() - before,
          route.looked().map(LookRows.Size::floats).orElse(0L));
    }
  }

  /** As a file. */
  public String toJson() {
    ObjectNode json = Json.object().put("format", FORMAT).put("version", 2);
    json.put("subject", subject).put("tasks", tasks).put("shared", shared).put("total", total);
    ArrayNode array = json.putArray("batches");
    for (OfBatch batch : batches) {
      array
          .addObject()
          .put("samples", batch.samples())
          .put("plain", batch.plain())
          .put("at-z", batch.atZ())
          .put("forward", batch.forward())
          .put("heads", batch.heads())
          .put("pass", batch.pass())
          .put("look", batch.look())
          .put("products", batch.products())
          .put("factors", batch.factors())
          .put("activations", batch.activations());
    }
    json.put("gram", gram).put("combine", combine).put("sketch", sketch).put("state", state);
    return Json.pretty(json);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws ConfigurationException if it is something else
   */
  public static StepCosts parse(String text, String where) {
    try {
      JsonNode json = Json.parse(text);
      if (!json.path("format").asText().equals(FORMAT)
          || json.path("version").asInt() != 2
          || json.path("batches").size() != 2) {
        throw new ConfigurationException(
            where + " holds no costs of steps as this version writes them; `plan --measure` does");
      }
      List<OfBatch> batches = new ArrayList<>();
      for (JsonNode batch : json.path("batches")) {
        batches.add(
            new OfBatch(
                batch.path("samples").asInt(),
                batch.path("plain").asDouble(),
                batch.path("at-z").asDouble(),
                batch.path("forward").asDouble(),
                batch.path("heads").asDouble(),
                batch.path("pass").asDouble(),
                batch.path("look").asDouble(),
                batch.path("products").asDouble(),
                batch.path("factors").asLong(),
                batch.path("activations").asLong()));
      }
      return new StepCosts(
          json.path("subject").asText(),
          json.path("tasks").asInt(),
          json.path("shared").asLong(),
          json.path("total").asLong(),
          batches,
          json.path("gram").asDouble(),
          json.path("combine").asDouble(),
          json.path("sketch").asDouble(),
          json.path("state").asInt());
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(where + " is no JSON: " + e.getOriginalMessage(), e);
    }
  }
}
