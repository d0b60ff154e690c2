package org.sparkmto.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.launcher.JavaModuleOptions;
import org.sparkmto.cli.GrowingTable;
import org.sparkmto.cli.Main;

/**
 * The SPARK_HOME of every cluster of a build, and an archive of the classes that Spark loads. All
 * that Spark asks of such a folder are its jars.
 *
 * <p>Half of what a JVM of Spark does until its first task is to read, verify and link classes;
 * with the archive, which the JVM maps, a small job takes 5 seconds of processor time, not 9. A JVM
 * whose class path does not begin with {@link #classPath()} starts without it.
 */
final class SparkHome {
  /** Starting a JVM costs a test more than the code in it, so the second compiler stays off. */
  static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  /** Some 30 seconds of processor time; a machine with much other work took more than 3 minutes. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private static SparkHome home;

  private final Path folder;

  private SparkHome(Path folder) {
    this.folder = folder;
  }

  /** The one of this build; the first test that asks, in whatever JVM, makes it. */
  static synchronized SparkHome ofBuild() {
    if (home == null) {
      Path target = BuiltFiles.applicationJar().toAbsolutePath().getParent();
      SparkHome made = new SparkHome(target.resolve("spark-home"));
      try (FileChannel channel =
              FileChannel.open(
                  target.resolve("spark-home.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        made.fill(lock);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot make " + made.folder, e);
      }
      home = made;
    }
    return home;
  }

  Path folder() {
    return folder;
  }

  /** An empty SPARK_CONF_DIR. */
  Path configuration() {
    return folder.resolve("conf");
  }

  /** What every JVM of a cluster begins its class path with. */
  String classPath() {
    return natives() + ":" + sparkClassPath();
  }

  /** In the order in which Spark puts it together for its executors, who shall find it the same. */
  private String sparkClassPath() {
    Path jars = folder.resolve("jars");
    String logging =
        BuiltFiles.sparkJars().stream()
            .map(jar -> jar.getFileName().toString())
            .filter(name -> name.startsWith("slf4j-api-"))
            .findFirst()
            .orElseThrow();
    return "%s/:%s:%s/*".formatted(configuration(), jars.resolve(logging), jars);
  }

  /** The jars of libtorch's natives, which lie unpacked on the machine, as a class path. */
  static String natives() {
    return BuiltFiles.nativeJars().stream().map(Path::toString).collect(Collectors.joining(":"));
  }

  /** Options of a JVM that starts quickly. */
  List<String> options() {
    List<String> options = new ArrayList<>(QUICK_START);
    options.add("-XX:SharedArchiveFile=" + archive());
    return options;
  }

  /** What Spark wants to find in the environment. */
  Map<String, String> environment() {
    return Map.of(
        "JAVA_HOME",
        System.getProperty("java.home"),
        "SPARK_HOME",
        folder.toString(),
        "SPARK_CONF_DIR",
        configuration().toString(),
        "SPARK_SCALA_VERSION",
        "2.13",
        "SPARK_LOCAL_IP",
        "127.0.0.1",
        "SPARK_LOCAL_HOSTNAME",
        "127.0.0.1",
        "OMP_WAIT_POLICY",
        "PASSIVE");
  }

  /** The command line of a JVM that finds libtorch's natives unpacked, up to its main class. */
  List<String> java(List<String> options) {
    return java(options, classPath());
  }

  /** The same without the natives, which an application that has them brings along. */
  List<String> javaWithoutNatives(List<String> options) {
    return java(options, sparkClassPath());
  }

  private static List<String> java(List<String> options, String classPath) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(Arrays.asList(JavaModuleOptions.defaultModuleOptionArray()));
    line.addAll(options);
    line.add("-cp");
    line.add(classPath);
    return line;
  }

  private Path archive() {
    return folder.resolve("classes.jsa");
  }

  private void fill(FileLock lock) throws IOException {
    if (!lock.isValid() || Files.exists(archive())) {
      return;
    }
    Files.createDirectories(configuration());
    Path jars = Files.createDirectories(folder.resolve("jars"));
    for (Path jar : BuiltFiles.sparkJars()) {
      Path link = jars.resolve(jar.getFileName());
      if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
        link(link, jar);
      }
    }
    Path work = Files.createTempDirectory(folder, "archived-");
    GrowingTable table = new GrowingTable(work.resolve("raw"));
    table.write(12);
    // Under another name until it is whole: it is written while the JVM ends.
    Path partial = folder.resolve("partial.jsa");
    submit(
        work,
        List.of("-XX:ArchiveClassesAtExit=" + partial, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"),
        table.preprocess(work.resolve("shards").toString()));
    Files.move(partial, archive(), StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * The JVM that archives asks the system about every jar for every class: a second name of a file
   * costs a third less of its time than a symbolic link, and cannot lead to another disk.
   */
  private static void link(Path link, Path jar) throws IOException {
    try {
      Files.createLink(link, jar);
    } catch (FileSystemException | UnsupportedOperationException e) {
      Files.createSymbolicLink(link, jar);
    }
  }

  /** Runs a command of the application in a driver that is its own executor. */
  private void submit(Path work, List<String> options, List<String> arguments) {
    List<String> all = new ArrayList<>(QUICK_START);
    all.addAll(options);
    String name = arguments.get(0);
    all.add("-Dspark-mto.log=" + LoggedProcess.log(name, work));
    List<String> command = java(all);
    command.addAll(
        List.of(
            "org.apache.spark.deploy.SparkSubmit",
            "--master",
            "local[1]",
            "--class",
            Main.class.getName(),
            BuiltFiles.classesJar().toString()));
    command.addAll(arguments);
    LoggedProcess process = LoggedProcess.start(name, work, environment(), command);
    int code = process.waitFor(LONG);
    if (code != 0) {
      throw process.failure("ended with " + code);
    }
  }
}
