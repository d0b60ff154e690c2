package org.sparkmto.training;

import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code cluster}: who computes, and how long each waits for the others. */
record ClusterSection(int ranks, int threads, int deadlineSeconds, int maxRestarts) {
  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          "cluster",
          "",
          Option.of(
              "ranks",
              Option.count(0),
              0,
              "Ranks that share every batch; each is one task of Spark. 0 means as many as there"
                  + " are slots."),
          Option.of("threads", Option.count(0), 0, "Threads of a rank; 0 means spark.task.cpus."),
          Option.of(
              "deadline-seconds",
              Option.count(1),
              300,
              "How long a rank waits for its peers or the driver, and the driver for executors that"
                  + " can run all ranks at once, before it gives up."),
          Option.of(
              "max-restarts",
              Option.count(0),
              3,
              "How often a segment is started again from the last checkpoint after a failure."));

  static ClusterSection of(Options options) {
    return new ClusterSection(
        options.count("ranks"),
        options.count("threads"),
        options.count("deadline-seconds"),
        options.count("max-restarts"));
  }
}
