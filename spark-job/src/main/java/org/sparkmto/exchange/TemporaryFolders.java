package org.sparkmto.exchange;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.Utils;

/**
 * Temporary folders on the disk of this machine. They lie among those that Spark keeps for the
 * application ({@code SPARK_LOCAL_DIRS} and the like): what a process that is killed leaves there
 * goes at the latest with the application, while in {@code java.io.tmpdir} nobody would remove it.
 */
public final class TemporaryFolders {
  private TemporaryFolders() {}

  /**
   * Makes one, for its owner alone; who asks deletes it.
   *
   * @param prefix its name begins so
   * @throws IOException naming the folder in which it cannot be made
   */
  public static Path create(String prefix) throws IOException {
    SparkEnv spark = SparkEnv.get();
    Path parent =
        Path.of(
            spark == null ? System.getProperty("java.io.tmpdir") : Utils.getLocalDir(spark.conf()));
    try {
      return Files.createTempDirectory(parent, prefix);
    } catch (IOException e) {
      throw new IOException(
          "cannot make a temporary folder in %s: %s".formatted(parent, e.getMessage()), e);
    }
  }
}
