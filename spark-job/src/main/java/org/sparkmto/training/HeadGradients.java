package org.sparkmto.training;

import org.bytedeco.pytorch.Tensor;
import org.sparkmto.exchange.GradientSum;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.Replica;

/** The gradients of the heads, of which each rank has its batch's part after a backward pass. */
final class HeadGradients {
  private HeadGradients() {}

  /** Weighs the gradients that a backward pass of all heads has left, and sums them over ranks. */
  static void combine(Replica replica, RankGroup group, double[] weights) {
    replica.scaleHeadGradients(weights);
    sum(replica, group).end();
  }

  /** The sum of the heads' gradients over the ranks, which has not begun. */
  static GradientSum sum(Replica replica, RankGroup group) {
    return new GradientSum(
        group, replica.gradient().tensor(), replica.layout().shared(), replica.layout().total());
  }

  /** A vector as long as the heads' part of the gradient; the caller's. */
  static FlatVector zeros(Replica replica) {
    return replica.gradient().zerosBeside(replica.layout().total() - replica.layout().shared());
  }

  /** The heads' part of the gradient, in the caller's scope. */
  static Tensor of(Replica replica) {
    long shared = replica.layout().shared();
    return replica.gradient().tensor().narrow(0, shared, replica.layout().total() - shared);
  }
}
