package org.sparkmto.configuration;

import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code baselines}: the single-task networks to compare with; empty for none. */
record BaselinesSection(String directory) {
  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          "baselines",
          "",
          Option.of(
              "directory",
              Option.text(),
              "",
              "A store of single-task networks to compare with by Delta_m, which may hold those of"
                  + " many configurations: `train --tasks one` puts them there. A run finds those"
                  + " that were trained as it is, but for method and seed; else the only ones of"
                  + " its network, data, losses and augmentation, as rate and length are tuned for"
                  + " each method. \"\" compares with none."));

  static BaselinesSection of(Options options) {
    return new BaselinesSection(options.text("directory"));
  }
}
