package org.sparkmto.training;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.sparkmto.configuration.StartSection;
import org.sparkmto.network.NetworkPlan;
import org.sparkmto.network.Replica;
import org.sparkmto.network.SafetensorsReader;
import org.sparkmto.network.WarmTensors;
import org.sparkmto.options.ConfigurationException;

/** The earlier model that a network's weights are taken from. */
record WarmStart(StartSection start) {

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
                  plan, new SafetensorsReader(in, where).tensors(), start.encoderAlone(), where);
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
    read(open(hadoop), (in, where) -> replica.weights().readWarm(in, where, start.encoderAlone()));
  }

  private TrainedModel open(Configuration hadoop) {
    try {
      return TrainedModel.open(start.model(), hadoop);
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
