package org.sparkmto.exchange;

import java.time.Duration;
import java.util.Optional;

/** By what ranks on CPUs reach each other. */
public enum PeerLink {
  /** Memory that they share where all of them can, which they try, and Gloo otherwise. */
  AUTO,

  /** Gloo: TCP, also within a machine. */
  GLOO;

  /**
   * Joins the group of an attempt; returns when all ranks have. Why they do not share memory, the
   * log of rank 0 has.
   *
   * @param driver the channel of the attempt; ranks of another one cannot join
   * @param address of this rank's own network interface, the only one that it listens on, and only
   *     for Gloo
   * @param deadline of this call as a whole, and later of every single operation
   * @param gradients as what they travel
   * @throws ExchangeException if the others do not join before the deadline, or the attempt is over
   */
  public RankGroup join(
      DriverChannel driver,
      int rank,
      int size,
      String address,
      Duration deadline,
      Transport gradients)
      throws InterruptedException {
    Met met = Met.all(driver, rank, size, deadline);
    if (this == AUTO) {
      Optional<SharedQueues> shared = new SharedJoining(met).join(SharedFile.MEMORY);
      if (shared.isPresent()) {
        return new SharedMemoryGroup(shared.get(), gradients);
      }
    }
    return new Joining(met, address, gradients).join();
  }
}
