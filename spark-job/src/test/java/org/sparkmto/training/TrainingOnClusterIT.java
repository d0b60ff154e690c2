package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkmto.cli.CommandHere;
import org.sparkmto.cli.EveryKindJar;
import org.sparkmto.cli.Main;
import org.sparkmto.cluster.ClassesJar;
import org.sparkmto.cluster.StandaloneCluster;
import org.sparkmto.cluster.SubmittedApplication;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.method.Method;
import org.sparkmto.runlog.MetricsLog;

/** Runs on a standalone cluster of two executors, next to the same runs in this JVM. */
class TrainingOnClusterIT {
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final int STEPS = 300;
  private static final int SEGMENT = 100;

  /**
   * What moves between processes, and what a checkpoint keeps, depends on the kind alone. That
   * ranks change no method's result, {@code RoutesTest} shows for each; that each goes on from what
   * it remembered in the same bits, {@code MethodStateTest}.
   */
  private static final List<String> METHODS = Runs.oneOfEachKind();

  private static final String[] IMTL = {"method.name = imtl", "optimizer.name = adam"};
  // Its optimisers, one a task, lie in the slices of the ranks.
  private static final String[] MAO = {"method.name = mao", "optimizer.name = adam"};

  @TempDir static Path folder;

  private static StandaloneCluster cluster;
  private static Path data;
  private static SubmittedApplication undisturbed;

  /**
   * One application makes the runs that nobody disturbs, after one that loses an executor, while
   * this JVM makes its own.
   */
  @BeforeAll
  static void start() throws IOException {
    data = StripesDataset.write(folder.resolve("stripes"));
    cluster = StandaloneCluster.start(2, 1);
    List<TrainingConfiguration> runs = new ArrayList<>();
    Path unlucky = folder.resolve("no-restart");
    runs.add(
        Runs.configuration(
            data,
            unlucky,
            "training.steps = 100000", // until it is disturbed
            "checkpoint.every-steps = 100000",
            "cluster { ranks = 2, max-restarts = 0 }"));
    for (int i = 0; i < METHODS.size(); i++) {
      runs.add(configuration("cluster", i, 2));
    }
    runs.add(longRun(folder.resolve("undisturbed-imtl"), IMTL));
    runs.add(longRun(folder.resolve("undisturbed-mao"), MAO));
    Path damaged = StripesDataset.write(folder.resolve("damaged"));
    StripesDataset.damage(damaged);
    runs.add(Runs.configuration(damaged, folder.resolve("damaged-run"), "cluster.ranks = 2"));
    undisturbed =
        cluster
            .application(ManyRuns.class.getName())
            .jar(ClassesJar.write(folder.resolve("runs.jar"), ManyRuns.class))
            .jar(EveryKindJar.write(folder.resolve("ours.jar")))
            .arguments(runs.stream().map(run -> file(run).toString()).toArray(String[]::new))
            .arguments(ofOwnJar().toString())
            .submit();
    try (JavaSparkContext spark = Runs.spark("local[1]")) {
      for (int i = 0; i < METHODS.size(); i++) {
        Runs.train(spark, configuration("one", i, 1));
      }
    }
    awaitStep(undisturbed, unlucky, 50);
    cluster.executors().get(0).destroyForcibly();
    try (JavaSparkContext spark = Runs.spark("local[2]")) {
      for (int i = 0; i < METHODS.size(); i++) {
        // In two halves: nothing that a method remembers may be lost between them.
        TrainingConfiguration halves = configuration("halves", i, 2);
        Runs.train(spark, halves.with("training.steps = 8"));
        Runs.train(spark, halves, TrainingRun.Start.RESUME);
      }
    }
    assertThat(undisturbed.waitFor(LONG)).as(undisturbed::stderr).isZero();
  }

  @AfterAll
  static void stop() {
    List<ProcessHandle> processes = cluster.processes();
    awaitNoExecutor();
    cluster.close();
    assertThat(processes).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    assertThat(ProcessHandle.current().children()).isEmpty();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.contains("split '") || name.contains("mto"));
  }

  /** Acceptance: ranks in one JVM or in many processes, the parameters are the same. */
  @Test
  void everyKindEndsAlikeInTwoHalvesInOneProcessAndAtOnceInTwo() {
    SoftAssertions softly = new SoftAssertions();
    for (int i = 0; i < METHODS.size(); i++) {
      String method = METHODS.get(i);
      float[] one = parameters(configuration("one", i, 1));
      double two = Runs.difference(parameters(configuration("cluster", i, 2)), one);
      System.out.printf("%-60s two ranks %.1e%n", method, two);
      softly.assertThat(two).as(method + ", two ranks").isLessThan(1e-4);
      softly
          .assertThat(Arrays.equals(Runs.model(run("halves", i)), Runs.model(run("cluster", i))))
          .as(method + ", the same bits in two halves in one process and at once in two")
          .isTrue();
      softly
          .assertThat(Runs.steps(run("cluster", i)))
          .isEqualTo(LongStream.range(0, 14).boxed().toList());
    }
    // What would be equal whatever the method did would show nothing.
    float[] equalWeights = parameters(configuration("one", METHODS.indexOf("method.name = ew"), 1));
    float[] uncertainty = parameters(configuration("one", METHODS.indexOf("method.name = uw"), 1));
    softly.assertThat(Runs.difference(uncertainty, equalWeights)).isGreaterThan(1e-2);
    softly.assertAll();
  }

  @Test
  void everyKindIsThere() {
    assertThat(Method.class.getPermittedSubclasses())
        .allMatch(
            kind ->
                IntStream.range(0, METHODS.size())
                    .mapToObj(i -> configuration("none", i, 1).method().method())
                    .anyMatch(kind::isInstance));
    // Those that are compared above.
    assertThat(METHODS).contains("method.name = ew", "method.name = uw");
  }

  /** A run with a method that this JVM does not know: equal weights in another guise. */
  private static Path ofOwnJar() throws IOException {
    TrainingConfiguration equal = configuration("own", METHODS.indexOf("method.name = ew"), 2);
    return Files.writeString(
        folder.resolve("own.conf"),
        equal.render() + "\nmethod { name = inverse-root, power = 0 }\n");
  }

  @Test
  void aMethodInAJarOfOnesOwnIsFoundByDriverAndExecutors() throws IOException {
    int equal = METHODS.indexOf("method.name = ew");
    assertThat(Files.readString(run("own", equal).resolve("run.json"))).contains("inverse-root");
    assertThat(
            Runs.difference(
                parameters(configuration("own", equal, 2)),
                parameters(configuration("one", equal, 1))))
        .isLessThan(1e-4);
  }

  private static Path run(String where, int method) {
    return folder.resolve(where + "-" + method);
  }

  private static TrainingConfiguration configuration(String where, int method, int ranks) {
    return Runs.configuration(
        data,
        run(where, method),
        METHODS.get(method),
        "training { batch = 40, steps = 14 }", // epochs of 6, for methods that look back by epochs
        "checkpoint.every-steps = 20",
        "data.validation = \"\"",
        "cluster.ranks = " + ranks);
  }

  private static float[] parameters(TrainingConfiguration configuration) {
    return Runs.parameters(configuration, StripesDataset.open(data).manifest());
  }

  /** A run of some seconds, with a checkpoint after each third. */
  private static TrainingConfiguration longRun(Path run, String... settings) {
    List<String> all = new ArrayList<>(Arrays.asList(settings));
    all.add("training.steps = " + STEPS);
    all.add("schedule.rate = 0.002");
    all.add("cluster.ranks = 2");
    all.add("checkpoint.every-steps = " + SEGMENT);
    return Runs.configuration(data, run, all.toArray(String[]::new));
  }

  /** The executors of an application outlive its driver by a moment, and never by more. */
  private static void awaitNoExecutor() {
    long end = System.nanoTime() + LONG.toNanos();
    while (!cluster.executors().isEmpty()) {
      assertThat(System.nanoTime())
          .as("executors %s are gone", cluster.executors())
          .isLessThan(end);
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static SubmittedApplication submit(TrainingConfiguration configuration, String... more) {
    awaitNoExecutor();
    List<String> arguments =
        new ArrayList<>(List.of("train", "--config", file(configuration).toString()));
    arguments.addAll(List.of(more));
    return cluster
        .application(Main.class.getName())
        .arguments(arguments.toArray(String[]::new))
        .submit();
  }

  private static Path file(TrainingConfiguration configuration) {
    String name = Path.of(configuration.runDirectory()).getFileName() + ".conf";
    try {
      return Files.writeString(folder.resolve(name), configuration.render());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until a run has made a step. */
  private static void awaitStep(SubmittedApplication application, Path run, int step) {
    long end = System.nanoTime() + LONG.toNanos();
    String line = "\"step\":" + step + ",";
    Path log = run.resolve(MetricsLog.FILE);
    try {
      while (!Files.exists(log) || !Files.readString(log).contains(line)) {
        assertThat(System.nanoTime()).as(application::stderr).isLessThan(end);
        assertThat(application.driver().isAlive()).as(application::stderr).isTrue();
        Thread.sleep(20);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void assertAsUndisturbed(Path run, String method, long... restartsFrom) {
    assertThat(Runs.steps(run)).isEqualTo(LongStream.range(0, STEPS).boxed().toList());
    assertThat(Runs.lines(run, "restart"))
        .extracting(line -> line.path("step").asLong())
        .containsExactlyElementsOf(LongStream.of(restartsFrom).boxed().toList());
    Path same = folder.resolve("undisturbed-" + method);
    assertThat(Runs.lines(same, "restart")).isEmpty();
    assertThat(Arrays.equals(Runs.model(run), Runs.model(same)))
        .as("the bits of the run that nobody disturbed")
        .isTrue();
  }

  @Test
  void aDriverThatIsKilledAndOneThatIsAskedToEndGoOnWithResume() {
    Path run = folder.resolve("killed-driver");
    SubmittedApplication application = submit(longRun(run, MAO));
    awaitStep(application, run, SEGMENT + SEGMENT / 3);
    application.driver().destroyForcibly();
    assertThat(application.waitFor(LONG)).isEqualTo(137);
    awaitNoExecutor();
    assertThat(run.resolve("model")).doesNotExist();

    SubmittedApplication asked = submit(longRun(run, MAO), "--resume");
    // One that the log of the driver before does not have.
    awaitStep(asked, run, 2 * SEGMENT + SEGMENT / 3);
    asked.driver().destroy();
    assertThat(asked.waitFor(LONG)).as(asked::stderr).isEqualTo(143);
    assertThat(asked.stdout()).contains("steps " + SEGMENT + " to " + STEPS);
    assertThat(asked.stderr()).contains("spark-mto train: stopped by SIGTERM after step ");
    int made = Runs.steps(run).size();
    assertThat(run.resolve("checkpoints/step-%08d/manifest.json".formatted(made))).exists();

    // In this JVM: what was begun on a cluster ends in the same bits without one, too.
    try (JavaSparkContext spark = Runs.spark("local[2]")) {
      assertThat(Runs.train(spark, longRun(run, MAO), TrainingRun.Start.RESUME))
          .contains("steps " + made + " to " + STEPS);
    }
    assertAsUndisturbed(run, "mao");
  }

  /**
   * An executor is killed before the first checkpoint, one after it, and one when the newest
   * checkpoint is damaged: the run begins anew, goes on, and goes on from the newest sound one.
   * Meanwhile its directory is wanted by a second driver. What IMTL learns has moments of its own,
   * so all kinds of state must come back.
   */
  @Test
  void executorsThatAreKilledChangeNothingAndASecondOwnerIsRefused() throws IOException {
    Path run = folder.resolve("killed");
    TrainingConfiguration configuration = longRun(run, IMTL);
    SubmittedApplication first = submit(configuration);
    awaitStep(first, run, SEGMENT / 3);
    cluster.executors().get(1).destroyForcibly();
    CommandHere second =
        CommandHere.run("train", "--config", file(configuration).toString(), "--resume");
    assertThat(second.code()).as(second::err).isEqualTo(2);
    assertThat(second.err())
        .contains("is in use by process " + first.driver().pid())
        .contains("--break-lease");

    awaitStep(first, run, SEGMENT + SEGMENT / 3);
    cluster.executors().get(0).destroyForcibly();

    awaitStep(first, run, 2 * SEGMENT + 20);
    Path weights = run.resolve("checkpoints/step-%08d/model.safetensors".formatted(2 * SEGMENT));
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 3] ^= 0x20;
    Files.write(weights, bytes);
    cluster.executors().get(0).destroyForcibly();
    assertThat(first.waitFor(LONG)).as(first::stderr).isZero();
    assertAsUndisturbed(run, "imtl", 0, SEGMENT, SEGMENT);
    assertThat(Runs.lines(run, "restart").get(2).path("reason").asText())
        .contains("model.safetensors is not what was written");
  }

  /**
   * A machine goes for good in the second segment, and comes back while the segment is made again
   * with one rank: the third has two. The deadline is what the run waits before it goes on with
   * fewer, and what a rank waits for one whose executor has yet to load libtorch.
   */
  @Test
  void withFewerMachinesARunGoesOnWithFewerRanksAndTakesThemBack() throws Exception {
    Path run = folder.resolve("elastic");
    SubmittedApplication application =
        submit(longRun(run, MAO).with("cluster { min-ranks = 1, deadline-seconds = 25 }"));
    awaitStep(application, run, SEGMENT + SEGMENT / 3);
    List<ProcessHandle> before = cluster.executors();
    cluster.killWorker(0);
    application.await(
        Pattern.compile(
            "goes on from step 100 with 1 rank instead of 2, because 1 executor is alive, which"
                + " runs 1 task at a time; it takes ranks back at a checkpoint"),
        LONG);
    ProcessHandle left = before.stream().filter(ProcessHandle::isAlive).findFirst().orElseThrow();
    signal("STOP", left); // or it would be done before the other is there
    cluster.addWorker();
    application.await(Pattern.compile("(?s)(Registered executor .*){3}"), LONG);
    signal("CONT", left);
    assertThat(application.waitFor(LONG)).as(application::stderr).isZero();
    assertThat(application.stdout())
        .containsOnlyOnce("goes on from step 100 with 1 rank")
        .containsOnlyOnce("takes ranks back: goes on from step 200 with 2 ranks instead of 1");
    assertThat(Runs.lines(run, "phases"))
        .extracting(line -> line.path("ranks").size())
        .containsExactly(2, 1, 2);
    assertThat(Runs.lines(run, "restart")).hasSize(1);
    assertThat(Runs.steps(run)).isEqualTo(LongStream.range(0, STEPS).boxed().toList());
    assertThat(Files.readString(run.resolve("checkpoints/step-00000200/manifest.json")))
        .containsPattern("\"ranks\" *: *\"1\"");
    float[] all = parameters(longRun(folder.resolve("undisturbed-mao"), MAO));
    assertThat(Runs.difference(parameters(longRun(run, MAO)), all)).isLessThan(1e-4);
  }

  private static void signal(String name, ProcessHandle process) throws Exception {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  @Test
  void withoutRestartsALostExecutorEndsTheRunWithItsReason() {
    assertThat(undisturbed.stdout())
        .contains("no-restart.conf failed: steps 0 to 100000 failed because of: ");
    Path run = folder.resolve("no-restart");
    assertThat(Runs.lines(run, "restart")).isEmpty();
    assertThat(run.resolve("model")).doesNotExist();
  }

  @Test
  void aDamagedShardEndsARunWithItsName() {
    assertThat(undisturbed.stdout())
        .containsPattern(
            "damaged-run.conf failed: .*rank \\d: .*"
                + "split=train/part-00001.parquet is damaged or another");
    assertThat(Runs.lines(folder.resolve("damaged-run"), "restart")).isEmpty();
  }
}
