package org.sparkmto.training;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.Replica;
import org.sparkmto.network.SafetensorsReader;
import org.sparkmto.network.WarmTensors;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code start}: the earlier model that the network's weights are taken from. */
record StartSection(String model, Take take) {

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

  private boolean encoderAlone() {
    return take == Take.ENCODER;
  }

  /**
   * Compares the model with the network.
   *
   * @return what is taken of it and what is not, one line each
   * @throws ConfigurationException if there is no such model, or it is damaged or of another
   *     network
   */
  List<String> check(Configuration hadoop, NetworkPlan plan) {
    TrainedModel trained = open(hadoop);
    List<String> said = new ArrayList<>();
    read(
        trained,
        (in, where) -> {
          WarmTensors warm =
              WarmTensors.match(
                  plan, new SafetensorsReader(in, where).tensors(), encoderAlone(), where);
          said.add(
              "starts from %s, step %d, weights %s"
                  .formatted(trained.run(), trained.step(), trained.digest().substring(0, 12)));
          said.add(warm.summary());
          said.add(warm.rest(trained.tasks()));
        });
    return said;
  }

  /** Gives a network what is taken of the model. */
  void read(Configuration hadoop, Replica replica) {
    read(open(hadoop), (in, where) -> replica.weights().readWarm(in, where, encoderAlone()));
  }

  private TrainedModel open(Configuration hadoop) {
    try {
      return TrainedModel.open(model, hadoop);
    } catch (ConfigurationException e) {
      throw new ConfigurationException("start.model: " + e.getMessage(), e);
    }
  }

  private static void read(TrainedModel trained, Checkpoints.Reader reader) {
    try {
      trained.readWeights(reader);
    } catch (ConfigurationException | UncheckedIOException e) {
      throw new ConfigurationException("start.model: " + e.getMessage(), e);
    }
  }
}
