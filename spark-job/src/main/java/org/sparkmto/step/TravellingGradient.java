package org.sparkmto.step;

import org.sparkmto.exchange.GradientSum;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.network.FoundGradient;
import org.sparkmto.network.ParameterLayout;
import org.sparkmto.network.Replica;
import org.sparkmto.network.RepresentationGradients;

/**
 * The one gradient of a step, which a backward pass leaves in the replica: what of it is found is
 * summed over the ranks while the pass goes on.
 */
final class TravellingGradient {
  private final Replica replica;
  private final boolean withEncoder;
  private final boolean alone;
  private final GradientSum sum;

  /**
   * That of a pass that is yet to be made.
   *
   * @param withEncoder whether it is of everything, or of the heads alone
   */
  TravellingGradient(Replica replica, RankGroup group, boolean withEncoder) {
    this.replica = replica;
    this.withEncoder = withEncoder;
    this.alone = group.size() == 1;
    ParameterLayout layout = replica.layout();
    long from = withEncoder ? 0 : layout.shared();
    this.sum = new GradientSum(group, replica.gradient().tensor(), from, layout.total());
  }

  /** Who is to hear of what is found; nobody where it goes nowhere. */
  FoundGradient ear() {
    return alone ? FoundGradient.UNHEARD : sum::found;
  }

  /** Waits until the gradient of all ranks is there. */
  void end() {
    sum.end();
  }

  /**
   * Leaves the weighted gradient of all ranks: weighs that of the heads, which is there and travels
   * while the rest is computed, and goes on from z where the encoder is part of it.
   */
  void leave(RepresentationGradients gradients, double[] shared, double[] heads) {
    replica.scaleHeadGradients(heads);
    if (withEncoder) {
      FoundGradient ear = ear();
      ear.found(replica.layout().shared(), replica.layout().total());
      gradients.backward(shared, ear);
    }
    end();
  }
}
