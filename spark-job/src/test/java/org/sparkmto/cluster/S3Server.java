package org.sparkmto.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * A real S3 server (S3Proxy) in a process of its own, which checks signatures and keeps its buckets
 * in a folder: a bucket is a directory there.
 */
public final class S3Server implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(1);
  private static final String IDENTITY = "test-access";
  private static final String CREDENTIAL = "test-secret-key";

  private static final String LOG =
      """
      <configuration>
        <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%d %level %logger - %msg%n</pattern></encoder>
        </appender>
        <root level="INFO"><appender-ref ref="out"/></root>
      </configuration>
      """;

  private final LoggedProcess process;
  private final int port;

  private S3Server(LoggedProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts a server whose buckets are the directories in {@code folder/buckets}. */
  public static S3Server start(Path folder, String... buckets) {
    try {
      for (String bucket : buckets) {
        Files.createDirectories(folder.resolve("buckets").resolve(bucket));
      }
      int port = freePort();
      Files.write(
          folder.resolve("s3proxy.conf"),
          List.of(
              "s3proxy.endpoint=http://127.0.0.1:" + port,
              "s3proxy.authorization=aws-v2-or-v4",
              "s3proxy.identity=" + IDENTITY,
              "s3proxy.credential=" + CREDENTIAL,
              "jclouds.provider=filesystem-nio2",
              "jclouds.filesystem.basedir=" + folder.resolve("buckets")));
      // Its usual log of every byte costs more than all the rest.
      Path log = folder.resolve("s3proxy-logback.xml");
      Files.writeString(log, LOG);
      LoggedProcess process =
          LoggedProcess.start(
              "s3-server",
              folder,
              Map.of(),
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Xmx256m",
                  "-Dlogback.configurationFile=" + log,
                  "-cp",
                  BuiltFiles.s3ServerClassPath(),
                  "org.gaul.s3proxy.Main",
                  "--properties",
                  folder.resolve("s3proxy.conf").toString()));
      S3Server server = new S3Server(process, port);
      Runtime.getRuntime().addShutdownHook(new Thread(process.handle()::destroyForcibly));
      process.await(Pattern.compile("Started .*:" + port), START);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What Spark must be told to reach the server. */
  public Map<String, String> settings() {
    return settings(port);
  }

  /** The same as Hadoop alone is told it, beside what it knows already. */
  public Configuration reaching(Configuration known) {
    return reaching(known, port);
  }

  /** The same through something else that hands connections on to it. */
  public Configuration reaching(Configuration known, int port) {
    Configuration hadoop = new Configuration(known);
    settings(port)
        .forEach((key, value) -> hadoop.set(key.substring("spark.hadoop.".length()), value));
    return hadoop;
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** The same through something else that hands connections on to it. */
  public Map<String, String> settings(int port) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("spark.hadoop.fs.s3a.endpoint", "http://127.0.0.1:" + port);
    settings.put("spark.hadoop.fs.s3a.endpoint.region", "us-east-1");
    settings.put("spark.hadoop.fs.s3a.path.style.access", "true");
    settings.put("spark.hadoop.fs.s3a.connection.ssl.enabled", "false");
    settings.put(
        "spark.hadoop.fs.s3a.aws.credentials.provider",
        "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider");
    settings.put("spark.hadoop.fs.s3a.access.key", IDENTITY);
    settings.put("spark.hadoop.fs.s3a.secret.key", CREDENTIAL);
    settings.put("spark.hadoop.fs.s3a.attempts.maximum", "2");
    settings.put("spark.hadoop.fs.s3a.retry.limit", "2");
    return settings;
  }

  /**
   * Ends the server, and the file systems of this process with it: Hadoop keeps them by the names
   * of buckets and not by where they are, so that a later test would ask this server for a bucket
   * of its own.
   *
   * @throws AssertionError if it has ended by itself, with the ends of its logs, which go with the
   *     folder: whoever failed to reach it cannot say why
   */
  @Override
  public void close() {
    try {
      FileSystem.closeAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!process.handle().isAlive()) {
      throw process.failure("has ended before it was asked to");
    }
    process.handle().destroy();
    process.waitFor(START);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
