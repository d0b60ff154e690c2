package org.sparkmto.training;

import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.RankGroup;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.network.Cut;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.Replica;

/**
 * Methods that learn weights from a trial step: the gradients of one half of the batch, a step with
 * the weights so far, the gradient of the target over the other half there, and K inner products.
 * Then the parameters come back and take the step with the new weights.
 */
final class BilevelRoute implements GradientRoute {
  static final int PARTS = 2;
  private static final int TRAINED = 0;
  private static final int HELD_OUT = 1;
  private static final double[] NOTHING = {};

  private final double[] target;
  private final boolean weighsHeads;
  private final BatchParts parts;
  private final Replica replica;
  private final RankGroup group;
  private final ParameterUpdate update;
  private final GradientRows rows;
  private final FlatVector heads;
  private final FlatVector before;
  private final float[] left = new float[1 << 13];
  private final float[] right = new float[1 << 13];

  /**
   * The route.
   *
   * @param target weights of the held-out losses
   * @param weighsHeads whether the weights of a step are also those of the heads' gradients
   */
  BilevelRoute(
      double[] target,
      boolean weighsHeads,
      BatchParts parts,
      Replica replica,
      RankGroup group,
      ParameterUpdate update) {
    this.target = target;
    this.weighsHeads = weighsHeads;
    this.parts = parts;
    this.replica = replica;
    this.group = group;
    this.update = update;
    this.rows = new GradientRows(replica, group, 1);
    this.heads = FlatVector.zeros(replica.layout().total() - replica.layout().shared());
    this.before = FlatVector.zeros(replica.layout().total());
  }

  @Override
  public void step(Batch batch, Counsel counsel) {
    double rate = update.rate(counsel.step(), counsel.epoch());
    Totals totals;
    try (ForwardPass pass = replica.forward(parts.of(batch, TRAINED), Cut.AT_REPRESENTATION)) {
      pass.backwardHeads();
      totals = counsel.totals(pass);
      rows.fill(0, pass, totals.labelled());
    }
    double[] ones = new double[rows.tasks()];
    java.util.Arrays.fill(ones, 1);
    HeadGradients.combine(replica, group, totals.perLabel(ones));
    try (PointerScope scope = new PointerScope()) {
      heads.tensor().copy_(HeadGradients.of(replica));
    }
    double[] losses = totals.meanLosses();
    StepAnswer trial = counsel.ask(losses);
    double[] products = productsAfter(trial, batch, counsel, rate);
    for (int task = 0; task < products.length; task++) {
      products[task] *= -rate;
    }
    StepAnswer weights = counsel.ask(1, losses, NOTHING, products, rows.tasks(), 0);
    leave(weights);
    update.apply(replica, counsel.step(), counsel.epoch());
  }

  /** Leaves the weighted gradients of the trained half in the replica's gradient. */
  private void leave(StepAnswer weights) {
    rows.combine(weights.shared());
    try (PointerScope scope = new PointerScope()) {
      HeadGradients.of(replica).copy_(heads.tensor());
    }
    replica.scaleHeadGradients(weights.heads());
  }

  /** The inner products of all task gradients with that of the target after a trial step. */
  private double[] productsAfter(StepAnswer trial, Batch batch, Counsel counsel, double rate) {
    leave(trial);
    Tensor parameters = replica.parameters().tensor();
    try (PointerScope scope = new PointerScope()) {
      before.tensor().copy_(parameters);
      parameters.sub_(replica.gradient().tensor(), new Scalar(rate));
    }
    try (ForwardPass pass = replica.forward(parts.of(batch, HELD_OUT), Cut.NONE)) {
      double[] weights = counsel.totals(pass).perLabel(target);
      pass.backward(weights, weights);
      group.sum(replica.gradient().tensor());
    }
    try (PointerScope scope = new PointerScope()) {
      parameters.copy_(before.tensor());
    }
    double[] products = new double[rows.tasks()];
    for (int task = 0; task < products.length; task++) {
      products[task] = dot(rows.vector(), task * rows.length(), rows.start(), rows.length());
    }
    group.sum(products);
    if (!weighsHeads) {
      return products;
    }
    long shared = replica.layout().shared();
    for (int task = 0; task < products.length; task++) {
      long from = replica.layout().headOffset(task);
      products[task] += dot(heads, from - shared, from, replica.layout().heads().get(task));
    }
    return products;
  }

  /** The inner product, in double, of a piece of a vector and a piece of the gradient. */
  private double dot(FlatVector vector, long at, long inGradient, long length) {
    double sum = 0;
    for (long done = 0; done < length; done += left.length) {
      int count = (int) Math.min(left.length, length - done);
      vector.read(at + done, left, 0, count);
      replica.gradient().read(inGradient + done, right, 0, count);
      for (int i = 0; i < count; i++) {
        sum += (double) left[i] * right[i];
      }
    }
    return sum;
  }

  @Override
  public Map<String, float[]> optimizerState() {
    return update.state();
  }

  @Override
  public void close() {
    rows.close();
    heads.close();
    before.close();
  }
}
