package org.sparkmto.configuration;

import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code run}: where it writes, and from which seed it draws. */
record RunSection(String directory, long seed) {
  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          "run",
          "",
          Option.required(
              "directory",
              Option.text(),
              "Where checkpoints, metrics and the trained model go: any path that Hadoop reaches."
                  + " On a cluster it must be storage that the driver and all executors share."),
          Option.of(
              "seed",
              Option.whole(Long.MIN_VALUE, Long.MAX_VALUE),
              1,
              "Of everything random: starting weights, order of samples, draws of the method."));

  static RunSection of(Options options) {
    return new RunSection(options.text("directory"), options.whole("seed"));
  }
}
