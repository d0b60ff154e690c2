package org.sparkmto.training;

import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code log}: what a run writes down of its steps. */
record LogSection(int cosinesEvery) {
  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          "log",
          "",
          Option.of(
              "cosines-every",
              Option.count(0),
              10,
              "Every how many steps the cosines of the task gradients go to metrics.jsonl, if the"
                  + " method sees them; 0 means never."));

  static LogSection of(Options options) {
    return new LogSection(options.count("cosines-every"));
  }
}
