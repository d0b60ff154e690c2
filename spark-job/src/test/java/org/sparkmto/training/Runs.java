package org.sparkmto.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.method.Level;
import org.sparkmto.method.Method;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.Methods;
import org.sparkmto.network.Replica;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.runlog.MetricsLog;
import org.sparkmto.step.TinyProblem;
import org.sparkmto.storage.LocalDisk;

/** Small runs, and what they leave. */
public final class Runs {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Runs() {}

  /** A Spark in this JVM that ranks can train in. */
  public static JavaSparkContext spark(String master) {
    LocalDisk.serveThisMachine(Configuration::new);
    SparkConf conf =
        new SparkConf(false)
            .setMaster(master)
            .setAppName("training tests")
            .set("spark.ui.enabled", "false")
            .set("spark.metrics.conf.*.sink.jmx.class", "org.apache.spark.metrics.sink.JmxSink")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1");
    Cluster.prepare(conf);
    return new JavaSparkContext(conf);
  }

  /** A run of 20 steps of a tiny network, with more settings on top, as HOCON lines. */
  public static TrainingConfiguration configuration(Path data, Path run, String... settings) {
    List<String> lines = new ArrayList<>();
    lines.add("run.directory = \"" + run + "\"");
    lines.add("data.directory = \"" + data + "\"");
    lines.add("run.seed = 7");
    lines.add("data.cache-mib = 16");
    lines.add("network { name = small-conv, width = 2, features = 6, hidden = 5 }");
    if (Arrays.stream(settings).noneMatch(setting -> setting.contains("optimizer"))) {
      lines.add("optimizer { name = sgd, momentum = 0.9 }");
    }
    lines.add("schedule.rate = 0.05");
    lines.add("training { steps = 20, batch = 24 }");
    lines.add("cluster { deadline-seconds = 60, threads = 1 }");
    lines.addAll(List.of(settings));
    return TrainingConfiguration.parse(String.join("\n", lines));
  }

  /** Every method at every level that it allows, as settings. */
  public static List<String> everyMethod() {
    List<String> settings = new ArrayList<>();
    for (MethodEntry entry : Methods.all()) {
      Set<Level> levels = new TreeSet<>(entry.levels());
      if (levels.isEmpty()) {
        settings.add("method.name = " + entry.name() + more(entry.name()));
      }
      for (Level level : levels) {
        settings.add(
            "method { name = %s, level = %s }%s"
                .formatted(
                    entry.name(),
                    level.name().toLowerCase(java.util.Locale.ROOT),
                    more(entry.name())));
      }
    }
    settings.add("method { name = gradvac, per = layer }");
    settings.add("method { name = gradvac, per = tensor }");
    return settings;
  }

  /**
   * Of these the first of each kind, level and sort of state: what ranks tell each other, and what
   * a checkpoint keeps, depends on nothing else.
   */
  public static List<String> oneOfEachKind() {
    Map<List<Object>, String> first = new LinkedHashMap<>();
    for (String method : everyMethod()) {
      MethodEntry.Made made = configuration(Path.of("data"), Path.of("run"), method).method();
      MethodEntry entry = made.entry();
      first.putIfAbsent(
          List.of(
              kind(made.method()),
              made.level(),
              entry.stateful(),
              entry.elementState(),
              entry.learns()),
          method);
    }
    return List.copyOf(first.values());
  }

  private static Class<?> kind(Method method) {
    return Arrays.stream(Method.class.getPermittedSubclasses())
        .filter(kind -> kind.isInstance(method))
        .findFirst()
        .orElseThrow();
  }

  /** Those that are not refused with a setting. */
  public static Stream<String> everyMethodThatTakes(TinyProblem problem, String setting) {
    return everyMethod().stream()
        .filter(
            method -> {
              try {
                problem.configuration(method, setting);
                return true;
              } catch (ConfigurationException e) {
                return false;
              }
            });
  }

  private static String more(String method) {
    return switch (method) {
      case "mao" -> ", optimizer.name = adam"; // it is made from an adaptive optimiser
      // Its update is sqrt(K) long, however short gradients are: at a large rate steps are chaotic.
      case "fairgrad" -> ", schedule.rate = 0.005";
      default -> "";
    };
  }

  /** A run that starts anew; what it says on the console. */
  public static String train(JavaSparkContext spark, TrainingConfiguration configuration) {
    return train(spark, configuration, TrainingRun.Start.NEW);
  }

  public static String train(
      JavaSparkContext spark, TrainingConfiguration configuration, TrainingRun.Start start) {
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    try {
      TrainingRun.run(
          spark, configuration, start, new PrintStream(console, true, StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return console.toString(StandardCharsets.UTF_8);
  }

  /** Trains a network of its own for every task; what the console said. */
  public static String trainSingleTasks(
      JavaSparkContext spark, TrainingConfiguration configuration) {
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    try {
      SingleTaskBaselines.train(
          spark,
          configuration,
          TrainingRun.Start.NEW,
          new PrintStream(console, true, StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return console.toString(StandardCharsets.UTF_8);
  }

  /** The bytes of the trained model's weights. */
  public static byte[] model(Path run) {
    return bytes(run.resolve("model/model.safetensors"));
  }

  public static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The trained parameters. */
  public static float[] parameters(TrainingConfiguration configuration, DatasetManifest manifest) {
    Path model = Path.of(configuration.runDirectory(), "model/model.safetensors");
    try (Replica replica = Replica.of(configuration.networkPlan(manifest), Draws.of(0));
        InputStream in = Files.newInputStream(model)) {
      replica.weights().read(in, model.toString());
      float[] values = new float[(int) replica.parameters().length()];
      replica.parameters().read(0, values, 0, values.length);
      return values;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Euclidean length of the difference, relative to that of {@code right}. */
  public static double difference(float[] left, float[] right) {
    double square = 0;
    double length = 0;
    for (int i = 0; i < right.length; i++) {
      double d = (double) left[i] - right[i];
      square += d * d;
      length += (double) right[i] * right[i];
    }
    return Math.sqrt(square / length);
  }

  /** The lines of a type in a run's log. */
  public static List<JsonNode> lines(Path run, String type) {
    List<JsonNode> found = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(run.resolve(MetricsLog.FILE))) {
        JsonNode node = JSON.readTree(line);
        if (node.path("type").asText().equals(type)) {
          found.add(node);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** The numbers of the steps in a run's log. */
  public static List<Long> steps(Path run) {
    return lines(run, "step").stream().map(line -> line.path("step").asLong()).toList();
  }
}
