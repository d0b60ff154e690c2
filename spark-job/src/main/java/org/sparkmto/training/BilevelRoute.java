package org.sparkmto.training;

import java.util.Arrays;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.Vector;
import org.sparkmto.network.Cut;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.RepresentationGradients;
import org.sparkmto.network.TaskRows;
import org.sparkmto.timing.StepPhase;

/**
 * Methods that learn weights from a trial step: the gradients of one half of the batch, a step with
 * the weights so far, the gradient of the target over the other half there, and K inner products.
 * Then the parameters come back and take the step with the new weights.
 */
final class BilevelRoute extends GradientRoute {
  private static final int TRAINED = 0;
  private static final int HELD_OUT = 1;

  private final Vector target;
  private final boolean weighsHeads;
  private final Set<Integer> frozenHeads;
  private final BatchParts parts;
  private final GradientRows rows;
  private final FlatVector heads;
  private final FlatVector before;

  /**
   * The route.
   *
   * @param target weights of the held-out losses
   * @param weighsHeads whether the weights of a step are also those of the heads' gradients
   * @param frozenHeads the heads that no step moves, trial steps neither
   */
  BilevelRoute(
      Vector target,
      boolean weighsHeads,
      Set<Integer> frozenHeads,
      BatchParts parts,
      Rank rank,
      ParameterUpdate update) {
    super(rank, update);
    this.target = target;
    this.weighsHeads = weighsHeads;
    this.frozenHeads = frozenHeads;
    this.parts = parts;
    this.rows = new GradientRows(rank.replica(), rank.group(), 1);
    this.heads = HeadGradients.zeros(rank.replica());
    this.before = rank.replica().parameters().zerosBeside(rank.replica().layout().total());
  }

  @Override
  void leaveGradient(Batch batch, StepExchange exchange) {
    double rate = update().rate(exchange.step(), exchange.epoch());
    Totals totals;
    try (ForwardPass pass = forward(batch, parts, TRAINED, Cut.AT_REPRESENTATION)) {
      RepresentationGradients gradients = pass.backwardHeads();
      totals = exchange.totals(pass);
      rows.fill(0, gradients, totals.labelled());
    }
    HeadGradients.combine(replica(), group(), totals.perLabel(moving()));
    try (PointerScope scope = new PointerScope()) {
      heads.tensor().copy_(HeadGradients.of(replica()));
    }
    if (looksAt(exchange)) {
      exchange.looked(rows.gram());
    }
    StepAnswer.Weights trial = exchange.weights(totals, GradientSummary.none());
    Vector products = Vector.of(productsAfter(trial, batch, exchange, rate));
    leave(exchange.weights(totals, new GradientSummary.Derivatives(products.times(-rate))));
  }

  /** 1 for the heads that move, 0 for the others. */
  private Vector moving() {
    double[] moving = new double[rows.tasks()];
    Arrays.setAll(moving, task -> frozenHeads.contains(task) ? 0 : 1);
    return Vector.of(moving);
  }

  /** Leaves the weighted gradients of the trained half in the replica's gradient. */
  private void leave(StepAnswer.Weights weights) {
    rows.combine(weights.shared());
    try (PointerScope scope = new PointerScope()) {
      HeadGradients.of(replica()).copy_(heads.tensor());
    }
    replica().scaleHeadGradients(weights.heads().toArray());
  }

  /** The inner products of all task gradients with that of the target after a trial step. */
  private double[] productsAfter(
      StepAnswer.Weights trial, Batch batch, StepExchange exchange, double rate) {
    leave(trial);
    Tensor parameters = replica().parameters().tensor();
    try (PointerScope scope = new PointerScope()) {
      before.tensor().copy_(parameters);
      parameters.sub_(replica().gradient().tensor(), new Scalar(rate));
    }
    try (ForwardPass pass = forward(batch, parts, HELD_OUT, Cut.NONE)) {
      double[] weights = exchange.totals(pass).perLabel(target);
      group().sum(pass.backward(weights, weights).tensor());
    }
    try (PointerScope scope = new PointerScope()) {
      parameters.copy_(before.tensor());
    }
    return clock().during(StepPhase.GRAM, this::products);
  }

  private double[] products() {
    try (PointerScope scope = new PointerScope()) {
      FlatVector gradient = replica().gradient();
      Tensor shared = gradient.tensor().narrow(0, rows.start(), rows.length());
      double[] products = TaskRows.products(rows.matrix(), shared);
      group().sum(products);
      for (int task = 0; weighsHeads && task < products.length; task++) {
        long from = replica().layout().headOffset(task);
        long length = replica().layout().heads().get(task);
        Tensor trained = heads.tensor().narrow(0, from - replica().layout().shared(), length);
        Tensor heldOut = gradient.tensor().narrow(0, from, length);
        products[task] += TaskRows.products(trained.unsqueeze(0), heldOut)[0];
      }
      return products;
    }
  }

  @Override
  public void close() {
    super.close();
    rows.close();
    heads.close();
    before.close();
  }
}
