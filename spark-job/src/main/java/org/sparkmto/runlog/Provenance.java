package org.sparkmto.runlog;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a run was made with: the same in its header and in the manifests of its checkpoints.
 *
 * @param application version of this program
 * @param spark version of Spark
 * @param libtorch version of libtorch
 * @param java version of the Java runtime
 * @param master Spark's master
 * @param ranks how many ranks trained
 * @param threadsPerRank threads that a rank computed with, at least 1
 * @param jars jars of a user's own by their facts, with their digests
 */
public record Provenance(
    String application,
    String spark,
    String libtorch,
    String java,
    String master,
    int ranks,
    int threadsPerRank,
    Map<String, String> jars) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there are no ranks or no threads
   */
  public Provenance {
    if (ranks < 1 || threadsPerRank < 1) {
      throw new IllegalArgumentException(ranks + " ranks of " + threadsPerRank + " threads");
    }
    jars = Map.copyOf(jars);
  }

  /** By name, as files have it. */
  public Map<String, String> facts() {
    Map<String, String> facts = new TreeMap<>(jars);
    facts.put("spark-mto", application);
    facts.put("spark", spark);
    facts.put("libtorch", libtorch);
    facts.put("java", java);
    facts.put("master", master);
    facts.put("ranks", Integer.toString(ranks));
    facts.put("threads per rank", Integer.toString(threadsPerRank));
    return facts;
  }
}
