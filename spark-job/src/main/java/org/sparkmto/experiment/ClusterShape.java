package org.sparkmto.experiment;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.util.Map;
import org.sparkmto.options.ConfigurationException;

/**
 * A cluster on paper.
 *
 * @param ranks that share a batch
 * @param speed how many times faster a rank computes than the machine that was measured
 * @param memory bytes that a rank may hold outside the Java heap
 * @param bandwidth bytes a second from one rank to others, and back
 * @param latency seconds of a message between ranks
 * @param driver seconds of a question to the driver and its answer
 */
public record ClusterShape(
    int ranks, double speed, double memory, double bandwidth, double latency, double driver) {
  private static final Map<String, Object> USUAL =
      Map.of(
          "ranks", 1,
          "speed", 1.0,
          "memory-gib", 8.0,
          "bandwidth-gbit", 10.0,
          "latency-ms", 0.1,
          "driver-ms", 4.0);

  /** Checks the numbers. */
  public ClusterShape {
    if (ranks < 1 || !(speed > 0 && memory > 0 && bandwidth > 0 && latency >= 0 && driver >= 0)) {
      throw new ConfigurationException(
          "a cluster has at least one rank, and speed, memory and bandwidth above zero");
    }
  }

  /**
   * Reads keys ranks, speed, memory-gib, bandwidth-gbit, latency-ms and driver-ms; those that are
   * not set are 1 rank as fast as the machine that was measured, 8 GiB, 10 Gbit/s, 0.1 ms and 4 ms.
   *
   * @throws ConfigurationException naming the key that is unknown or impossible
   */
  public static ClusterShape of(Config given) {
    for (String key : given.root().keySet()) {
      if (!USUAL.containsKey(key)) {
        throw new ConfigurationException(
            "a cluster has no key '%s'; it has %s"
                .formatted(key, String.join(", ", USUAL.keySet().stream().sorted().toList())));
      }
    }
    Config all = given.withFallback(ConfigFactory.parseMap(USUAL));
    try {
      return new ClusterShape(
          all.getInt("ranks"),
          all.getDouble("speed"),
          all.getDouble("memory-gib") * (1L << 30),
          all.getDouble("bandwidth-gbit") * 1e9 / Byte.SIZE,
          all.getDouble("latency-ms") / 1e3,
          all.getDouble("driver-ms") / 1e3);
    } catch (ConfigException e) {
      throw new ConfigurationException("cluster: " + e.getMessage(), e);
    }
  }

  /** Seconds until all ranks have the sum of so many bytes of each, around a ring. */
  double sum(double bytes) {
    return ranks == 1
        ? 0
        : 2.0 * (ranks - 1) / ranks * bytes / bandwidth + 2 * (ranks - 1) * latency;
  }

  /** Seconds until each rank has its slice of the sum of so many bytes of each, or all slices. */
  double slices(double bytes) {
    return ranks == 1 ? 0 : (double) (ranks - 1) / ranks * bytes / bandwidth + latency;
  }
}
