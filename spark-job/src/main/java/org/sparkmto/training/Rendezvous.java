package org.sparkmto.training;

import java.time.Duration;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.BarrierTaskInfo;
import org.sparkmto.exchange.DriverChannel;
import org.sparkmto.exchange.NcclGroup;
import org.sparkmto.exchange.PeerLink;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.SoloGroup;
import org.sparkmto.exchange.Transport;
import org.sparkmto.network.Device;

/** How the tasks of a barrier stage become a group of ranks. */
public final class Rendezvous {
  private Rendezvous() {}

  /**
   * Joins the group of an attempt; returns when all ranks have.
   *
   * @param task of the stage: its partition is the rank
   * @param driver the channel of the attempt
   * @param device where the rank's tensors lie
   * @param gradients as what they travel
   * @param link how ranks reach each other
   */
  public static RankGroup join(
      BarrierTaskContext task,
      DriverChannel driver,
      Device device,
      Duration deadline,
      Transport gradients,
      PeerLink link)
      throws InterruptedException {
    BarrierTaskInfo[] peers = task.getTaskInfos();
    int rank = task.partitionId();
    return peers.length == 1
        ? new SoloGroup()
        : join(host(peers[rank]), rank, peers.length, driver, device, deadline, gradients, link);
  }

  /**
   * The same of two ranks or more, of which this one runs on a host: hosts join, and then GPUs
   * where there are any.
   */
  public static RankGroup join(
      String host,
      int rank,
      int ranks,
      DriverChannel driver,
      Device device,
      Duration deadline,
      Transport gradients,
      PeerLink link)
      throws InterruptedException {
    RankGroup group = link.join(driver, rank, ranks, host, deadline, gradients);
    return device.isCuda() ? NcclGroup.join(driver, group, device, deadline, gradients) : group;
  }

  /** The host of a task, without its port. */
  static String host(BarrierTaskInfo peer) {
    String address = peer.address();
    int port = address.lastIndexOf(':');
    return port < 0 ? address : address.substring(0, port);
  }
}
