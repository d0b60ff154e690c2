package org.sparkmto.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.sparkmto.options.ConfigurationException;
import picocli.CommandLine.Option;

/**
 * Settings of Spark on the command line, for sub-commands with a session and for those that only
 * need the way to a storage.
 */
final class SparkSettings {
  @Option(
      names = "--spark-conf",
      paramLabel = "KEY=VALUE",
      description = "A setting of Spark, as --conf of spark-submit. May be repeated.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--properties-file",
      paramLabel = "FILE",
      description = "Settings of Spark, as spark-submit takes them; --spark-conf goes before.")
  private Path file;

  /**
   * Adds these settings to others, which they replace.
   *
   * @throws ConfigurationException if the file cannot be read, or a key is none of Spark's
   */
  void addTo(SparkConf conf) {
    if (file != null) {
      properties(file).forEach((key, value) -> set(conf, file.toString(), key, value));
    }
    settings.forEach((key, value) -> set(conf, "--spark-conf", key, value));
  }

  /** How Hadoop reaches storages without a session of Spark, with the same settings as in one. */
  Configuration hadoop() {
    SparkConf conf = new SparkConf();
    addTo(conf);
    return SparkHadoopUtil.get().newConfiguration(conf);
  }

  private static void set(SparkConf conf, String place, String key, String value) {
    if (!key.startsWith("spark.")) {
      // Without the value, which may be a secret.
      throw new ConfigurationException(
          "%s %s: a setting of Spark starts with 'spark.'".formatted(place, key));
    }
    conf.set(key, value);
  }

  private static Map<String, String> properties(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigurationException(
          "--properties-file %s cannot be read: %s".formatted(file, e), e);
    }
    Map<String, String> settings = new LinkedHashMap<>();
    properties
        .stringPropertyNames()
        .forEach(key -> settings.put(key, properties.getProperty(key).strip()));
    return settings;
  }
}
