package org.sparkmto.step;

import java.util.Arrays;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.method.Vector;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.Replica;

/** The gradients of the heads, of which each rank has its batch's part after a backward pass. */
final class HeadGradients {
  private HeadGradients() {}

  /** Weighs the gradients that a backward pass of all heads has left, and sums them over ranks. */
  static void combine(Replica replica, RankGroup group, double[] weights) {
    replica.scaleHeadGradients(weights);
    new TravellingGradient(replica, group, false).end();
  }

  /** 1 for the heads that move, 0 for the frozen ones. */
  static Vector moving(Set<Integer> frozen, int tasks) {
    double[] moving = new double[tasks];
    Arrays.setAll(moving, task -> frozen.contains(task) ? 0 : 1);
    return Vector.of(moving);
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
