package org.sparkmto.cli;

import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.storage.LocalDisk;
import org.sparkmto.training.Cluster;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every sub-command that runs on Spark, and the session they describe. */
final class SparkOptions {
  private static final Logger LOG = LoggerFactory.getLogger(SparkOptions.class);
  private static final String NAME = "spark.app.name";
  private static final String MASTER = "spark.master";
  private static final String JARS = "spark.jars";
  private static final String LOCAL = "local[*]";

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = {
        "Where Spark runs: local[N], spark://HOST:PORT, yarn, k8s://...",
        "Default: what spark-submit was given, else " + LOCAL + "."
      })
  private String master;

  @Mixin private SparkSettings settings = new SparkSettings();

  /**
   * Opens the session; the caller closes it, which stops Spark.
   *
   * @throws ConfigurationException if the settings, wherever they come from, do not fit a group of
   *     ranks or contradict each other
   */
  SparkSession open(String applicationName) {
    return open(applicationName, conf(new SparkConf()));
  }

  /** Opens a session that ranks can train in. */
  SparkSession openForTraining(String applicationName) {
    return openForTraining(applicationName, conf -> {});
  }

  /** Opens a session that ranks can train in, with settings that somebody adds. */
  SparkSession openForTraining(String applicationName, Consumer<SparkConf> more) {
    SparkConf conf = conf(new SparkConf());
    Cluster.prepare(conf);
    more.accept(conf);
    return open(applicationName, conf);
  }

  private static SparkSession open(String applicationName, SparkConf conf) {
    LocalDisk.serveThisMachine(() -> SparkHadoopUtil.get().newConfiguration(conf));
    SparkLog.file().ifPresent(file -> LOG.info("Spark's log: {}", file));
    return SparkSession.builder()
        .config(conf)
        .config(NAME, name(applicationName, conf))
        .getOrCreate();
  }

  /** That of the user, or ours; spark-submit takes the main class if it is given none. */
  static String name(String applicationName, SparkConf conf) {
    String given = conf.get(NAME, Main.class.getName());
    return given.equals(Main.class.getName()) ? applicationName : given;
  }

  /** How Hadoop reaches storages before there is a session, with the same settings as in it. */
  Configuration hadoop() {
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(conf(new SparkConf()));
    LocalDisk.serveThisMachine(() -> hadoop);
    return hadoop;
  }

  /** The checked settings of a session: those that spark-submit left, with the options on top. */
  SparkConf conf(SparkConf given) {
    SparkConf conf = given.clone();
    settings.addTo(conf);
    if (master != null) {
      String other = conf.get(MASTER, master);
      if (!other.equals(master)) {
        throw new ConfigurationException(
            "--master %s contradicts %s=%s, which spark-submit has set; give --master to spark-submit"
                .formatted(master, MASTER, other));
      }
      conf.set(MASTER, master);
    }
    conf.setIfMissing(MASTER, LOCAL);
    boolean submitted = System.getProperty("SPARK_SUBMIT") != null || conf.contains(JARS);
    if (!conf.get(MASTER).matches("local(\\[.*])?") && !submitted) {
      // Nobody but spark-submit would bring the application to the executors.
      conf.set(JARS, applicationJar());
    }
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    ObjectStoreCommitter.choose(conf);
    Cluster.requireFit(conf);
    return conf;
  }

  private static String applicationJar() {
    String place =
        SparkOptions.class.getProtectionDomain().getCodeSource().getLocation().toString();
    if (!place.endsWith(".jar")) {
      throw new ConfigurationException(
          "The classes in %s cannot go to a cluster; run the application jar".formatted(place));
    }
    return place;
  }
}
