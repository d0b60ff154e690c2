package org.sparkmto.cli;

import java.io.File;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.sparkmto.storage.Causes;

/**
 * What to do where a failure says that a disk is full: the kernel names no directory, and that of
 * temporary files is the one that nobody thinks of.
 */
final class FullDisk {
  private static final List<String> WORDS =
      List.of(
          "No space left on device",
          "Disk quota exceeded",
          "Failed to create a temp directory", // Spark, which does not say why
          "Failed to create local dir");

  /** With less room than this a temporary directory is suspected. */
  private static final long LITTLE = 64L << 20;

  private FullDisk() {}

  /** A line about the temporary directories of this machine, if a failure is of a full disk. */
  static Optional<String> advice(Throwable failure) {
    return advice(failure, System::getenv, path -> new File(path).getUsableSpace());
  }

  /** The free bytes of the disk of a directory. */
  interface Room {
    long free(String directory);
  }

  static Optional<String> advice(Throwable failure, UnaryOperator<String> environment, Room room) {
    boolean full =
        Causes.of(failure).stream()
            .map(cause -> String.valueOf(cause.getMessage()))
            .anyMatch(message -> WORDS.stream().anyMatch(message::contains));
    if (!full) {
      return Optional.empty();
    }
    Map<String, String> directories = directories(environment);
    List<String> small =
        directories.keySet().stream().filter(path -> room.free(path) < LITTLE).toList();
    String where =
        directories.entrySet().stream()
            .map(
                entry ->
                    String.format(
                        Locale.ROOT,
                        "%s (%s, %,d MiB free)",
                        entry.getKey(),
                        entry.getValue(),
                        room.free(entry.getKey()) >> 20))
            .collect(Collectors.joining(" and "));
    return Optional.of(
        String.format(
            Locale.ROOT,
            "a disk is full%s. Temporary files are in %s; a larger place for those of Spark is set"
                + " by SPARK_LOCAL_DIRS=DIR, for others by JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=DIR,"
                + " on every machine",
            small.isEmpty() ? "" : ": that of " + String.join(", ", small),
            where));
  }

  /** By directory, who keeps temporary files there. */
  private static Map<String, String> directories(UnaryOperator<String> environment) {
    String temporary = System.getProperty("java.io.tmpdir");
    Map<String, String> directories = new LinkedHashMap<>();
    String ofSpark =
        Optional.ofNullable(environment.apply("SPARK_LOCAL_DIRS"))
            .orElse(System.getProperty("spark.local.dir", temporary));
    for (String directory : ofSpark.split(",", -1)) {
      directories.put(directory.strip(), "Spark's");
    }
    directories.merge(temporary, "java.io.tmpdir", (one, other) -> one + " and " + other);
    return directories;
  }
}
