package org.sparkmto.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.sparkmto.cluster.ClassesJar;
import org.sparkmto.cluster.StandaloneCluster;
import org.sparkmto.cluster.SubmittedApplication;
import org.sparkmto.network.LossProvider;
import org.sparkmto.optimizer.OptimizerProvider;
import org.sparkmto.runlog.MetricsLog;

/**
 * A cluster on which one application makes a run that nobody disturbs, and then others to be
 * disturbed, which have to end in the same bits. What they compute with can be held in any phase:
 * {@link HeldPhases}.
 */
final class DrillCluster implements AutoCloseable {
  /** Enough for a machine with much other work; nobody waits for it but in vain. */
  static final Duration LONG = Duration.ofMinutes(3);

  static final int STEPS = 60;
  static final int SEGMENT = 20;

  private static final String UNDISTURBED = "undisturbed";

  private final Path folder;
  private final StandaloneCluster cluster;
  private final int ranks;
  private final SubmittedApplication.Builder submission;
  private final SubmittedApplication application;
  private final Path held;
  private final Path plugins;
  private final Path data;

  /**
   * Starts the application and waits until the run that nobody disturbs has ended.
   *
   * @param folder for all that these runs write
   * @param cluster that gives the application as many executors as it wants; is closed with this
   * @param settings of Spark
   */
  DrillCluster(Path folder, StandaloneCluster cluster, int ranks, Map<String, String> settings)
      throws IOException {
    this.folder = folder;
    this.cluster = cluster;
    this.ranks = ranks;
    this.held = Files.createDirectories(folder.resolve("held"));
    this.data = StripesDataset.write(folder.resolve("stripes"));
    this.plugins =
        ClassesJar.write(
            folder.resolve("held.jar"),
            HeldPhases.class,
            Map.of(
                LossProvider.class,
                HeldPhases.Losses.class,
                OptimizerProvider.class,
                HeldPhases.Optimizers.class));
    this.submission =
        application(RunsOnDemand.class.getName())
            .jar(ClassesJar.write(folder.resolve("runs.jar"), RunsOnDemand.class))
            .arguments(folder.toString());
    settings.forEach(submission::conf);
    this.application = submission.submit();
    Disturbed run = train(UNDISTURBED);
    assertThat(run.end()).isEqualTo(RunsOnDemand.DONE);
    assertThat(Runs.lines(run.directory(), "restart")).isEmpty();
    assertThat(Runs.lines(run.directory(), "evaluation")).hasSize(STEPS / SEGMENT);
  }

  /** An application beside that one, with the plug-ins. */
  SubmittedApplication.Builder application(String mainClass) {
    return cluster
        .application(mainClass)
        .jar(plugins)
        .conf("spark.cores.max", String.valueOf(ranks))
        .conf("spark.executorEnv." + HeldPhases.FOLDER, held.toString());
  }

  StandaloneCluster cluster() {
    return cluster;
  }

  SubmittedApplication application() {
    return application;
  }

  List<ProcessHandle> executors() {
    return application.awaitExecutors(ranks, LONG);
  }

  /** Waits until Spark takes so many executors for alive; no run may be under way. */
  void awaitAlive(int count) {
    Path file = folder.resolve("executors");
    await(
        () -> count + " executors are alive, but there are " + read(file),
        () -> read(file).equals(String.valueOf(count)));
  }

  /** The settings of a run of three segments, in a directory, with more on top. */
  String configuration(Path run, String... more) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "run { directory = \"%s\", seed = 7 }".formatted(run),
                "data { directory = \"%s\", cache-mib = 16 }".formatted(data),
                "network { name = small-conv, width = 2, features = 6, hidden = 5 }",
                // What it learns has moments of its own: all kinds of state must come back.
                "method.name = imtl",
                "loss.column = held",
                "optimizer.name = held",
                "schedule.rate = 0.002",
                "training { steps = %d, batch = 24 }".formatted(STEPS),
                "checkpoint.every-steps = " + SEGMENT,
                "cluster { ranks = %d, threads = 1, deadline-seconds = 120 }".formatted(ranks)));
    lines.addAll(Arrays.asList(more));
    return String.join("\n", lines) + "\n";
  }

  /** A run that has been asked for. */
  final class Disturbed {
    private final String name;
    private final Path directory;

    private Disturbed(String name, Path directory) {
      this.name = name;
      this.directory = directory;
    }

    Path directory() {
      return directory;
    }

    String console() {
      return read(folder.resolve(name + ".console"));
    }

    /** Waits until it says something. */
    void awaitSaid(Pattern words) {
      await(() -> words + " in\n" + console(), () -> words.matcher(console()).find());
    }

    /** Waits for its end: {@link RunsOnDemand#DONE}, or the error in words. */
    String end() {
      Path ended = folder.resolve(name + ".ended");
      await(() -> "the end of " + name + ", which says\n" + console(), () -> Files.exists(ended));
      return read(ended);
    }

    /**
     * Waits until a step is made after a restart.
     *
     * @param since when it was disturbed, on the clock of {@link System#nanoTime}
     * @return how long that took
     */
    Duration recovered(int restarts, long since) {
      Path log = directory.resolve(MetricsLog.FILE);
      await(
          () -> name + " makes a step again; it says\n" + console(),
          () -> {
            String lines = read(log);
            return lines.split("\"type\":\"restart\"", -1).length == restarts + 1
                && lines.lastIndexOf("\"type\":\"step\"")
                    > lines.lastIndexOf("\"type\":\"restart\"");
          });
      Duration took = Duration.ofNanos(System.nanoTime() - since);
      System.out.printf(
          Locale.ROOT, "%d ranks, %-40s recovered in %.1f s%n", ranks, name, took.toMillis() / 1e3);
      return took;
    }

    void assertAsUndisturbed(long... restartsFrom) {
      assertThat(end()).as(this::console).isEqualTo(RunsOnDemand.DONE);
      DrillCluster.this.assertAsUndisturbed(directory, restartsFrom);
    }
  }

  /** Asserts that a run has ended in the bits of the one that nobody disturbed. */
  void assertAsUndisturbed(Path run, long... restartsFrom) {
    assertThat(Runs.lines(run, "restart"))
        .extracting(line -> line.path("step").asLong())
        .containsExactlyElementsOf(LongStream.of(restartsFrom).boxed().toList());
    assertThat(Runs.steps(run)).isEqualTo(LongStream.range(0, STEPS).boxed().toList());
    assertThat(Arrays.equals(Runs.model(run), Runs.model(folder.resolve(UNDISTURBED))))
        .as("the bits of the run that nobody disturbed")
        .isTrue();
  }

  /** Asserts that a run with other numbers of ranks has ended in the same but for rounding. */
  void assertLikeUndisturbed(Path run) {
    assertThat(Runs.steps(run)).isEqualTo(LongStream.range(0, STEPS).boxed().toList());
    float[] same = weights(Runs.model(folder.resolve(UNDISTURBED)));
    assertThat(same).hasSizeGreaterThan(400);
    assertThat(Runs.difference(weights(Runs.model(run)), same)).isLessThan(1e-4);
  }

  /** The numbers behind the header of a file of safetensors, which are floats alone. */
  private static float[] weights(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(Math.toIntExact(Long.BYTES + bytes.getLong()));
    FloatBuffer floats = bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] weights = new float[floats.remaining()];
    floats.get(weights);
    return weights;
  }

  Disturbed train(String name, String... more) {
    return ask(name, folder.resolve(name), "", more);
  }

  /** A run in a directory of its own, beginning with a line such as {@link RunsOnDemand#RESUME}. */
  Disturbed ask(String name, Path directory, String first, String... more) {
    try {
      Path whole =
          Files.writeString(
              folder.resolve(name + ".whole"), first + "\n" + configuration(directory, more));
      Files.move(whole, folder.resolve(name + ".asked"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Disturbed(name, directory);
  }

  /** Asks a rank to wait when it comes through a phase for that time. */
  void hold(String phase, int rank, int at) {
    write(phase + "-" + rank, at);
  }

  /** Makes each forward pass of a rank slower. */
  void slow(int rank, Duration by) {
    write("slow-" + rank, by.toMillis());
  }

  private void write(String name, long number) {
    try {
      Path partial = Files.writeString(held.resolve("." + name), String.valueOf(number));
      Files.move(partial, held.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets a rank go on. */
  void release(String phase, int rank) {
    try {
      Files.delete(held.resolve(phase + "-" + rank));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets everyone go on. */
  void release() {
    try (var files = Files.list(held)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until a rank waits in a phase, within what is named, and returns its process. */
  ProcessHandle awaitHeld(String phase, int rank, String within) {
    Path at = held.resolve("at-" + phase + "-" + rank);
    await(() -> "rank " + rank + " waits in " + phase, () -> Files.exists(at));
    String text = read(at);
    assertThat(text).contains(within);
    return ProcessHandle.of(Long.parseLong(text.lines().findFirst().orElseThrow())).orElseThrow();
  }

  /** Waits until the task of an executor that is not held is within what is named. */
  ProcessHandle awaitWithin(String method) {
    List<ProcessHandle> found = new ArrayList<>();
    await(
        () -> "an executor is within " + method,
        () -> {
          executors().stream()
              .filter(each -> isWithin(each, method))
              .findFirst()
              .ifPresent(found::add);
          return !found.isEmpty();
        });
    return found.get(0);
  }

  /** Lets everyone go on, also who was stopped by a signal. */
  void letAllGoOn() {
    cluster.processes().forEach(process -> signal("CONT", process));
    release();
  }

  /** Asks the JVM for its threads, which it prints to where Spark keeps its stdout. */
  private static boolean isWithin(ProcessHandle executor, String method) {
    Path out = Path.of("/proc", String.valueOf(executor.pid()), "cwd", "stdout");
    int before = read(out).length();
    signal("QUIT", executor);
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    String dump = "";
    while (!dump.contains("JNI global refs") && System.nanoTime() < end) {
      pause();
      dump = read(out).substring(before);
    }
    return Arrays.stream(dump.split("\n\n"))
        .anyMatch(
            thread -> thread.contains("\"Executor task launch worker") && thread.contains(method));
  }

  /** {@code kill -NAME}. */
  static void signal(String name, ProcessHandle process) {
    try {
      new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  void await(Supplier<String> what, BooleanSupplier soFar) {
    long end = System.nanoTime() + LONG.toNanos();
    while (!soFar.getAsBoolean()) {
      assertThat(application.driver().isAlive()).as(application::stderr).isTrue();
      assertThat(System.nanoTime()).as(() -> "in vain: " + what.get()).isLessThan(end);
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What there is of a file; nothing if it is not there. */
  private static String read(Path file) {
    try {
      return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    letAllGoOn();
    cluster.close();
  }
}
