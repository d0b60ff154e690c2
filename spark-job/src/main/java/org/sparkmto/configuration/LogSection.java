package org.sparkmto.configuration;

import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code log}, what a run writes down of its steps. */
public record LogSection(int cosinesEvery, int gradientsEvery, boolean tensorboard) {
  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          "log",
          "",
          Option.of(
              "cosines-every",
              Option.count(0),
              10,
              "Every how many steps the cosines of the task gradients go to metrics.jsonl, if the"
                  + " method sees them; 0 means never."),
          Option.of(
              "gradients-every",
              Option.count(0),
              0,
              "Every how many steps norms and cosines of the task gradients go to metrics.jsonl"
                  + " with any method, also with one that does not see them; 0 means never. With"
                  + " one that sees losses alone (ew, uw, dwa ...) they are those at z, and such a"
                  + " step goes through every head once more; with any other, those of the"
                  + " parameters, which it has. Either sends K x K numbers more; the training keeps"
                  + " its bits."),
          Option.of(
              "tensorboard",
              Option.flag(),
              false,
              "Whether losses, weights, rate, speed and evaluations are also written for"
                  + " TensorBoard, into tensorboard/ of the run's directory; the training keeps its"
                  + " bits."));

  static LogSection of(Options options) {
    return new LogSection(
        options.count("cosines-every"),
        options.count("gradients-every"),
        options.flag("tensorboard"));
  }
}
