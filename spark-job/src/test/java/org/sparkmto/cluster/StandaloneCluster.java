package org.sparkmto.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Spark standalone cluster: one Master and some Worker processes from the jars of the build, on
 * ports that are free, in a folder of its own. It needs no installed Spark.
 *
 * <pre>{@code
 * try (StandaloneCluster cluster = StandaloneCluster.start(2, 1)) {
 *   SubmittedApplication application =
 *       cluster.application(Main.class.getName()).arguments("train", ...).submit();
 *   application.awaitExecutors(2, Duration.ofMinutes(1)).get(0).destroyForcibly();
 *   assertThat(application.waitFor(Duration.ofMinutes(2))).isZero();
 * }
 * }</pre>
 *
 * <p>After {@link #close()}, and at the latest when the JVM of the test ends, none of its processes
 * is left; the logs stay in the folder.
 */
public final class StandaloneCluster implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration STOP = Duration.ofSeconds(15);
  private static final Duration STOP_BY_FORCE = Duration.ofSeconds(5);

  private final SparkHome home = SparkHome.ofBuild();
  private final Path folder;
  private final LoggedProcess master;
  private final String url;
  private final List<LoggedProcess> workers = new ArrayList<>();
  private final int cores;
  private final List<String> workerOptions;
  private final Machines machines;
  private final List<SubmittedApplication> applications = new ArrayList<>();
  private final Thread atExit = new Thread(this::stop, "stop-cluster");

  private StandaloneCluster(
      Path folder,
      int cores,
      List<String> masterOptions,
      List<String> workerOptions,
      Machines machines) {
    this.machines = machines;
    this.folder = folder;
    this.cores = cores;
    this.workerOptions = workerOptions;
    Runtime.getRuntime().addShutdownHook(atExit);
    this.master =
        daemon(
            "master",
            machines.ofDriver(),
            Stream.concat(Stream.of("-Dspark.master.rest.enabled=false"), masterOptions.stream())
                .toList(),
            List.of("org.apache.spark.deploy.master.Master", "--port", "0"));
    this.url =
        master.await(Pattern.compile("Starting Spark master at (spark://\\S+)"), START).group(1);
  }

  /**
   * Starts a cluster and waits until all of its workers have registered.
   *
   * @param workers how many Worker processes; each gives an application one executor or more
   * @param cores the task slots of each worker, whatever this machine has
   * @param workerOptions system properties of the workers, such as {@code
   *     -Dspark.worker.resource.gpu.amount=1}
   */
  public static StandaloneCluster start(int workers, int cores, String... workerOptions) {
    return start(workers, cores, List.of(), List.of(workerOptions), Machines.one());
  }

  /**
   * Starts a cluster of several machines, with a worker on each.
   *
   * @param options system properties of the master and of the workers
   */
  public static StandaloneCluster startOn(Machines machines, int cores, String... options) {
    return start(machines.count(), cores, List.of(options), List.of(options), machines);
  }

  private static StandaloneCluster start(
      int workers,
      int cores,
      List<String> masterOptions,
      List<String> workerOptions,
      Machines machines) {
    StandaloneCluster cluster =
        new StandaloneCluster(newFolder(), cores, masterOptions, workerOptions, machines);
    try {
      for (int i = 0; i < workers; i++) {
        cluster.startWorker();
      }
      cluster.workers.forEach(StandaloneCluster::awaitRegistered);
      return cluster;
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  /** The address of the master, as {@code --master} takes it. */
  public String url() {
    return url;
  }

  /** Where drivers listen. */
  String driverAddress() {
    return machines.ofDriver().address();
  }

  /** The folder of this cluster; tests may put files into it, which go when the cluster closes. */
  public Path folder() {
    return folder;
  }

  /** An application to submit, with settings that make a test quick and quiet. */
  public SubmittedApplication.Builder application(String mainClass) {
    return new SubmittedApplication.Builder(this, mainClass);
  }

  /** The executors that live now, of all applications. */
  public List<ProcessHandle> executors() {
    return workers.stream().flatMap(worker -> worker.handle().children()).toList();
  }

  /** The workers; ending one ends its executors. */
  public List<ProcessHandle> workers() {
    return workers.stream().map(LoggedProcess::handle).toList();
  }

  /** Every process of this cluster that lives now: master, workers, executors and drivers. */
  public List<ProcessHandle> processes() {
    return Stream.concat(
            Stream.concat(Stream.ofNullable(master), workers.stream()).map(LoggedProcess::handle),
            applications.stream().map(SubmittedApplication::driver))
        .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
        .filter(ProcessHandle::isAlive)
        .toList();
  }

  /** Ends all processes, waits until they are gone, and removes everything but the logs. */
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    stop();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          deleteIfEmpty(path);
        } else if (!isLog(path)) {
          Files.delete(path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot tidy " + folder, e);
    }
  }

  LoggedProcess startDriver(String name, List<String> command) {
    return start(name, machines.ofDriver(), command);
  }

  void remember(SubmittedApplication application) {
    applications.add(application);
  }

  int applicationCount() {
    return applications.size();
  }

  private static void awaitRegistered(LoggedProcess worker) {
    worker.await(Pattern.compile("Successfully registered with master"), START);
  }

  /** Kills a worker and its executors, as where a machine is switched off. */
  public void killWorker(int index) {
    ProcessHandle worker = workers.get(index).handle();
    List<ProcessHandle> executors = worker.children().toList();
    // First, for it would start others.
    worker.destroyForcibly();
    executors.forEach(ProcessHandle::destroyForcibly);
  }

  /** One worker more, as the others. */
  public void addWorker() {
    awaitRegistered(startWorker());
  }

  private LoggedProcess startWorker() {
    int index = workers.size();
    LoggedProcess worker =
        daemon(
            "worker-" + index,
            machines.ofWorker(index),
            workerOptions,
            List.of(
                "org.apache.spark.deploy.worker.Worker",
                "--cores",
                String.valueOf(cores),
                "--memory",
                "16g",
                "--work-dir",
                folder.resolve("work-" + index).toString(),
                url));
    workers.add(worker);
    return worker;
  }

  private LoggedProcess daemon(
      String name, Machines.Machine machine, List<String> options, List<String> command) {
    List<String> withAddress = new ArrayList<>(command);
    withAddress.addAll(1, List.of("--host", machine.address(), "--webui-port", "0"));
    List<String> withHeap = new ArrayList<>(options);
    withHeap.addAll(home.options());
    withHeap.add("-Xmx512m");
    List<String> line = home.java(withHeap);
    line.addAll(withAddress);
    return start(name, machine, line);
  }

  private LoggedProcess start(String name, Machines.Machine machine, List<String> line) {
    Map<String, String> environment = new HashMap<>(home.environment());
    environment.put("SPARK_LOCAL_DIRS", folder.resolve("local").toString());
    environment.put("SPARK_LOCAL_IP", machine.address());
    environment.put("SPARK_LOCAL_HOSTNAME", machine.address());
    return LoggedProcess.start(name, folder, environment, machine.command(line));
  }

  private void stop() {
    List<ProcessHandle> all = processes();
    // A worker that is asked politely ends its executors, also one that is starting just now.
    all.forEach(ProcessHandle::destroy);
    if (!gone(all, STOP)) {
      all.forEach(ProcessHandle::destroyForcibly);
      if (!gone(all, STOP_BY_FORCE)) {
        throw new IllegalStateException("Some of these processes cannot be ended: " + all);
      }
    }
  }

  private static boolean gone(List<ProcessHandle> processes, Duration deadline) {
    CompletableFuture<?>[] exits =
        processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(exits).get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path newFolder() {
    try {
      Path clusters =
          Files.createDirectories(BuiltFiles.applicationJar().resolveSibling("clusters"));
      return Files.createTempDirectory(clusters, "cluster-");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make the folder of a cluster", e);
    }
  }

  private static boolean isLog(Path path) {
    String name = path.getFileName().toString();
    return name.endsWith(".log") || name.equals("stdout") || name.equals("stderr");
  }

  private static void deleteIfEmpty(Path directory) throws IOException {
    try (Stream<Path> content = Files.list(directory)) {
      if (content.findAny().isPresent()) {
        return;
      }
    }
    Files.delete(directory);
  }
}
