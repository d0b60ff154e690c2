package org.sparkmto.configuration;

import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code start}: the earlier model that the network's weights are taken from. */
public record StartSection(String model, Take take) {

  /** What is taken of it. */
  enum Take {
    ALL,
    ENCODER
  }

  static final String NAME = "start";

  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          NAME,
          "",
          Option.of(
              "model",
              Option.text(),
              "",
              "Directory of a run, or of a model, whose weights the network starts from, on storage"
                  + " that driver and executors share; \"\" starts from random weights. Its"
                  + " encoder must be of the same network and options; its weights are compared"
                  + " with their digest."),
          Option.of(
              "take",
              Option.choice(Take.class),
              Take.ALL,
              "What is taken of start.model: all, that is the encoder and the heads of tasks of the"
                  + " same names and shapes, or the encoder alone."));

  static StartSection of(Options options) {
    return new StartSection(options.text("model"), options.choice("take", Take.class));
  }

  /**
   * Checks that one place alone says what the encoder starts from.
   *
   * @throws ConfigurationException if two do
   */
  void check(NetworkSection network) {
    if (!model.isEmpty() && network.pretrainedFile().isPresent()) {
      throw new ConfigurationException(
          "start.model and network.pretrained both say what the encoder starts from; leave one"
              + " out");
    }
  }

  /** Whether the heads start from random weights. */
  public boolean encoderAlone() {
    return take == Take.ENCODER;
  }
}
