package org.sparkmto.experiment;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.awt.image.BufferedImage;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.training.ProcessLoad;
import org.sparkmto.training.TrainingConfiguration;
import org.sparkmto.training.TrainingRun;

/**
 * A long training in many segments, each of which begins from a checkpoint as after a failure: with
 * a new stage, new ranks that join anew, and networks read from files. Whether anything that can
 * run out grows meanwhile is seen after a first fifth in which caches fill.
 */
public final class Soak {
  private static final double MEBIBYTE = 1 << 20;
  private static final long EVERY_MILLIS = 500;
  private static final Map<String, ToDoubleFunction<ProcessLoad>> QUANTITIES = quantities();

  /**
   * How long.
   *
   * @param steps of the training
   * @param segments as many checkpoints
   */
  public record Settings(int steps, int segments) {
    /** Checks the numbers. */
    public Settings {
      if (segments < 2 || steps < segments) {
        throw new IllegalArgumentException(
            "steps = %d, segments = %d: at least 2 segments of a step are needed"
                .formatted(steps, segments));
      }
    }
  }

  private record Sample(double seconds, ProcessLoad load) {}

  private final Settings settings;
  private final List<Sample> samples = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, String> environment = new LinkedHashMap<>();

  private Soak(Settings settings) {
    this.settings = settings;
  }

  private static Map<String, ToDoubleFunction<ProcessLoad>> quantities() {
    Map<String, ToDoubleFunction<ProcessLoad>> all = new LinkedHashMap<>();
    all.put("resident memory, MiB", load -> load.resident() / MEBIBYTE);
    all.put("live Java heap, MiB", load -> load.heapLive() / MEBIBYTE);
    all.put("native objects", load -> load.handles());
    all.put("open files", load -> load.files());
    all.put("threads", load -> load.threads());
    all.put("files of the run", load -> load.diskFiles());
    all.put("MiB of the run", load -> load.diskBytes() / MEBIBYTE);
    return Collections.unmodifiableMap(all);
  }

  /**
   * Trains.
   *
   * @param given a configuration of a training; its length, checkpoints and evaluation do not
   *     matter
   * @param directory of the run, on this machine; there must be none
   */
  public static Soak run(JavaSparkContext spark, Config given, Path directory, Settings settings)
      throws InterruptedException {
    Soak soak = new Soak(settings);
    double loadBefore = StepBenchmark.load();
    TrainingConfiguration configuration =
        TrainingConfiguration.of(
            ConfigFactory.parseMap(
                    Map.of(
                        "run.directory",
                        directory.toString(),
                        "training.steps",
                        settings.steps(),
                        "training.epochs",
                        0,
                        "checkpoint.every-steps",
                        settings.steps() / settings.segments()))
                .withFallback(given));
    ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor();
    long start = System.nanoTime();
    try (PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      ScheduledFuture<?> sampling =
          sampler.scheduleAtFixedRate(
              () ->
                  soak.samples.add(
                      new Sample((System.nanoTime() - start) / 1e9, ProcessLoad.now(directory))),
              EVERY_MILLIS,
              EVERY_MILLIS,
              TimeUnit.MILLISECONDS);
      TrainingRun.run(spark, configuration, TrainingRun.Start.NEW, nowhere);
      if (!sampling.cancel(false)) {
        throw new IllegalStateException("sampling has ended before the training", cause(sampling));
      }
    } finally {
      sampler.shutdown();
      sampler.awaitTermination(1, TimeUnit.MINUTES);
    }
    soak.environment.put("master", spark.master());
    soak.environment.putAll(StepBenchmark.environment(loadBefore));
    return soak;
  }

  private static Throwable cause(ScheduledFuture<?> ended) throws InterruptedException {
    try {
      ended.get();
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  private List<Double> settled(ToDoubleFunction<ProcessLoad> quantity) {
    return samples.stream()
        .skip(samples.size() / 5)
        .map(sample -> quantity.applyAsDouble(sample.load()))
        .toList();
  }

  /** As a table for people. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%,d steps in %,d segments, %.0f s; %s%n%n",
            settings.steps(),
            settings.segments(),
            samples.get(samples.size() - 1).seconds(),
            environment));
    text.append(
        String.format(
            "%-22s %12s %12s %12s  %s%n",
            "", "after 20 %", "at the end", "most", "growth in 1,000 steps (95 % interval)"));
    double stepsOfSample = 0.8 * settings.steps() / Math.max(1, settled(load -> 0).size());
    QUANTITIES.forEach(
        (name, quantity) -> {
          List<Double> values = settled(quantity);
          Drift drift = Drift.of(values);
          text.append(
              String.format(
                  Locale.ROOT,
                  "%-22s %12.1f %12.1f %12.1f  %+.3f \u00b1 %.3f%n",
                  name,
                  values.get(0),
                  values.get(values.size() - 1),
                  Collections.max(values),
                  1000 * drift.slope() / stepsOfSample,
                  1000 * drift.uncertainty() / stepsOfSample));
        });
    return text.toString();
  }

  /** Every sample. */
  public String toCsv() {
    StringBuilder csv = new StringBuilder("seconds");
    QUANTITIES.keySet().forEach(name -> csv.append(",\"").append(name).append('"'));
    csv.append('\n');
    for (Sample sample : samples) {
      csv.append(String.format(Locale.ROOT, "%.3f", sample.seconds()));
      QUANTITIES
          .values()
          .forEach(
              quantity ->
                  csv.append(
                      String.format(Locale.ROOT, ",%.3f", quantity.applyAsDouble(sample.load()))));
      csv.append('\n');
    }
    return csv.toString();
  }

  /** All quantities over time, each from zero on. */
  public BufferedImage toPicture() {
    Map<String, List<Double>> lines = new LinkedHashMap<>();
    QUANTITIES.forEach(
        (name, quantity) ->
            lines.put(
                name,
                samples.stream().map(sample -> quantity.applyAsDouble(sample.load())).toList()));
    return new SoakPlot(lines, samples.get(samples.size() - 1).seconds()).draw();
  }
}
