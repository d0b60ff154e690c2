package org.sparkmto.exchange;

import java.time.Duration;

/**
 * A rank that has met all others of its attempt at the driver, and is about to join them. From then
 * on they do everything at once, so that nobody waits in a native library, or holds memory, for a
 * rank that never came.
 *
 * @param driver the channel of the attempt
 * @param rank which one this is
 * @param size how many there are
 * @param whole how long all of it may take, the meeting included
 * @param deadline when that is over
 */
record Met(DriverChannel driver, int rank, int size, Duration whole, Deadline deadline) {
  /**
   * Waits for all.
   *
   * @throws ExchangeException if they do not come before the deadline, or the attempt is over
   */
  static Met all(DriverChannel driver, int rank, int size, Duration whole)
      throws InterruptedException {
    Deadline deadline = Deadline.in(whole);
    driver.awaitReady(rank, size, deadline);
    return new Met(driver, rank, size, whole, deadline);
  }
}
