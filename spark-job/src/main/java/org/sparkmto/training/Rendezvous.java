package org.sparkmto.training;

import java.time.Duration;
import org.apache.spark.BarrierTaskInfo;
import org.sparkmto.exchange.DriverChannel;
import org.sparkmto.exchange.GlooGroup;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.SoloGroup;

/** How the tasks of a barrier stage find each other and become a group of ranks. */
final class Rendezvous {
  private Rendezvous() {}

  /**
   * Joins the group of an attempt; returns when all ranks have.
   *
   * @param peers the tasks of the stage, by rank
   * @param driver the channel of the attempt
   * @param attempt its name, used never again
   */
  static RankGroup join(
      BarrierTaskInfo[] peers, int rank, DriverChannel driver, String attempt, Duration deadline)
      throws InterruptedException {
    if (peers.length == 1) {
      return new SoloGroup();
    }
    String own = host(peers[rank]);
    if (rank != 0) {
      return GlooGroup.follow(
          host(peers[0]),
          driver.leaderPort(rank, deadline),
          attempt,
          rank,
          peers.length,
          own,
          deadline);
    }
    try (GlooGroup.Listening listening = GlooGroup.listen(own, deadline)) {
      driver.leaderListens(listening.port(), peers.length, deadline);
      return GlooGroup.lead(listening, attempt, peers.length, own, deadline);
    }
  }

  private static String host(BarrierTaskInfo peer) {
    String address = peer.address();
    int port = address.lastIndexOf(':');
    return port < 0 ? address : address.substring(0, port);
  }
}
