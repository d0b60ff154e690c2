package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.Additions;
import org.sparkmto.data.Batch;
import org.sparkmto.data.ChannelStatistics;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.data.SealedJson;
import org.sparkmto.data.Task;
import org.sparkmto.data.TaskKind;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.input.BatchPlan;
import org.sparkmto.input.BatchStream;
import org.sparkmto.input.Buffering;
import org.sparkmto.input.SplitSource;
import org.sparkmto.network.Cut;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.Replica;
import org.sparkmto.network.ScriptFixtures;
import org.sparkmto.network.ScriptSources;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.random.Draws;
import org.sparkmto.runlog.EventFiles;
import org.sparkmto.step.DivergedException;
import org.sparkmto.tracking.FakeMlflow;

/** Runs in one JVM with real ranks, a real driver channel and real files. */
@Tag("slow")
class TrainingRunTest {
  private static final double SAME = 1e-4;

  @TempDir static Path folder;

  private static JavaSparkContext spark;
  private static Path data;
  private static Path gaps;

  @BeforeAll
  static void start() {
    data = StripesDataset.write(folder.resolve("stripes"));
    gaps = StripesDataset.write(folder.resolve("gaps"), List.of(0.3, 0.9, 0.5));
    spark = Runs.spark("local[2]");
  }

  @AfterAll
  static void stop() {
    List<String> threads = ourThreads();
    spark.stop();
    assertThat(threads).as("threads of ours after all runs").isEmpty();
    assertThat(ProcessHandle.current().children()).isEmpty();
  }

  private static List<String> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("split ") || name.contains("mto"))
        .toList();
  }

  private static Path run(String name) {
    return folder.resolve(name);
  }

  private static float[] parameters(TrainingConfiguration configuration, Path dataset) {
    return Runs.parameters(configuration, StripesDataset.open(dataset).manifest());
  }

  private static double difference(
      TrainingConfiguration left, TrainingConfiguration right, Path dataset) {
    return Runs.difference(parameters(left, dataset), parameters(right, dataset));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name = dwa",
        "name = imtl, level = representation",
        "name = pcgrad, level = parameters"
      })
  void anyNumberOfRanksGivesTheSameParametersAndARepetitionTheSameBits(String method) {
    String settings = "method { " + method + " }";
    String name = method.replaceAll("\\W+", "-");
    TrainingConfiguration one =
        Runs.configuration(data, run("one" + name), settings, "cluster.ranks = 1");
    TrainingConfiguration two =
        Runs.configuration(data, run("two" + name), settings, "cluster.ranks = 2");
    TrainingConfiguration again =
        Runs.configuration(data, run("again" + name), settings, "cluster.ranks = 2");
    Runs.train(spark, one);
    Runs.train(spark, two);
    Runs.train(spark, again);
    assertThat(difference(two, one, data)).isLessThan(SAME);
    assertThat(Runs.model(run("again" + name))).isEqualTo(Runs.model(run("two" + name)));
    assertThat(Runs.steps(run("two" + name))).isEqualTo(LongStream.range(0, 20).boxed().toList());
    assertThat(parameters(one, data)).isNotEqualTo(startingWeights(one));
  }

  private static float[] startingWeights(TrainingConfiguration configuration) {
    try (Replica replica = replica(configuration, StripesDataset.open(data))) {
      float[] values = new float[(int) replica.parameters().length()];
      replica.parameters().read(0, values, 0, values.length);
      return values;
    }
  }

  private static Replica replica(TrainingConfiguration configuration, DatasetDirectory dataset) {
    return Replica.of(
        configuration.networkPlan(dataset.manifest()), Draws.of(configuration.seed()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ew   | optimizer { name = sgd, momentum = 0.9 } | schedule { name = constant, rate = 0.05"
            + " }",
        "mgda | optimizer.name = adam | schedule { name = step-decay, rate = 0.01, every-steps = 7"
            + " }",
        "imtl | optimizer.name = adam | schedule { name = step-decay, rate = 0.01, every-epochs = 1"
            + " }",
        "dwa  | optimizer { name = sgd, momentum = 0.9 } | schedule { name = step-decay, rate ="
            + " 0.05, every-steps = 7, factor = 0.5 }",
      })
  void aRunInPartsEndsInTheBitsOfTheWholeRun(String method, String optimizer, String schedule) {
    String[] settings = {
      "method.name = " + method,
      optimizer,
      schedule,
      "cluster.ranks = 2",
      "checkpoint.every-steps = 10",
      "training.steps = 30"
    };
    Path whole = run("whole-" + method);
    Path parts = run("parts-" + method);
    Runs.train(spark, Runs.configuration(data, whole, settings));
    TrainingConfiguration last =
        Runs.configuration(data, parts, with(settings, "log.tensorboard = true"));
    Runs.train(spark, last.with("training.steps = 10"));
    // 13 ends in the middle of a segment of the whole run.
    Runs.train(spark, last.with("training.steps = 13"), TrainingRun.Start.RESUME);
    Runs.train(spark, last.with("training.steps = 20"), TrainingRun.Start.RESUME);
    String said = Runs.train(spark, last, TrainingRun.Start.RESUME);

    assertThat(said).contains("steps 20 to 30");
    assertThat(Runs.model(parts)).isEqualTo(Runs.model(whole));
    for (String file : List.of(Checkpoint.OPTIMIZER, Checkpoint.AGGREGATOR)) {
      assertThat(Runs.bytes(parts.resolve("checkpoints/step-00000030/" + file)))
          .as(file)
          .isEqualTo(Runs.bytes(whole.resolve("checkpoints/step-00000030/" + file)));
    }
    assertThat(Runs.steps(parts)).isEqualTo(LongStream.range(0, 30).boxed().toList());
    assertThat(withoutTime(parts)).isEqualTo(withoutTime(whole));
    assertThat(EventFiles.seen(parts.resolve("tensorboard")).get("learning-rate").keySet())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 30).boxed().toList());
    assertThat(whole.resolve("tensorboard")).doesNotExist();
  }

  private static List<String> withoutTime(Path run) {
    return Runs.lines(run, "step").stream()
        .map(line -> line.toString().replaceAll("\"millis\":[^,}]+", ""))
        .toList();
  }

  /**
   * The numbers that Spark's JMX sink shows for this project's plugin, without what comes first.
   */
  private static Map<String, Double> gauges() {
    Map<String, Double> gauges = new TreeMap<>();
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    String plugin = "plugin.org.sparkmto.exchange.AggregatorPlugin.";
    try {
      for (ObjectName name : server.queryNames(new ObjectName("metrics:type=gauges,*"), null)) {
        String full = name.getKeyProperty("name");
        int at = full.indexOf(plugin);
        if (at >= 0) {
          Object value = server.getAttribute(name, "Value");
          gauges.put(full.substring(at + plugin.length()), ((Number) value).doubleValue());
        }
      }
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
    return gauges;
  }

  @Test
  void whileARunLivesSparkShowsItsNumbersAsGaugesAndItsSegmentsAsJobs() throws Exception {
    Map<String, Double> seen = new TreeMap<>();
    OutputStream watching =
        new OutputStream() {
          @Override
          public void write(int one) {}

          @Override
          public void write(byte[] bytes, int from, int length) {
            seen.putAll(gauges());
          }
        };
    List<String> jobs = Collections.synchronizedList(new ArrayList<>());
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart job) {
            jobs.add(
                job.properties().getProperty("spark.jobGroup.id")
                    + " | "
                    + job.properties().getProperty("spark.job.description"));
          }
        };
    spark.sc().addSparkListener(listener);
    try {
      TrainingRun.run(
          spark,
          Runs.configuration(data, run("gauges"), "checkpoint.every-steps = 10"),
          TrainingRun.Start.NEW,
          new PrintStream(watching, true, StandardCharsets.UTF_8));
      spark.sc().listenerBus().waitUntilEmpty();
    } finally {
      spark.sc().removeSparkListener(listener);
    }
    assertThat(jobs).hasSize(2);
    assertThat(jobs.get(0)).isEqualTo("gauges | gauges: steps 0 to 10 of 20");
    assertThat(jobs.get(1))
        .matches("gauges \\| gauges: steps 10 to 20 of 20, about [0-9]+:[0-9]{2} left");
    assertThat(spark.getLocalProperty("spark.jobGroup.id")).isNull();
    JsonNode last = Runs.lines(run("gauges"), "step").get(19);
    List<String> tasks = new ArrayList<>(seen.keySet());
    tasks.removeIf(name -> !name.startsWith("loss."));
    assertThat(tasks).hasSize(last.path("losses").size());
    assertThat(tasks.stream().mapToDouble(seen::get).sum())
        .isCloseTo(
            IntStream.range(0, tasks.size())
                .mapToDouble(task -> last.path("losses").get(task).asDouble())
                .sum(),
            within(1e-12));
    assertThat(seen)
        .containsEntry("step", 20.0)
        .containsEntry("steps", 20.0)
        .containsEntry("learning-rate", 0.05)
        .containsKeys("samples-per-second", "phase.data.seconds", "rank.0.data");
    assertThat(seen.get("phase.forward.seconds")).isPositive();
    assertThat(seen.get("rank.0.backward")).isBetween(0.0, 1.0).isPositive();
    assertThat(gauges().keySet())
        .as("after the run")
        .contains("running", "phase.forward.seconds")
        .noneMatch(name -> name.startsWith("loss.") || name.startsWith("rank."));
    assertThat(gauges()).containsEntry("running", 0.0);
  }

  @Test
  void aTrackedRunHasTheSameBitsAndItsServerEverything() throws Exception {
    Runs.train(spark, Runs.configuration(data, run("untracked")));
    try (FakeMlflow server = new FakeMlflow()) {
      TrainingConfiguration configuration =
          Runs.configuration(
              data,
              run("tracked"),
              "tracking { uri = \"" + server.address() + "\", steps-every = 5 }");
      String said = Runs.train(spark, configuration);
      assertThat(said).contains("MLflow has this run at " + server.address() + "/#/experiments/1/");
      assertThat(Runs.model(run("tracked"))).isEqualTo(Runs.model(run("untracked")));
      assertThat(server.status()).isEqualTo("FINISHED");
      assertThat(server.steps("learning-rate")).containsExactly(5L, 10L, 15L, 20L);
      assertThat(server.steps("step-millis/backward")).last().isEqualTo(20L);
      assertThat(server.parameter("training.steps")).isEqualTo("20");
      assertThat(server.file("model/model.safetensors")).isEqualTo(Runs.model(run("tracked")));
      assertThat(server.file("report.html")).isNotEmpty();
      // Resumed with nothing to do, and begun anew: the same run there, and another one.
      Runs.train(spark, configuration, TrainingRun.Start.RESUME);
      assertThat(server.runs()).isEqualTo(1);
      assertThat(server.steps("learning-rate")).containsExactly(5L, 10L, 15L, 20L);
      Runs.train(spark, configuration, TrainingRun.Start.OVERWRITE);
      assertThat(server.runs()).isEqualTo(2);
    }
    assertThatThrownBy(() -> Runs.configuration(data, run("none"), "tracking.uri = mlruns"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("tracking.uri must be the address of an MLflow server");
  }

  /** Saved in slices and taken up whole, and the other way. */
  @Test
  void aRunWhoseRanksShareTheStateOfTheOptimizerIsTheSameRun() {
    String[] settings = {
      "optimizer.name = adam",
      "cluster.ranks = 2",
      "checkpoint.every-steps = 5",
      "training.steps = 15"
    };
    Path whole = run("state-whole");
    Path parts = run("state-parts");
    Runs.train(spark, Runs.configuration(data, whole, settings));
    TrainingConfiguration sharded =
        Runs.configuration(data, parts, with(settings, "cluster.shard-optimizer = true"));
    Runs.train(spark, sharded.with("training.steps = 5"));
    Runs.train(
        spark,
        sharded.with("training.steps = 10, cluster.shard-optimizer = false"),
        TrainingRun.Start.RESUME);
    Runs.train(spark, sharded, TrainingRun.Start.RESUME);
    assertThat(Runs.model(parts)).isEqualTo(Runs.model(whole));
    String optimizer = "checkpoints/step-00000015/" + Checkpoint.OPTIMIZER;
    assertThat(Runs.bytes(parts.resolve(optimizer)))
        .isEqualTo(Runs.bytes(whole.resolve(optimizer)));
  }

  @Test
  void aFinishedRunThatIsResumedStaysAsItIs() {
    TrainingConfiguration configuration = Runs.configuration(data, run("finished"));
    Runs.train(spark, configuration);
    byte[] model = Runs.model(run("finished"));
    List<Long> steps = Runs.steps(run("finished"));
    Runs.train(spark, configuration, TrainingRun.Start.RESUME);
    assertThat(Runs.model(run("finished"))).isEqualTo(model);
    assertThat(Runs.steps(run("finished"))).isEqualTo(steps);
  }

  @Test
  void lossesAreMeansOverTheLabelsOfTheGlobalBatchHoweverTheyAreShared() {
    // So small a rate that the losses of all steps are those of the starting weights.
    String[] settings = {"schedule.rate = 1e-12", "training { steps = 30, batch = 7 }"};
    TrainingConfiguration one =
        Runs.configuration(gaps, run("gaps1"), with(settings, "cluster.ranks = 1"));
    TrainingConfiguration two =
        Runs.configuration(gaps, run("gaps2"), with(settings, "cluster.ranks = 2"));
    Runs.train(spark, one);
    Runs.train(spark, two);
    List<double[]> expected = meanLosses(one, 30);
    int without = 0;
    for (Path run : List.of(run("gaps1"), run("gaps2"))) {
      List<JsonNode> lines = Runs.lines(run, "step");
      assertThat(lines).hasSize(30);
      for (int step = 0; step < 30; step++) {
        JsonNode losses = lines.get(step).path("losses");
        JsonNode weights = lines.get(step).path("shared");
        for (int task = 0; task < 3; task++) {
          double mean = expected.get(step)[task];
          if (Double.isNaN(mean)) {
            without++;
            assertThat(losses.get(task).isNull()).isTrue();
            assertThat(weights.get(task).asDouble()).isZero();
          } else {
            // Float forward passes on both sides, so some units of 1e-7.
            assertThat(losses.get(task).asDouble())
                .as("%s, step %d, task %d", run.getFileName(), step, task)
                .isCloseTo(mean, within(5e-6));
          }
        }
      }
    }
    assertThat(without).as("tasks without any label in a batch").isGreaterThan(4);
  }

  private static String[] with(String[] settings, String more) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add(more);
    return all.toArray(String[]::new);
  }

  /** The losses of the starting weights over whole batches, from the outputs, in double. */
  private static List<double[]> meanLosses(TrainingConfiguration configuration, int steps) {
    DatasetDirectory dataset = StripesDataset.open(Path.of(configuration.dataDirectory()));
    List<Task> tasks = dataset.manifest().tasks();
    List<double[]> means = new ArrayList<>();
    try (Replica replica = replica(configuration, dataset);
        BatchStream stream = batches(configuration, dataset)) {
      for (int step = 0; step < steps; step++) {
        Batch batch = stream.next().host();
        List<float[]> outputs = replica.predict(batch);
        double[] losses = new double[tasks.size()];
        for (int task = 0; task < losses.length; task++) {
          losses[task] = meanLoss(tasks.get(task), outputs.get(task), batch);
        }
        means.add(losses);
      }
    }
    return means;
  }

  /** Norms and cosines in the log against K gradients of means, each by a backward of its own. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theGramMatrixIsThatOfTheGradientsOfTheMeans(int ranks) {
    Path run = run("gram" + ranks);
    TrainingConfiguration configuration =
        Runs.configuration(
            gaps,
            run,
            "method { name = aligned-mtl, level = parameters }",
            "schedule.rate = 1e-12",
            "training { steps = 3, batch = 20 }",
            "log.cosines-every = 1",
            "cluster.ranks = " + ranks);
    Runs.train(spark, configuration);
    List<JsonNode> lines = Runs.lines(run, "step");
    List<float[][]> gradients = gradientsOfMeans(configuration, 3);
    for (int step = 0; step < 3; step++) {
      for (int i = 0; i < 3; i++) {
        float[] left = gradients.get(step)[i];
        double norm = Math.sqrt(dot(left, left));
        // The gradients are floats, so some units of 1e-7 relative to the norm.
        assertThat(lines.get(step).path("norms").get(i).asDouble())
            .as("step %d, task %d", step, i)
            .isCloseTo(norm, within(1e-5 * norm));
        for (int j = 0; j < 3 && norm > 0; j++) {
          float[] right = gradients.get(step)[j];
          double cosine = dot(left, right) / norm / Math.sqrt(dot(right, right));
          JsonNode logged = lines.get(step).path("cosines").get(i).get(j);
          if (Double.isFinite(cosine)) {
            assertThat(logged.asDouble()).isCloseTo(cosine, within(1e-5));
          }
        }
      }
    }
  }

  /** The run against a loop written out: sum of mean losses, Adam, a rate that decays. */
  @Test
  void aRunIsThePlainLoop() {
    TrainingConfiguration configuration =
        Runs.configuration(
            gaps,
            run("plain"),
            "optimizer.name = adam",
            "schedule { name = step-decay, rate = 0.02, every-steps = 5, factor = 0.5 }",
            "checkpoint.every-steps = 7",
            "cluster.ranks = 1");
    Runs.train(spark, configuration);
    DatasetDirectory dataset = StripesDataset.open(gaps);
    float[] parameters;
    try (Replica replica = replica(configuration, dataset);
        BatchStream stream = batches(configuration, dataset)) {
      int total = (int) replica.layout().total();
      parameters = new float[total];
      double[] first = new double[total];
      double[] second = new double[total];
      float[] gradient = new float[total];
      replica.parameters().read(0, parameters, 0, total);
      for (int step = 0; step < 20; step++) {
        try (ForwardPass pass = replica.forward(stream.next().host(), Cut.NONE)) {
          double[] weights = pass.labelled();
          Arrays.setAll(weights, task -> weights[task] == 0 ? 0 : 1 / weights[task]);
          pass.backward(weights, weights);
        }
        replica.gradient().read(0, gradient, 0, total);
        double rate = 0.02 * Math.pow(0.5, Math.floorDiv(step, 5));
        for (int i = 0; i < total; i++) {
          first[i] = 0.9 * first[i] + 0.1 * gradient[i];
          second[i] = 0.999 * second[i] + 0.001 * gradient[i] * gradient[i];
          double m = first[i] / (1 - Math.pow(0.9, step + 1));
          double v = second[i] / (1 - Math.pow(0.999, step + 1));
          parameters[i] -= (float) (rate * m / (Math.sqrt(v) + 1e-8));
        }
        replica.parameters().write(0, parameters, 0, total);
      }
    }
    // Adam in float here, in double there; it divides by small roots, so more than 1e-7.
    assertThat(Runs.difference(parameters(configuration, gaps), parameters)).isLessThan(SAME);
  }

  private static double dot(float[] left, float[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += (double) left[i] * right[i];
    }
    return sum;
  }

  private static List<float[][]> gradientsOfMeans(TrainingConfiguration configuration, int steps) {
    DatasetDirectory dataset = StripesDataset.open(Path.of(configuration.dataDirectory()));
    List<float[][]> gradients = new ArrayList<>();
    try (Replica replica = replica(configuration, dataset);
        BatchStream stream = batches(configuration, dataset)) {
      int shared = (int) replica.layout().shared();
      for (int step = 0; step < steps; step++) {
        Batch batch = stream.next().host();
        float[][] ofTasks = new float[3][shared];
        for (int task = 0; task < 3; task++) {
          try (ForwardPass pass = replica.forward(batch, Cut.NONE)) {
            double[] weights = new double[3];
            weights[task] = pass.labelled()[task] == 0 ? 0 : 1 / pass.labelled()[task];
            pass.backward(weights, weights);
            replica.gradient().read(0, ofTasks[task], 0, shared);
          }
        }
        gradients.add(ofTasks);
      }
    }
    return gradients;
  }

  private static BatchStream batches(
      TrainingConfiguration configuration, DatasetDirectory dataset) {
    SplitSource source =
        new SplitSource(
            dataset.manifest(),
            dataset.root(),
            spark.hadoopConfiguration(),
            "train",
            SplitEvaluation.columns(dataset.manifest().tasks()));
    BatchPlan plan =
        new BatchPlan(
            configuration.batch(), 0, 1, configuration.seed(), configuration.data().windowRows());
    return BatchStream.open(source, plan, Buffering.DEFAULT, 0);
  }

  private static double meanLoss(Task task, float[] outputs, Batch batch) {
    int channels = outputs.length / batch.samples();
    double sum = 0;
    int labelled = 0;
    for (int sample = 0; sample < batch.samples(); sample++) {
      int label = batch.column("labels")[sample * 3 + task.element()] & 0xff;
      if (label == task.missing()) {
        continue;
      }
      labelled++;
      if (task.kind() == TaskKind.BINARY) {
        double logit = outputs[sample];
        sum += Math.log1p(Math.exp(label == 1 ? -logit : logit));
      } else {
        int first = sample * channels;
        double exps =
            IntStream.range(0, channels).mapToDouble(c -> Math.exp(outputs[first + c])).sum();
        sum += Math.log(exps) - outputs[first + label];
      }
    }
    return sum / labelled;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name = uw",
        "name = imtl, level = representation",
        "name = aligned-mtl, level = parameters"
      })
  void missingLabelsDoNotTellRanksApart(String method) {
    String name = "missing-" + method.replaceAll("\\W+", "-");
    String[] settings = {"method { " + method + " }", "training.batch = 8"};
    TrainingConfiguration one =
        Runs.configuration(gaps, run(name + 1), with(settings, "cluster.ranks = 1"));
    TrainingConfiguration two =
        Runs.configuration(gaps, run(name + 2), with(settings, "cluster.ranks = 2"));
    Runs.train(spark, one);
    Runs.train(spark, two);
    assertThat(difference(two, one, gaps)).isLessThan(SAME);
    assertThat(Runs.lines(run(name + 2), "step"))
        .anyMatch(line -> line.path("losses").get(1).isNull())
        .anyMatch(line -> !line.path("losses").get(1).isNull());
  }

  @Test
  void aRunBeginsWithFewerRanksWhereThatIsAllowed() {
    String[] settings = {"method.name = imtl", "checkpoint.every-steps = 10"};
    TrainingConfiguration fewer =
        Runs.configuration(
            data, run("fewer"), with(settings, "cluster { ranks = 3, min-ranks = 1 }"));
    assertThat(Runs.train(spark, fewer))
        .contains(
            "begins with 2 of cluster.ranks = 3, because local[2] runs 2 tasks at a time; it takes"
                + " more at a checkpoint")
        .doesNotContain("goes on");
    Runs.train(spark, Runs.configuration(data, run("two"), with(settings, "cluster.ranks = 2")));
    assertThat(Runs.model(run("fewer"))).isEqualTo(Runs.model(run("two")));
    assertThat(Runs.lines(run("fewer"), "phases"))
        .extracting(line -> line.path("ranks").size())
        .containsExactly(2, 2);
    assertThatThrownBy(
            () -> Runs.train(spark, fewer.with("cluster.min-ranks = 3"), TrainingRun.Start.RESUME))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "cluster.min-ranks = 3, but local[2] runs 2 tasks at a time; give it more cores or"
                + " executors, or set cluster.min-ranks lower");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aLossThatIsNotFiniteEndsTheRunAtOnceWithTaskAndStep(int ranks) {
    Path run = run("diverged" + ranks);
    TrainingConfiguration configuration =
        Runs.configuration(
            data,
            run,
            "schedule.rate = 1e30",
            "cluster.ranks = " + ranks,
            "checkpoint.every-steps = 1000");
    assertThatThrownBy(() -> Runs.train(spark, configuration))
        .isInstanceOf(DivergedException.class)
        .hasMessageMatching("step \\d+: .*'(row|column|diagonal)'.*schedule\\.rate.*");
    assertThat(Runs.lines(run, "restart")).isEmpty();
    assertThat(run.resolve("model")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aDamagedShardEndsTheRunAtOnceAndIsNamed(int ranks) {
    Path damaged = StripesDataset.write(folder.resolve("damaged" + ranks));
    StripesDataset.damage(damaged);
    Path run = run("damaged-run" + ranks);
    TrainingConfiguration configuration =
        Runs.configuration(damaged, run, "cluster.ranks = " + ranks);
    assertThatThrownBy(() -> Runs.train(spark, configuration))
        .isInstanceOf(TrainingFailedException.class)
        .hasMessageContaining("split=train/part-00001.parquet")
        .hasMessageContaining("is damaged");
    assertThat(Runs.lines(run, "restart")).isEmpty();
    assertThat(ourThreads()).isEmpty();
  }

  @Test
  void aCheckpointThatCannotBeWrittenHereEverIsNotTriedAgain() throws IOException {
    Path run = run("blocked");
    Runs.train(spark, Runs.configuration(data, run, "training.steps = 2"));
    Files.move(run.resolve("checkpoints"), folder.resolve("blocked-checkpoints"));
    Files.writeString(run.resolve("checkpoints"), "a file where a folder must be");
    TrainingConfiguration configuration =
        Runs.configuration(data, run, "cluster { ranks = 1, max-restarts = 2 }");
    assertThatThrownBy(() -> Runs.train(spark, configuration, TrainingRun.Start.RESUME))
        .isInstanceOf(TrainingFailedException.class)
        .hasMessageContaining("steps 0 to 10 failed because of: ")
        .hasMessageContaining("rank 0: cannot write")
        .hasMessageContaining("checkpoints");
    assertThat(Runs.lines(run, "restart")).isEmpty();
  }

  @Test
  void whatARunLeavesIsCompleteAndReadable() throws UnsoundException {
    Path run = run("complete");
    TrainingConfiguration configuration =
        Runs.configuration(
            data, run, "method.name = imtl", "checkpoint { every-steps = 5, keep = 2 }");
    Runs.train(spark, configuration);
    assertThat(names(run.resolve("checkpoints"))).containsExactly("step-00000015", "step-00000020");
    assertThat(names(run.resolve("model"))).containsExactly("manifest.json", "model.safetensors");
    assertThat(names(run)).contains("run.conf", "run.json", "metrics.jsonl");
    assertThat(Runs.lines(run, "evaluation"))
        .extracting(line -> line.path("step").asLong())
        .containsExactly(5L, 10L, 15L, 20L);
    assertThat(Runs.lines(run, "step").get(10).path("cosines")).hasSize(3);
    assertThat(Runs.lines(run, "step").get(11).has("cosines")).isFalse();
    Checkpoint model =
        Checkpoint.parse(
            RunDirectory.of(run.toString(), spark.hadoopConfiguration())
                .read("model/manifest.json")
                .orElseThrow(),
            "model");
    assertThat(model.step()).isEqualTo(20);
    assertThat(model.tasks()).isEqualTo(StripesDataset.TASKS);
    assertThat(model.configuration()).isEqualTo(configuration.render());
    assertThat(model.data()).containsEntry("name", "stripes").containsKey("digest of train");
    assertThat(model.environment()).containsKeys("spark", "libtorch", "java", "ranks", "rank 1");
    assertThat(model.validation().keySet()).containsAll(StripesDataset.TASKS);
  }

  private static List<String> names(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".crc"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aRunDirectoryOfOthersIsNotTouched() throws IOException {
    Path run = run("photos");
    Files.createDirectories(run);
    Files.writeString(run.resolve("photo"), "precious");
    TrainingConfiguration configuration = Runs.configuration(data, run);
    assertThatThrownBy(() -> Runs.train(spark, configuration))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--resume")
        .hasMessageContaining("--overwrite");
    assertThatThrownBy(() -> Runs.train(spark, configuration, TrainingRun.Start.OVERWRITE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is not the directory of a run");
    assertThatThrownBy(() -> Runs.train(spark, configuration, TrainingRun.Start.RESUME))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is not the directory of a run (it holds photo)");
    assertThat(run.resolve("photo")).hasContent("precious");
    assertThat(names(run)).containsExactly("photo");
  }

  @Test
  void aRunThatCannotStartOverwritesNothing() {
    Path kept = run("kept");
    Runs.train(spark, Runs.configuration(data, kept, "training.steps = 2"));
    byte[] model = Runs.model(kept);
    for (String wrong : List.of("cluster.ranks = 99", "method.name = modo\ntraining.batch = 2")) {
      assertThatThrownBy(
              () ->
                  Runs.train(
                      spark, Runs.configuration(data, kept, wrong), TrainingRun.Start.OVERWRITE))
          .isInstanceOf(ConfigurationException.class);
      assertThat(Runs.model(kept)).isEqualTo(model);
    }
  }

  @Test
  void overwritingDeletesWhatARunLeftAndNothingOfItIsFoundAgain() {
    Path run = run("twice");
    Runs.train(spark, Runs.configuration(data, run, "training.steps = 25"));
    Runs.train(spark, Runs.configuration(data, run, "run.seed = 8"), TrainingRun.Start.OVERWRITE);
    assertThat(Runs.steps(run)).hasSize(20);
    assertThat(names(run.resolve("checkpoints"))).containsExactly("step-00000010", "step-00000020");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run.seed = 8                | run.seed was 7 and is 8",
        "training.batch = 12         | training.batch was 24 and is 12",
        "method.name = dwa           | method.name was \"ew\" and is \"dwa\"",
        "network.width = 3           | network.width was 2 and is 3",
        "data.tasks = [row]          | data.tasks was [] and is [\"row\"]",
        "optimizer.weight-decay = 1  | optimizer.weight-decay was unset and is 1",
        "schedule.rate = 0.04        | schedule.rate was 0.05 and is 0.04",
        "training.steps = 15         | it has made 20 steps, more than the 15 that this one wants",
      })
  void resumptionWithAnotherSettingIsRefusedAndTheKeyNamed(String setting, String message) {
    Path run = run("settled");
    if (!Files.exists(run)) {
      Runs.train(spark, Runs.configuration(data, run));
    }
    TrainingConfiguration other =
        Runs.configuration(data, run, "training.steps = 30").with(setting);
    assertThatThrownBy(() -> Runs.train(spark, other, TrainingRun.Start.RESUME))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("cannot resume")
        .hasMessageContaining(message);
  }

  @Test
  void resumptionWithOtherDataIsRefused() throws IOException {
    Path run = run("data-swapped");
    Path dataset = StripesDataset.write(folder.resolve("swapped"));
    Runs.train(spark, Runs.configuration(dataset, run));
    Path manifest = dataset.resolve("_dataset.json");
    DatasetManifest before = StripesDataset.open(dataset).manifest();
    Files.writeString(
        manifest,
        SealedJson.seal(
            Files.readString(manifest)
                .replaceFirst("\"digest\" *: *\"00\"", "\"digest\" : \"01\"")));
    TrainingConfiguration longer = Runs.configuration(dataset, run, "training.steps = 30");
    assertThatThrownBy(() -> Runs.train(spark, longer, TrainingRun.Start.RESUME))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("digest of ");

    DatasetManifest after = StripesDataset.open(dataset).manifest();
    Map<String, String> settings =
        new java.util.TreeMap<>(Additions.settings(1, 1234, before.splits()));
    settings.put(Additions.SETTING, "1");
    Files.writeString(
        manifest,
        new DatasetManifest(
                after.dataset(),
                after.writer(),
                after.seed(),
                after.columns(),
                after.tasks(),
                after.splits(),
                after.statistics(),
                after.histograms(),
                Map.of(),
                after.sources(),
                settings,
                List.of())
            .toJson());
    assertThatThrownBy(() -> Runs.train(spark, longer, TrainingRun.Start.RESUME))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("its data set has grown since by 1,234 samples (preprocess --append,")
        .hasMessageContaining("with --overwrite or another run.directory");
  }

  @Test
  void validationScoresDoNotDependOnTheNumberOfRanks() {
    Map<Integer, JsonNode> scores = new java.util.TreeMap<>();
    for (int ranks : List.of(1, 2)) {
      Path run = run("validated" + ranks);
      Runs.train(
          spark,
          Runs.configuration(
              gaps,
              run,
              "training.steps = 1",
              "schedule.rate = 1e-12",
              "cluster.ranks = " + ranks));
      scores.put(ranks, Runs.lines(run, "evaluation").get(0));
    }
    for (String counted : List.of("tasks", "mean", "step", "split")) {
      assertThat(scores.get(2).path(counted)).isEqualTo(scores.get(1).path(counted));
    }
    assertThat(scores.get(1).path("tasks").size()).isEqualTo(3);
    // Sums in single precision of batches that are cut elsewhere.
    assertThat(scores.get(1).path("losses").size()).isEqualTo(3);
    scores
        .get(1)
        .path("losses")
        .properties()
        .forEach(
            loss ->
                assertThat(scores.get(2).path("losses").path(loss.getKey()).asDouble())
                    .isCloseTo(loss.getValue().asDouble(), within(1e-6)));
  }

  @Test
  void theBestCheckpointAgainstStoredNetworksBecomesTheModelAndTheRunEndsEarly() {
    String store = folder.resolve("store").toString();
    String[] settings = {
      "baselines.directory = \"" + store + "\"",
      "optimizer.name = sgd, schedule.rate = 0.3",
      "training.steps = 150, checkpoint { every-steps = 5, keep = 1 }",
      "selection { model = best, patience = 4 }"
    };
    TrainingConfiguration configuration = Runs.configuration(data, run("best"), settings);
    assertThatThrownBy(() -> Runs.train(spark, configuration))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("holds no network of task 'row'")
        .hasMessageContaining("train --tasks one");
    Runs.trainSingleTasks(spark, configuration);
    List<String> stored = names(Path.of(store));
    // Found again by a run with another method and seed, and not made a second time.
    assertThat(Runs.trainSingleTasks(spark, configuration)).contains("there already");
    assertThat(names(Path.of(store))).isEqualTo(stored).hasSize(3);
    // Another rate and length for the method: the only networks of this kind are meant.
    Runs.train(
        spark,
        Runs.configuration(data, run("tuned"), settings)
            .with("schedule.rate = 0.1, training.steps = 5"));
    assertThat(Runs.lines(run("tuned"), "evaluation").get(0).path("delta").isObject()).isTrue();
    assertThatThrownBy(
            () ->
                Runs.train(
                    spark,
                    Runs.configuration(data, run("wider"), settings).with("network.width = 3")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("holds no network of task 'row'");
    Runs.trainSingleTasks(
        spark, Runs.configuration(data, run("longer"), settings).with("training.steps = 10"));
    assertThatThrownBy(
            () ->
                Runs.train(
                    spark,
                    Runs.configuration(data, run("which"), settings).with("training.steps = 5")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("holds 2 networks of task 'row'");
    Runs.train(spark, configuration);
    List<Double> deltas =
        Runs.lines(run("best"), "evaluation").stream()
            .map(line -> line.path("delta").path("task-weighted").asDouble(Double.NaN))
            .toList();
    int best = deltas.indexOf(deltas.stream().min(Double::compare).orElseThrow());
    long step = Runs.lines(run("best"), "evaluation").get(best).path("step").asLong();
    assertThat(deltas).hasSizeLessThan(30).hasSize(best + 1 + 4);
    assertThat(names(run("best").resolve("checkpoints"))).hasSize(2);
    assertThat(
            new String(
                Runs.bytes(run("best").resolve("model/manifest.json")), StandardCharsets.UTF_8))
        .contains("\"step\" : " + step + ",");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", by = loss, min-delta = 0.02"})
  void theBestCheckpointIsTheSameWhenARunIsMadeInPieces(String by) {
    String[] settings = {
      "optimizer.name = sgd, schedule.rate = 0.3, checkpoint { every-steps = 5, keep = 1 }",
      "selection { model = best, patience = 4" + by + " }"
    };
    Path inPieces = run("pieces" + by.length());
    Path whole = run("whole" + by.length());
    String[] pieces = {"10", "35", "150"};
    for (String steps : pieces) {
      String[] now = Arrays.copyOf(settings, 3);
      now[2] = "training.steps = " + steps;
      TrainingRun.Start start = TrainingRun.Start.RESUME;
      Runs.train(spark, Runs.configuration(data, inPieces, now), start);
      if (steps.equals("150")) {
        Runs.train(spark, Runs.configuration(data, whole, now), start);
      }
    }
    assertThat(Runs.lines(whole, "evaluation")).hasSizeBetween(5, 29);
    assertThat(Runs.lines(inPieces, "evaluation")).hasSameSizeAs(Runs.lines(whole, "evaluation"));
    assertThat(Runs.model(inPieces)).isEqualTo(Runs.model(whole));
  }

  @Test
  void aModelStandardisesOtherDataAsItDidInTraining() {
    Path run = run("standardised");
    Runs.train(spark, Runs.configuration(data, run, "training.steps = 2"));
    DatasetManifest trained = StripesDataset.open(data).manifest();
    DatasetManifest other =
        new DatasetManifest(
            trained.dataset(),
            trained.writer(),
            trained.seed(),
            trained.columns(),
            trained.tasks(),
            trained.splits(),
            Map.of("image", new ChannelStatistics(List.of(1.0), List.of(2.0))),
            trained.histograms(),
            Map.of(),
            trained.sources(),
            trained.settings(),
            List.of());
    assertThat(trained.statistics()).isNotEmpty();
    assertThat(TrainedModel.open(run.toString(), new Configuration()).plan(other).statistics())
        .isEqualTo(trained.statistics());
  }

  @Test
  void aCheckpointFromBeforeAKeyExistedIsContinued() throws IOException {
    Path run = run("older");
    TrainingConfiguration whole =
        Runs.configuration(data, run, "training.steps = 10, checkpoint.every-steps = 5");
    Runs.train(spark, whole.with("training.steps = 5"));
    Path manifest = run.resolve("checkpoints/step-00000005/manifest.json");
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(manifest.toFile());
    json.put(
        "configuration",
        ConfigFactory.parseString(json.path("configuration").asText())
            .withoutPath("augmentation")
            .root()
            .render());
    ((ObjectNode) json.path("identity")).remove("augmentation.flip");
    json.remove("digest");
    Files.writeString(manifest, SealedJson.write(json));
    assertThatThrownBy(
            () ->
                Runs.train(spark, whole.with("augmentation.flip = true"), TrainingRun.Start.RESUME))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("augmentation.flip was false and is true");
    Runs.train(spark, whole, TrainingRun.Start.RESUME);
    assertThat(Runs.steps(run)).hasSize(10);
  }

  @Test
  void aNetworkOfFilesIsKeptWithTheRunAndWithTheModelAndNeedsThemNoMore() throws IOException {
    Path files = Files.createDirectories(run("files"));
    ScriptFixtures.unpack("2.10.0", files);
    ScriptSources.of("return torch.linear(x, self.weight, self.bias)")
        .learning("weight", 4, 16)
        .learning("bias", 4)
        .write(files.resolve("row.pt"));
    String network =
        "network { name = torchscript, width = null, features = null, hidden = null, encoder = \"%s/residual-encoder.pt\","
                .formatted(files)
            + " head = \"%s/residual-head.pt\", heads.row = \"%1$s/row.pt\" }".formatted(files);
    Path directory = run("scripted");
    String[] settings = {
      network, "data.tasks = [row, column]", "checkpoint.every-steps = 2", "training.steps = 4"
    };
    TrainingConfiguration half =
        Runs.configuration(data, directory, more(settings, "training.steps = 2"));
    Runs.train(spark, half);
    assertThat(directory.resolve("model"))
        .isDirectoryContaining("glob:**encoder.pt")
        .isDirectoryContaining("glob:**head-1-row.pt")
        .isDirectoryContaining("glob:**head-2-column.pt");
    assertThat(directory.resolve("run.conf")).content().contains("sha256");

    // What the run was begun with is enough to go on; what lies elsewhere now is not taken for it.
    Files.move(files.resolve("residual-encoder.pt"), files.resolve("moved.pt"));
    TrainingConfiguration whole = Runs.configuration(data, directory, settings);
    Runs.train(spark, whole, TrainingRun.Start.RESUME);
    Path others = ScriptFixtures.unpack("2.15.0", Files.createDirectory(run("other-files")));
    Files.copy(others.resolve("residual-encoder.pt"), files.resolve("residual-encoder.pt"));
    assertThatThrownBy(() -> Runs.train(spark, whole, TrainingRun.Start.RESUME))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("network.sha256.encoder was");

    // The same as the run in one piece.
    Files.move(
        files.resolve("moved.pt"),
        files.resolve("residual-encoder.pt"),
        StandardCopyOption.REPLACE_EXISTING);
    Path atOnce = run("scripted-at-once");
    Runs.train(spark, Runs.configuration(data, atOnce, settings));
    assertThat(Runs.model(directory)).isEqualTo(Runs.model(atOnce));

    // A copy of the model predicts without anything else, and not with other files.
    Configuration hadoop = spark.hadoopConfiguration();
    Path copy = run("scripted-copy");
    ModelCopy.write(TrainedModel.open(directory.toString(), hadoop), copy.toString(), hadoop);
    TrainedModel script = TrainedModel.open(directory.toString(), hadoop);
    Path exported = run("scripted-export");
    ModelExport.write(script, ModelExport.Format.TORCHSCRIPT, exported.toString(), hadoop);
    assertThat(exported.resolve("encoder.pt")).hasSameBinaryContentAs(copy.resolve("encoder.pt"));
    String other = run("scripted-python").toString();
    assertThatThrownBy(() -> ModelExport.write(script, ModelExport.Format.PYTHON, other, hadoop))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("is made of TorchScript files");
    Batch batch = new Batch(5, Map.of("image", new byte[5 * 144], "labels", new byte[5 * 3]));
    TrainedModel copied = TrainedModel.open(copy.toString(), hadoop);
    try (Replica replica = copied.replica();
        Replica same = TrainedModel.open(atOnce.toString(), hadoop).replica()) {
      assertThat(replica.predict(batch)).usingRecursiveComparison().isEqualTo(same.predict(batch));
    }
    // A run from there says whose heads it takes; a head of no task is refused.
    TrainingConfiguration warm =
        Runs.configuration(data, run("scripted-warm"), more(settings, "data.tasks = [row]"))
            .with("start.model = \"" + copy + "\"");
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    TrainingRun.dryRun(warm, TrainingRun.Start.NEW, hadoop, out);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("and the heads of row", "not used are the model's heads of column");
    TrainingConfiguration unknown = warm.with("network.heads.stripe = \"" + files + "/row.pt\"");
    assertThatThrownBy(() -> TrainingRun.check(unknown, TrainingRun.Start.NEW, hadoop))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "network.heads names 'stripe', which data set 'stripes' does not have")
        .hasMessageEndingWith("? If not, leave it out");
    byte[] head = Files.readAllBytes(copy.resolve("head-1-row.pt"));
    head[head.length / 2] ^= 1;
    Files.write(copy.resolve("head-1-row.pt"), head);
    assertThatThrownBy(copied::verify)
        .hasMessageContaining("head-1-row.pt is not what was written");
  }

  private static String[] more(String[] settings, String setting) {
    return Stream.concat(Stream.of(settings), Stream.of(setting)).toArray(String[]::new);
  }

  @Test
  void aHeapThatCannotHoldWhatRanksReadIsNamed() {
    Cluster cluster = new Cluster(spark);
    assertThat(cluster.heapWarning(1 << 20, 2, GpuTasks.none())).isEmpty();
    long each = Runtime.getRuntime().maxMemory() / 2;
    assertThat(cluster.heapWarning(each, 1, GpuTasks.none())).isEmpty();
    assertThat(cluster.heapWarning(each, 2, GpuTasks.none()).orElseThrow())
        .matches(
            "warning: the heap of this process is \\d+ MiB, but may need \\d+ for what its 2 ranks"
                + " hold of input; lower data.cache-mib or data.window-rows, or raise it"
                + " \\(-Xmx\\)");
  }
}
