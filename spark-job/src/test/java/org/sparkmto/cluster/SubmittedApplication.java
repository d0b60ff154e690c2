package org.sparkmto.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An application that runs on a cluster: the driver process that {@code SparkSubmit} became. */
public final class SubmittedApplication {
  private static final Pattern IDENTITY =
      Pattern.compile("Connected to Spark cluster with app ID (app-\\S+)");

  private final StandaloneCluster cluster;
  private final LoggedProcess driver;

  private SubmittedApplication(StandaloneCluster cluster, LoggedProcess driver) {
    this.cluster = cluster;
    this.driver = driver;
  }

  /** The driver process; {@code destroyForcibly()} is a kill -9. */
  public ProcessHandle driver() {
    return driver.handle();
  }

  /**
   * Waits for the end of the driver and returns its exit code.
   *
   * @throws AssertionError if it is still running at the deadline; shows the ends of its logs
   */
  public int waitFor(Duration deadline) {
    return driver.waitFor(deadline);
  }

  /**
   * Waits until the driver's stdout, stderr or log matches.
   *
   * @throws AssertionError if it ends or the deadline passes before; shows the ends of its logs
   */
  public Matcher await(Pattern output, Duration deadline) {
    return driver.await(output, deadline);
  }

  /**
   * Waits until exactly {@code count} executors of this application live and returns them; {@code
   * destroyForcibly()} of one is a kill -9. The processes exist before their tasks do.
   *
   * @throws AssertionError at the deadline; shows the ends of the driver's logs
   */
  public List<ProcessHandle> awaitExecutors(int count, Duration deadline) {
    long end = System.nanoTime() + deadline.toNanos();
    String identity = driver.await(IDENTITY, deadline).group(1);
    while (true) {
      List<ProcessHandle> executors =
          cluster.executors().stream().filter(process -> worksFor(identity, process)).toList();
      if (executors.size() == count) {
        return executors;
      }
      if (System.nanoTime() > end) {
        throw driver.failure(
            "has %d executors after %s, not %d".formatted(executors.size(), deadline, count));
      }
      LoggedProcess.sleep();
    }
  }

  /** An executor works in the folder WORK/APPLICATION/EXECUTOR. */
  private static boolean worksFor(String identity, ProcessHandle executor) {
    try {
      Path folder = Files.readSymbolicLink(Path.of("/proc", String.valueOf(executor.pid()), "cwd"));
      return folder.getParent().endsWith(identity);
    } catch (IOException e) {
      return false; // it has ended meanwhile
    }
  }

  /** What the driver has printed so far. */
  public String stdout() {
    return driver.stdout();
  }

  /** What the driver has printed to stderr so far. */
  public String stderr() {
    return driver.stderr();
  }

  /** The log of Spark in the driver so far; empty if the main class leaves it on stderr. */
  public String log() {
    return driver.log();
  }

  /** The command line of {@code spark-submit}, in client mode. */
  public static final class Builder {
    private final StandaloneCluster cluster;
    private final String mainClass;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<Path> jars = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();
    private String driverHeap = "1g";
    private boolean wholeJar;

    Builder(StandaloneCluster cluster, String mainClass) {
      this.cluster = cluster;
      this.mainClass = mainClass;
      conf("spark.ui.enabled", "false");
      conf("spark.driver.host", cluster.driverAddress());
      conf("spark.driver.bindAddress", cluster.driverAddress());
      conf("spark.executor.cores", "1");
      conf("spark.executor.memory", "1g");
      conf("spark.executorEnv.OMP_WAIT_POLICY", "PASSIVE");
      conf("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s");
    }

    /** A setting of Spark; the last one of a key counts. */
    public Builder conf(String key, String value) {
      settings.put(key, value);
      return this;
    }

    /** A jar beside the application jar, for driver and executors. */
    public Builder jar(Path jar) {
      jars.add(jar);
      return this;
    }

    /** The arguments of the main class. */
    public Builder arguments(String... values) {
      arguments.addAll(List.of(values));
      return this;
    }

    /** The heap of the driver, as {@code -Xmx} takes it. */
    public Builder driverHeap(String size) {
      driverHeap = size;
      return this;
    }

    /**
     * Submits the application jar as a user does, with the natives in it, which every executor
     * fetches and unpacks anew. Most tests are not about that: theirs has the classes alone, beside
     * natives that lie unpacked on the machine.
     */
    public Builder wholeJar() {
      wholeJar = true;
      return this;
    }

    /** Starts SparkSubmit in a process of its own with the application jar of the build. */
    public SubmittedApplication submit() {
      SparkHome home = SparkHome.ofBuild();
      List<String> options = new ArrayList<>();
      if (wholeJar) {
        options.addAll(SparkHome.QUICK_START);
        // In the folder of each executor: two that unpack to one place at once can crash.
        options.add("-Dorg.bytedeco.javacpp.cachedir=natives");
      } else {
        options.addAll(home.options());
        options.add("-Dorg.bytedeco.javacpp.cachedir=" + BuiltFiles.nativesFolder());
        conf("spark.executor.extraClassPath", SparkHome.natives());
      }
      settings.putIfAbsent("spark.executor.extraJavaOptions", String.join(" ", options));
      List<String> command = new ArrayList<>();
      command.addAll(
          List.of(
              "org.apache.spark.deploy.SparkSubmit",
              "--master",
              cluster.url(),
              "--class",
              mainClass));
      settings.forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
      if (!jars.isEmpty()) {
        command.add("--jars");
        command.add(String.join(",", jars.stream().map(Path::toString).toList()));
      }
      Path jar = wholeJar ? BuiltFiles.applicationJar() : BuiltFiles.classesJar();
      command.add(jar.toString());
      command.addAll(arguments);
      String name = "driver-" + cluster.applicationCount();
      options.add("-Xmx" + driverHeap);
      options.add("-Dspark-mto.log=" + LoggedProcess.log(name, cluster.folder()));
      List<String> line = wholeJar ? home.javaWithoutNatives(options) : home.java(options);
      line.addAll(command);
      SubmittedApplication application =
          new SubmittedApplication(cluster, cluster.startDriver(name, line));
      cluster.remember(application);
      return application;
    }
  }
}
