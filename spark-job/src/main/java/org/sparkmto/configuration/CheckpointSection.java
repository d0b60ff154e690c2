package org.sparkmto.configuration;

import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code checkpoint}: how often, and how many are kept. */
public record CheckpointSection(int everySteps, int keep) {
  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          "checkpoint",
          "",
          Option.of(
              "every-steps",
              Option.count(0),
              0,
              "Steps of a segment: after each one a checkpoint is written and the validation split"
                  + " is evaluated. 0 means one epoch."),
          Option.of("keep", Option.count(1), 2, "Newest checkpoints to keep."));

  static CheckpointSection of(Options options) {
    return new CheckpointSection(options.count("every-steps"), options.count("keep"));
  }
}
