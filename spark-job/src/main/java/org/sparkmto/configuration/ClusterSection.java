package org.sparkmto.configuration;

import org.sparkmto.exchange.PeerLink;
import org.sparkmto.exchange.Transport;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code cluster}: who computes, and how long each waits for the others. */
public record ClusterSection(
    int ranks,
    int minRanks,
    DeviceChoice device,
    boolean deterministic,
    boolean shardOptimizer,
    Transport transport,
    PeerLink peers,
    int threads,
    int deadlineSeconds,
    int maxRestarts) {
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
          Option.of(
              "min-ranks",
              Option.count(0),
              0,
              "With how many ranks a run begins, or goes on from its last checkpoint, where the"
                  + " cluster has no room for all of cluster.ranks; at the next checkpoint it takes"
                  + " as many more as there is room for. 0 means no fewer than cluster.ranks."),
          Option.of(
              "device",
              Option.choice(DeviceChoice.class),
              DeviceChoice.AUTO,
              "Where ranks compute. auto: on a GPU each where Spark was asked for GPUs"
                  + " (spark.executor.resource.gpu.amount) and libtorch can use those that it has"
                  + " assigned, else on the CPU, with a line that says why; cuda: on a GPU each, or"
                  + " not at all; cpu: on the CPU, and no GPU is asked for."),
          Option.of(
              "deterministic",
              Option.flag(),
              true,
              "Whether GPUs make the same bits every time. false lets cuDNN try at the first batch"
                  + " which of its algorithms are fastest, and add in any order (PyTorch's"
                  + " cudnn.benchmark): a run or its resumption then ends elsewhere by rounding."
                  + " CPUs make the same bits in any case."),
          Option.of(
              "shard-optimizer",
              Option.flag(),
              false,
              "Whether a rank keeps the optimiser's state of its slice of the parameters only"
                  + " (stage 1 of ZeRO): it updates that slice, and all slices go round. The same"
                  + " bits for 1/N of that memory on N ranks, and P numbers more to send in a step."
                  + " A run may be resumed with the other value and with any number of ranks."),
          Option.of(
              "transport",
              Option.choice(Transport.class),
              Transport.FLOAT32,
              "As what gradients travel between ranks. float32: as they are; bf16: rounded to"
                  + " bfloat16, for half of the bytes. They are added up in float32, in the order"
                  + " of ranks, and all ranks have the same bits; a travelling number is off by at"
                  + " most 2^-8 of itself, and so is the sum that all get. Losses, inner products,"
                  + " parameters and the optimiser's state travel as they are."),
          Option.of(
              "peers",
              Option.choice(PeerLink.class),
              PeerLink.AUTO,
              "How ranks on CPUs reach each other. auto: in memory that they share if all of them"
                  + " are on one machine and find that they see it, else by Gloo, with a line in"
                  + " the log of rank 0 that says why; gloo: by Gloo, which is TCP, also within a"
                  + " machine. The sums of gradients are the same bits."),
          Option.of(
              "threads",
              Option.count(0),
              0,
              "Threads of a rank; 0 means spark.task.cpus, or, with GPUs of Spark, the cores of an"
                  + " executor divided by its GPUs."),
          Option.of(
              "deadline-seconds",
              Option.count(1),
              300,
              "How long a rank waits for its peers or the driver, and the driver for executors that"
                  + " can run all ranks at once, before it gives up or, with cluster.min-ranks,"
                  + " goes on with fewer."),
          Option.of(
              "max-restarts",
              Option.count(0),
              3,
              "How often a segment is started again from the last checkpoint after a failure."));

  static ClusterSection of(Options options) {
    int ranks = options.count("ranks");
    int least = options.count("min-ranks");
    if (ranks > 0 && least > ranks) {
      throw new ConfigurationException(
          "cluster.min-ranks = %d is more than cluster.ranks = %d; set it to %d or less"
              .formatted(least, ranks, ranks));
    }
    return new ClusterSection(
        ranks,
        least,
        options.choice("device", DeviceChoice.class),
        options.flag("deterministic"),
        options.flag("shard-optimizer"),
        options.choice("transport", Transport.class),
        options.choice("peers", PeerLink.class),
        options.count("threads"),
        options.count("deadline-seconds"),
        options.count("max-restarts"));
  }
}
