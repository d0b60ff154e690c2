package org.sparkmto.training;

import java.time.Duration;
import org.apache.spark.BarrierTaskInfo;
import org.sparkmto.exchange.DriverChannel;
import org.sparkmto.exchange.GlooGroup;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.SoloGroup;

/** How the tasks of a barrier stage become a group of ranks. */
final class Rendezvous {
  private Rendezvous() {}

  /**
   * Joins the group of an attempt; returns when all ranks have.
   *
   * @param peers the tasks of the stage, by rank
   * @param driver the channel of the attempt
   */
  static RankGroup join(BarrierTaskInfo[] peers, int rank, DriverChannel driver, Duration deadline)
      throws InterruptedException {
    return peers.length == 1
        ? new SoloGroup()
        : GlooGroup.join(driver, rank, peers.length, host(peers[rank]), deadline);
  }

  /** The host of a task, without its port. */
  static String host(BarrierTaskInfo peer) {
    String address = peer.address();
    int port = address.lastIndexOf(':');
    return port < 0 ? address : address.substring(0, port);
  }
}
