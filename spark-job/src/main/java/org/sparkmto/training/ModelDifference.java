package org.sparkmto.training;

import org.apache.hadoop.conf.Configuration;
import org.sparkmto.configuration.TrainingConfiguration;
import org.sparkmto.data.DatasetDirectory;
import org.sparkmto.data.DatasetManifest;
import org.sparkmto.network.Replica;

/**
 * How far the models of two runs are from each other.
 *
 * @param relative Euclidean length of the difference of the parameters, relative to the length of
 *     the first model's; NaN where a parameter is
 * @param sameBits whether the files of the weights, buffers included, are equal bit by bit
 */
public record ModelDifference(double relative, boolean sameBits) {

  /**
   * Compares the models of two runs of the same network, data set and tasks.
   *
   * @throws org.sparkmto.options.ConfigurationException if one of the runs has left no model
   */
  public static ModelDifference between(
      TrainingConfiguration first, TrainingConfiguration second, Configuration hadoop) {
    float[] left = parameters(first, hadoop);
    float[] right = parameters(second, hadoop);
    if (left.length != right.length) {
      throw new IllegalArgumentException(
          "networks of " + left.length + " and " + right.length + " parameters do not compare");
    }
    double apart = 0;
    double length = 0;
    for (int i = 0; i < left.length; i++) {
      double difference = (double) right[i] - left[i];
      apart += difference * difference;
      length += (double) left[i] * left[i];
    }
    return new ModelDifference(
        apart == 0 ? 0 : Math.sqrt(apart / length),
        digest(first, hadoop).equals(digest(second, hadoop)));
  }

  private static float[] parameters(TrainingConfiguration configuration, Configuration hadoop) {
    TrainedModel model = TrainedModel.open(configuration.runDirectory(), hadoop);
    DatasetManifest data = DatasetDirectory.open(configuration.dataDirectory(), hadoop).manifest();
    try (Replica replica = model.replica(data)) {
      float[] values = new float[Math.toIntExact(replica.parameters().length())];
      replica.parameters().read(0, values, 0, values.length);
      return values;
    }
  }

  private static String digest(TrainingConfiguration configuration, Configuration hadoop) {
    return TrainedModel.open(configuration.runDirectory(), hadoop).digest();
  }
}
