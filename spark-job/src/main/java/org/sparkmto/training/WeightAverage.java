package org.sparkmto.training;

import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.configuration.AverageSection;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.Replica;

/**
 * An average of a rank's parameters over steps. Every rank has the same parameters and computes the
 * same average, so nothing is exchanged; only running statistics, which are each rank's own, must
 * become one before it is used.
 */
abstract sealed class WeightAverage implements AutoCloseable {
  private final FlatVector parameters;
  private final FlatVector statistics;
  private boolean begun;

  private WeightAverage(Replica replica, long statistics) {
    this.parameters = replica.parameters().zerosBeside(replica.layout().total());
    this.statistics = replica.parameters().zerosBeside(statistics);
  }

  /** The average of a network in a run, if one is wanted. */
  static Optional<WeightAverage> of(AverageSection section, RunLength length, Replica replica) {
    if (section.lastEpochs() > 0) {
      return Optional.of(new OfEpochs(section.lastEpochs(), length, replica));
    }
    return section.decay() == 0
        ? Optional.empty()
        : Optional.of(new Exponential(section.decay(), replica));
  }

  /** What a run does with it before its first step. */
  abstract void start(Replica replica);

  /** Takes up the network after a step. */
  abstract void take(Replica replica, long step);

  /** Whether there is something that it is the average of. */
  final boolean hasBegun() {
    return begun;
  }

  /** Averages of running statistics; empty where they are the network's own. */
  final FlatVector statistics() {
    return statistics;
  }

  /** Is what the network is now. */
  final void begin(Replica replica) {
    try (PointerScope scope = new PointerScope()) {
      parameters.tensor().copy_(replica.parameters().tensor());
      if (statistics.length() > 0) {
        statistics.tensor().copy_(replica.buffers().tensor());
      }
    }
    begun = true;
  }

  /** Goes a part of the way from what it is to what the network is. */
  final void approach(Replica replica, double part) {
    try (PointerScope scope = new PointerScope()) {
      parameters.tensor().lerp_(replica.parameters().tensor(), new Scalar(part));
      if (statistics.length() > 0) {
        statistics.tensor().lerp_(replica.buffers().tensor(), new Scalar(part));
      }
    }
  }

  /** Puts the average in the place of the network, and this in its place. */
  final void exchange(Replica replica) {
    exchange(parameters, replica.parameters());
    if (statistics.length() > 0) {
      exchange(statistics, replica.buffers());
    }
  }

  private static void exchange(FlatVector left, FlatVector right) {
    try (PointerScope scope = new PointerScope()) {
      Tensor kept = left.tensor().clone();
      left.tensor().copy_(right.tensor());
      right.tensor().copy_(kept);
    }
  }

  @Override
  public final void close() {
    parameters.close();
    statistics.close();
  }

  /** An exponential moving average over all steps. */
  private static final class Exponential extends WeightAverage {
    private final double decay;

    Exponential(double decay, Replica replica) {
      super(replica, 0);
      this.decay = decay;
    }

    @Override
    void start(Replica replica) {
      begin(replica);
    }

    @Override
    void take(Replica replica, long step) {
      approach(replica, 1 - decay);
    }
  }

  /** The equal average over the ends of the last epochs, running statistics with it. */
  private static final class OfEpochs extends WeightAverage {
    private final long epochs;
    private final RunLength length;

    OfEpochs(long epochs, RunLength length, Replica replica) {
      super(replica, replica.buffers().length());
      this.epochs = epochs;
      this.length = length;
    }

    @Override
    void start(Replica replica) {}

    @Override
    void take(Replica replica, long step) {
      long before = length.epochsBeforeEnd(step + 1);
      if (before < 0 || before >= epochs) {
        return;
      }
      long first = Math.min(epochs - 1, (length.steps() - 1) / length.stepsPerEpoch());
      if (before == first) {
        begin(replica);
      } else {
        approach(replica, 1.0 / (first - before + 1));
      }
    }
  }
}
