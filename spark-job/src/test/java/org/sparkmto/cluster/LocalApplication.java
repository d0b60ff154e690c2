package org.sparkmto.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The application in a process of its own that is driver and executor at once, to be killed. */
public final class LocalApplication {
  private static final String NAME = "application";

  private final LoggedProcess process;

  private LocalApplication(LoggedProcess process) {
    this.process = process;
  }

  /**
   * Starts a sub-command.
   *
   * @param folder where its logs go
   * @param environment all that it sees, besides PATH and HOME
   */
  public static LocalApplication start(
      Path folder, Map<String, String> environment, List<String> arguments) {
    List<String> command = new ArrayList<>();
    // What a shell starts in the background ignores Ctrl-C, and so would what is started here.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + BuiltFiles.applicationJar().resolveSibling("spark.jvm.options"));
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx1g",
            "-Dspark-mto.log=" + LoggedProcess.log(NAME, folder),
            "-cp",
            BuiltFiles.applicationJar()
                + ":"
                + BuiltFiles.sparkJars().stream()
                    .map(Path::toString)
                    .collect(Collectors.joining(":")),
            "org.sparkmto.cli.Main"));
    command.addAll(arguments);
    LoggedProcess process = LoggedProcess.start(NAME, folder, environment, command);
    Runtime.getRuntime().addShutdownHook(new Thread(process.handle()::destroyForcibly));
    return new LocalApplication(process);
  }

  /** The process; {@code destroyForcibly()} is a kill -9. */
  public ProcessHandle process() {
    return process.handle();
  }

  /**
   * Waits for the end and returns the exit code.
   *
   * @throws AssertionError if it is still running at the deadline
   */
  public int waitFor(Duration deadline) {
    return process.waitFor(deadline);
  }

  /** What it has printed to stderr so far. */
  public String stderr() {
    return process.stderr();
  }

  /** The log of Spark so far. */
  public String log() {
    return process.log();
  }
}
