package org.sparkmto.preprocessing.own;

import org.sparkmto.preprocessing.PreprocessingException;

/**
 * How many rows the driver lists. It holds identity, path and labels of every sample, and a plan of
 * their order: half a KiB to one KiB for each, a million samples for each GiB.
 */
final class MostRows {
  private static final long BYTES_PER_ROW = 1_024;

  private MostRows() {}

  /**
   * Checks a number of rows.
   *
   * @throws PreprocessingException if they do not fit into this machine's memory
   */
  static void check(long rows, String table) {
    long memory = Runtime.getRuntime().maxMemory();
    if (rows > memory / BYTES_PER_ROW) {
      throw PreprocessingException.failed(
          table
              + " has more than "
              + memory / BYTES_PER_ROW
              + " rows, too many for a driver with "
              + (memory >> 20)
              + " MiB; raise spark.driver.memory by 1 GiB for each million");
    }
  }
}
