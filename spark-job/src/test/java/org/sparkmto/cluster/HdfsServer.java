package org.sparkmto.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real HDFS, a name node and one data node, in a process of its own. */
public final class HdfsServer implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(1);
  private static final Pattern PORT = Pattern.compile("\"namenode_port\":(\\d+)\\}");

  private final LoggedProcess process;
  private final int port;

  private HdfsServer(LoggedProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts one that keeps its blocks in {@code folder} and is formatted. */
  public static HdfsServer start(Path folder) {
    Path details = folder.resolve("hdfs.json");
    LoggedProcess process =
        LoggedProcess.start(
            "hdfs-server",
            folder,
            Map.of(),
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                BuiltFiles.hdfsServerClassPath(),
                "org.apache.hadoop.test.MiniDFSClusterManager",
                "-format",
                "-datanodes",
                "1",
                "-nnport",
                "0",
                "-D",
                "dfs.replication=1",
                "-D",
                "hdfs.minidfs.basedir=" + folder.resolve("hdfs"),
                "-writeDetails",
                details.toString()));
    Runtime.getRuntime().addShutdownHook(new Thread(process.handle()::destroyForcibly));
    return new HdfsServer(process, port(process, details));
  }

  /** A path in this HDFS, which starts with a slash. */
  public String path(String path) {
    return "hdfs://localhost:" + port + path;
  }

  @Override
  public void close() {
    process.handle().destroyForcibly(); // it would wait for its data node for seconds
    process.waitFor(START);
  }

  /** It writes the file once it serves. */
  private static int port(LoggedProcess process, Path details) {
    long end = System.nanoTime() + START.toNanos();
    while (true) {
      Matcher port = PORT.matcher(read(details));
      if (port.find()) {
        return Integer.parseInt(port.group(1));
      }
      if (!process.handle().isAlive() || System.nanoTime() > end) {
        throw process.failure("has not written " + details);
      }
      LoggedProcess.sleep();
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
