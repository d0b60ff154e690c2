package org.sparkmto.training;

import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code average}: averages of the weights over steps, in their place where they count. */
record AverageSection(double decay) {
  static final String NAME = "average";

  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          NAME,
          "",
          Option.of(
              "decay",
              Option.fraction(),
              0,
              "Share that the exponential moving average of all parameters keeps at every step, for"
                  + " example 0.999; evaluations and the model use the average. 0 keeps none. It"
                  + " begins at the starting weights; running statistics are the network's."));

  static AverageSection of(Options options) {
    return new AverageSection(options.number("decay"));
  }
}
