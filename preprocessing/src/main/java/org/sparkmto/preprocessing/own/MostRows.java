package org.sparkmto.preprocessing.own;

import org.sparkmto.preprocessing.PreprocessingException;

/**
 * How many rows the driver lists. It holds identity, paths and labels of every sample, and a plan
 * of their order: half a KiB to one KiB for each beside the labels, so about a million samples for
 * each GiB.
 */
final class MostRows {
  private static final long BYTES_PER_ROW = 1_024;

  private MostRows() {}

  /**
   * Checks a number of rows.
   *
   * @param labelBytes stored bytes of the targets in a row
   * @throws PreprocessingException if they do not fit into this machine's memory
   */
  static void check(long rows, long labelBytes, String table) {
    long memory = Runtime.getRuntime().maxMemory();
    long most = memory / (BYTES_PER_ROW + 2 * labelBytes);
    if (rows > most) {
      throw PreprocessingException.failed(
          table
              + " has more than "
              + most
              + " rows, too many for a driver with "
              + (memory >> 20)
              + " MiB; raise spark.driver.memory: each million takes "
              + ((1_000_000 * (BYTES_PER_ROW + 2 * labelBytes)) >> 20)
              + " MiB");
    }
  }
}
