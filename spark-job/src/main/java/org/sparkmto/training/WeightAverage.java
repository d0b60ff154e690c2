package org.sparkmto.training;

import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.Replica;

/**
 * The exponential moving average of a rank's parameters. Every rank has the same parameters and
 * computes the same average, so nothing is exchanged.
 */
final class WeightAverage implements AutoCloseable {
  private final double decay;
  private final FlatVector average;

  private WeightAverage(double decay, long elements) {
    this.decay = decay;
    this.average = FlatVector.zeros(elements);
  }

  /** The average of a network, if one is wanted. */
  static Optional<WeightAverage> of(AverageSection section, Replica replica) {
    return section.decay() == 0
        ? Optional.empty()
        : Optional.of(new WeightAverage(section.decay(), replica.layout().total()));
  }

  /** Begins at the parameters as they are. */
  void begin(Replica replica) {
    try (PointerScope scope = new PointerScope()) {
      average.tensor().copy_(replica.parameters().tensor());
    }
  }

  /** Takes up the parameters after a step. */
  void take(Replica replica) {
    try (PointerScope scope = new PointerScope()) {
      average.tensor().lerp_(replica.parameters().tensor(), new Scalar(1 - decay));
    }
  }

  /** Puts the average in the place of the parameters, and these in its place. */
  void exchange(Replica replica) {
    try (PointerScope scope = new PointerScope()) {
      Tensor kept = average.tensor().clone();
      average.tensor().copy_(replica.parameters().tensor());
      replica.parameters().tensor().copy_(kept);
    }
  }

  @Override
  public void close() {
    average.close();
  }
}
