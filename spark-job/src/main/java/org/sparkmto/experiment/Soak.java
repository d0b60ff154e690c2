package org.sparkmto.experiment;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.naming.Counted;
import org.sparkmto.runlog.LogReader;
import org.sparkmto.runlog.MetricsLog;
import org.sparkmto.runlog.RestartLine;
import org.sparkmto.runlog.RunHeader;
import org.sparkmto.training.RunDirectory;
import org.sparkmto.training.TrainingRun;
import org.sparkmto.trial.ProcessLoad;

/**
 * A long training in many segments, each of which begins from a checkpoint as after a failure: with
 * a new stage, new ranks that join anew, and networks read from files. Whether anything that can
 * run out grows meanwhile is seen after a first fifth in which caches fill.
 *
 * <p>Executors can be killed meanwhile. Then the same training is made first without that, and both
 * have to end in the same bits.
 */
public final class Soak {
  private static final double MEBIBYTE = 1 << 20;
  private static final long EVERY_MILLIS = 500;
  private static final String RUN = "run";
  private static final String UNDISTURBED = "undisturbed";
  private static final String SAID = "soak.log";
  private static final String WEIGHTS = RunDirectory.MODEL + "/model.safetensors";

  /**
   * How long, and what is to happen.
   *
   * @param steps of the training
   * @param segments as many checkpoints
   * @param killEvery pause between two executors that are killed, on average; zero if none is
   * @param beside folders of this machine whose files are counted, too
   */
  public record Settings(int steps, int segments, Duration killEvery, List<Path> beside) {
    /** Checks the numbers. */
    public Settings {
      beside = List.copyOf(beside);
      if (segments < 2 || steps < segments) {
        throw new IllegalArgumentException(
            "steps = %d, segments = %d: at least 2 segments of a step are needed"
                .formatted(steps, segments));
      }
    }

    private boolean kills() {
      return !killEvery.isZero();
    }
  }

  private record Sample(
      double seconds, ProcessLoad load, FolderSize run, FolderSize beside, int killed) {}

  private final Settings settings;
  private final List<Sample> samples = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, String> environment = new LinkedHashMap<>();

  private final Map<String, ToDoubleFunction<Sample>> quantities;
  private final Map<String, Integer> killed = new LinkedHashMap<>();
  private boolean sameBits = true;
  private long halves;
  private int restarts;

  private Soak(Settings settings) {
    this.settings = settings;
    this.quantities = quantities(settings);
  }

  private static Map<String, ToDoubleFunction<Sample>> quantities(Settings settings) {
    Map<String, ToDoubleFunction<Sample>> all = new LinkedHashMap<>();
    all.put("resident memory, MiB", sample -> sample.load().resident() / MEBIBYTE);
    all.put("live Java heap, MiB", sample -> sample.load().heapLive() / MEBIBYTE);
    all.put("native objects", sample -> sample.load().handles());
    all.put("open files", sample -> sample.load().files());
    all.put("threads", sample -> sample.load().threads());
    all.put("files of the run", sample -> sample.run().entries());
    all.put("MiB of the run", sample -> sample.run().bytes() / MEBIBYTE);
    if (!settings.beside().isEmpty()) {
      all.put("files beside it", sample -> sample.beside().entries());
      all.put("MiB beside it", sample -> sample.beside().bytes() / MEBIBYTE);
    }
    if (settings.kills()) {
      all.put("executors killed", Sample::killed);
    }
    return Collections.unmodifiableMap(all);
  }

  /**
   * Trains.
   *
   * @param spark has {@link KillPlugin} if executors are to be killed
   * @param given a configuration of a training; its length, checkpoints and evaluation do not
   *     matter
   * @param out on this machine, for the directories of the runs and what they say
   */
  public static Soak run(JavaSparkContext spark, Config given, Path out, Settings settings)
      throws InterruptedException, IOException {
    Soak soak = new Soak(settings);
    double loadBefore = StepBenchmark.load();
    if (settings.kills()) {
      train(spark, soak.configuration(given, out.resolve(UNDISTURBED)), out);
    }
    soak.watched(spark, given, out);
    if (settings.kills()) {
      soak.compare(out);
    }
    soak.environment.put("master", spark.master());
    soak.environment.putAll(StepBenchmark.environment(loadBefore));
    return soak;
  }

  private TrainingConfiguration configuration(Config given, Path directory) {
    Map<String, Object> own = new HashMap<>();
    own.put("run.directory", directory.toString());
    own.put("training.steps", settings.steps());
    own.put("training.epochs", 0);
    own.put("checkpoint.every-steps", settings.steps() / settings.segments());
    if (settings.kills()) {
      // How often a segment is lost is what is drawn here.
      own.put("cluster.max-restarts", 1000);
    }
    return TrainingConfiguration.of(ConfigFactory.parseMap(own).withFallback(given));
  }

  private static void train(JavaSparkContext spark, TrainingConfiguration configuration, Path out)
      throws InterruptedException, IOException {
    try (PrintStream said =
        new PrintStream(
            Files.newOutputStream(
                out.resolve(SAID), StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            true,
            StandardCharsets.UTF_8)) {
      TrainingRun.run(spark, configuration, TrainingRun.Start.NEW, said);
    }
  }

  private void watched(JavaSparkContext spark, Config given, Path out)
      throws InterruptedException, IOException {
    TrainingConfiguration configuration = configuration(given, out.resolve(RUN));
    ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor();
    long start = System.nanoTime();
    Kills kills = new Kills(configuration.seed(), settings.killEvery(), start);
    try {
      ScheduledFuture<?> sampling =
          sampler.scheduleAtFixedRate(
              () ->
                  samples.add(
                      new Sample(
                          (System.nanoTime() - start) / 1e9,
                          ProcessLoad.now(),
                          FolderSize.of(List.of(out.resolve(RUN))),
                          FolderSize.of(settings.beside()),
                          kills.count())),
              EVERY_MILLIS,
              EVERY_MILLIS,
              TimeUnit.MILLISECONDS);
      if (settings.kills()) {
        KillPlugin.begin(kills);
      }
      train(spark, configuration, out);
      if (!sampling.cancel(false)) {
        throw new IllegalStateException("sampling has ended before the training", cause(sampling));
      }
    } finally {
      KillPlugin.end();
      sampler.shutdown();
      sampler.awaitTermination(1, TimeUnit.MINUTES);
    }
    killed.putAll(kills.within());
  }

  /** Looks at what the run has left. */
  private void compare(Path out) throws IOException {
    Path run = out.resolve(RUN);
    sameBits =
        Files.mismatch(run.resolve(WEIGHTS), out.resolve(UNDISTURBED).resolve(WEIGHTS)) == -1;
    try (Stream<Path> checkpoints = Files.list(run.resolve("checkpoints"))) {
      halves = checkpoints.filter(each -> !Files.exists(each.resolve("manifest.json"))).count();
    }
    RunHeader header = RunHeader.parse(Files.readString(run.resolve(RunHeader.FILE)), RUN);
    try (InputStream log = Files.newInputStream(run.resolve(MetricsLog.FILE))) {
      LogReader.read(log, header, line -> restarts += line instanceof RestartLine ? 1 : 0);
    }
  }

  /** Whether it ended as it does when nobody disturbs it; true if nobody did. */
  public boolean heldOut() {
    return sameBits && halves == 0;
  }

  private static Throwable cause(ScheduledFuture<?> ended) throws InterruptedException {
    try {
      ended.get();
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  private List<Double> settled(ToDoubleFunction<Sample> quantity) {
    return samples.stream().skip(samples.size() / 5).map(quantity::applyAsDouble).toList();
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
    double stepsOfSample = 0.8 * settings.steps() / Math.max(1, settled(sample -> 0).size());
    quantities.forEach(
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
    if (settings.kills()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n%s killed, when their ranks were in %s: %s, and %s of the model that nobody"
                  + " disturbed; %s left.%n",
              Counted.of(killed.values().stream().mapToInt(each -> each).sum(), "executor"),
              killed,
              Counted.of(restarts, "restart"),
              sameBits ? "the same bits" : "OTHER BITS than those",
              Counted.of(halves, "half checkpoint")));
    }
    return text.toString();
  }

  /** Every sample. */
  public String toCsv() {
    StringBuilder csv = new StringBuilder("seconds");
    quantities.keySet().forEach(name -> csv.append(",\"").append(name).append('"'));
    csv.append('\n');
    for (Sample sample : samples) {
      csv.append(String.format(Locale.ROOT, "%.3f", sample.seconds()));
      quantities
          .values()
          .forEach(
              quantity ->
                  csv.append(String.format(Locale.ROOT, ",%.3f", quantity.applyAsDouble(sample))));
      csv.append('\n');
    }
    return csv.toString();
  }

  /** All quantities over time, each from zero on. */
  public BufferedImage toPicture() {
    Map<String, List<Double>> lines = new LinkedHashMap<>();
    quantities.forEach(
        (name, quantity) ->
            lines.put(name, samples.stream().map(quantity::applyAsDouble).toList()));
    return new SoakPlot(lines, samples.get(samples.size() - 1).seconds()).draw();
  }
}
