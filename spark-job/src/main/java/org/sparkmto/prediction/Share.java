package org.sparkmto.prediction;

import org.apache.hadoop.conf.Configuration;
import org.sparkmto.network.Replica;

/** What one task of Spark answers for. */
sealed interface Share permits SplitShare, ImageShare {
  /**
   * Begins to read.
   *
   * @param replica the network that is to answer
   * @param size samples of every batch
   */
  InputReader open(Replica replica, int size, Configuration hadoop);
}
