package org.sparkmto.cli;

import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/**
 * Where the log of this process goes: what spark-mto says to the screen, with warnings of everybody
 * else, and all that Spark says to a file. A configuration of log4j2 that the user has brought
 * stays as it is, and so does the log of a driver that a cluster starts, whose stderr nobody
 * watches and the cluster collects.
 */
final class SparkLog {
  /** The file; may be set by whoever starts the process. */
  static final String FILE_PROPERTY = "spark-mto.log";

  private static final String OF_SPARK = "/org/apache/spark/log4j2";

  private SparkLog() {}

  /** Applies it to this process; to be called before anything of Spark. */
  static void configure() {
    if (startedByCluster()) {
      return;
    }
    // Spark first: spark-submit makes it forget that it has set up its log, and it would do so
    // again,
    // over ours. Silently, for it would name a configuration that is not in force for long.
    new SparkConf(false).initializeLogIfNecessary(false, true);
    // Under spark-submit, Spark's classes and ours have loaders and so logs of their own.
    for (Class<?> speaker : List.of(SparkContext.class, SparkLog.class)) {
      context(speaker).filter(context -> !broughtByUser(context)).ifPresent(SparkLog::apply);
    }
  }

  private static Optional<LoggerContext> context(Class<?> speaker) {
    return LogManager.getContext(speaker.getClassLoader(), false) instanceof LoggerContext context
        ? Optional.of(context)
        : Optional.empty();
  }

  private static void apply(LoggerContext context) {
    if (System.getProperty(FILE_PROPERTY) == null) {
      System.setProperty(FILE_PROPERTY, file(new File("").getAbsoluteFile()).getPath());
    }
    if (!ours().equals(context.getConfigLocation())) {
      context.setConfigLocation(ours());
    }
  }

  /** The file that the log of Spark goes to, if this class has sent it there. */
  static Optional<String> file() {
    return context(SparkContext.class)
        .filter(context -> ours().equals(context.getConfigLocation()))
        .map(context -> System.getProperty(FILE_PROPERTY));
  }

  /** In the folder where the person is, or among temporary files if it is not theirs to write. */
  static File file(File here) {
    String name =
        "spark-mto-%s-%d.log"
            .formatted(
                DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
                    .format(LocalDateTime.now(ZoneId.systemDefault())),
                ProcessHandle.current().pid());
    File folder = here.canWrite() ? here : new File(System.getProperty("java.io.tmpdir"));
    return new File(folder, name);
  }

  private static URI ours() {
    URL place = SparkLog.class.getResource("log4j2.properties");
    try {
      return place.toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("no URI: " + place, e);
    }
  }

  /** Spark's own defaults are in force under spark-submit when the user has brought nothing. */
  private static boolean broughtByUser(LoggerContext context) {
    return !(context.getConfiguration() instanceof DefaultConfiguration)
        && !String.valueOf(context.getConfigLocation()).contains(OF_SPARK);
  }

  private static boolean startedByCluster() {
    return "cluster".equals(System.getProperty("spark.submit.deployMode"))
        || Boolean.getBoolean("spark.kubernetes.submitInDriver");
  }
}
