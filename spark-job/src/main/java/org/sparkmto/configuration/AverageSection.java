package org.sparkmto.configuration;

import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code average}: averages of the weights over steps, in their place where they count. */
public record AverageSection(double decay, long lastEpochs) {
  static final String NAME = "average";
  static final String LAST_EPOCHS = "last-epochs";

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
                  + " begins at the starting weights; running statistics are the network's."),
          Option.of(
              LAST_EPOCHS,
              Option.whole(0, 1L << 31),
              0,
              "Stochastic weight averaging (SWA): evaluations and the model use the equal average"
                  + " of the weights at the end of the run and at so many epochs before it, less"
                  + " one, as soon as it has begun. Running statistics are averaged as the weights"
                  + " are, as by PyTorch's AveragedModel with use_buffers, and not counted anew as"
                  + " by its update_bn. 0 keeps none; with it the length of a run cannot be changed"
                  + " when it is resumed."));

  static AverageSection of(Options options) {
    AverageSection section =
        new AverageSection(options.number("decay"), options.whole(LAST_EPOCHS));
    if (section.decay > 0 && section.lastEpochs > 0) {
      throw new ConfigurationException(
          "average.decay and average.last-epochs are two averages of the weights, and the model can"
              + " be only one; set one of them to 0");
    }
    return section;
  }

  /** Whether there is one. */
  public boolean isKept() {
    return decay > 0 || lastEpochs > 0;
  }
}
