package org.sparkmto.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A process whose stdout and stderr go to files, with waits that end and then say why. */
final class LoggedProcess {
  private static final int TAIL_LINES = 60;
  private static final long POLL_MILLIS = 50;

  /** Besides where things are, what chooses kernels of OpenBLAS: others give other bits. */
  private static final Predicate<String> KEPT =
      Pattern.compile("PATH|HOME|OPENBLAS_.*").asMatchPredicate();

  private final String name;
  private final Process process;
  private final Path out;
  private final Path err;
  private final Path log;

  private LoggedProcess(String name, Process process, Path folder) {
    this.name = name;
    this.process = process;
    this.out = folder.resolve(name + ".out.log");
    this.err = folder.resolve(name + ".err.log");
    this.log = log(name, folder);
  }

  /** Where the application writes the log of Spark, if it is told so. */
  static Path log(String name, Path folder) {
    return folder.resolve(name + ".spark.log");
  }

  /** Starts a command in {@code folder} with just this environment and what is kept of ours. */
  static LoggedProcess start(
      String name, Path folder, Map<String, String> environment, List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(folder.resolve(name + ".out.log").toFile())
            .redirectError(folder.resolve(name + ".err.log").toFile());
    builder.environment().keySet().removeIf(KEPT.negate());
    builder.environment().putAll(environment);
    try {
      return new LoggedProcess(name, builder.start(), folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + name, e);
    }
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  String stdout() {
    return read(out);
  }

  String stderr() {
    return read(err);
  }

  /** The log of Spark so far; empty if it goes to stderr. */
  String log() {
    return Files.exists(log) ? read(log) : "";
  }

  /** The first match in the output so far, which may take until the deadline to appear. */
  Matcher await(Pattern wanted, Duration deadline) {
    long end = System.nanoTime() + deadline.toNanos();
    while (true) {
      boolean alive = process.isAlive();
      for (String text : List.of(stdout(), stderr(), log())) {
        Matcher matcher = wanted.matcher(text);
        if (matcher.find()) {
          return matcher;
        }
      }
      if (!alive) {
        throw failure("ended with %d before it said '%s'".formatted(process.exitValue(), wanted));
      }
      if (System.nanoTime() > end) {
        throw failure("has not said '%s' in %s".formatted(wanted, deadline));
      }
      sleep();
    }
  }

  int waitFor(Duration deadline) {
    try {
      if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        throw failure("is still running after " + deadline);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** An error that shows the ends of both logs. */
  AssertionError failure(String what) {
    return new AssertionError(
        "%s %s%n--- end of %s%n%s%n--- end of %s%n%s"
            .formatted(name, what, out, tail(stdout()), err, tail(stderr())));
  }

  static void sleep() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("The test was stopped", e);
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tail(String text) {
    List<String> lines = text.lines().toList();
    try (Stream<String> last = lines.stream().skip(Math.max(0, lines.size() - TAIL_LINES))) {
      return String.join("\n", last.toList());
    }
  }
}
