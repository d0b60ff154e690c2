package org.sparkmto.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.Derivatives;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.network.Cut;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.RepresentationGradients;
import org.sparkmto.network.TaskRows;
import org.sparkmto.timing.StepPhase;

/**
 * Methods that learn weights from a trial step: the gradients of one half of the batch, a step with
 * the weights so far, there the gradient of the target over the other half, or for several targets
 * the gradient of every loss, and inner products. Then the parameters come back and take the step
 * with the new weights.
 */
final class BilevelRoute extends GradientRoute {
  private static final int TRAINED = 0;
  private static final int HELD_OUT = 1;

  private final List<Vector> targets;
  private final boolean weighsHeads;
  private final Set<Integer> frozenHeads;
  private final BatchParts parts;
  private final GradientRows rows;
  private final FlatVector heads;
  private final FlatVector before;

  /**
   * The route.
   *
   * @param targets weights of the held-out losses, in each target
   * @param weighsHeads whether the weights of a step are also those of the heads' gradients
   * @param frozenHeads the heads that no step moves, trial steps neither
   */
  BilevelRoute(
      List<Vector> targets,
      boolean weighsHeads,
      Set<Integer> frozenHeads,
      BatchParts parts,
      Rank rank,
      ParameterUpdate update) {
    super(rank, update);
    this.targets = targets;
    this.weighsHeads = weighsHeads;
    this.frozenHeads = frozenHeads;
    this.parts = parts;
    this.rows = new GradientRows(rank.replica(), rank.group(), targets.size() == 1 ? 1 : 2);
    this.heads = HeadGradients.zeros(rank.replica());
    this.before = rank.replica().parameters().zerosBeside(rank.replica().layout().total());
  }

  @Override
  public void leaveGradient(Batch batch, StepExchange exchange) {
    double rate = update().rate(exchange.step(), exchange.epoch());
    Totals totals;
    try (ForwardPass pass = forward(batch, parts, TRAINED, Cut.AT_REPRESENTATION)) {
      RepresentationGradients gradients = pass.backwardHeads();
      totals = exchange.totals(pass);
      rows.fill(0, gradients, totals.labelled());
    }
    HeadGradients.combine(
        replica(), group(), totals.perLabel(HeadGradients.moving(frozenHeads, rows.tasks())));
    try (PointerScope scope = new PointerScope()) {
      heads.tensor().copy_(HeadGradients.of(replica()));
    }
    if (looksAt(exchange)) {
      SymmetricMatrix products = rows.gram();
      exchange.looked(products.select(IntStream.range(0, rows.tasks()).toArray()));
    }
    StepAnswer.Weights trial = exchange.weights(totals, GradientSummary.none());
    List<Vector> products = productsAfter(trial, batch, exchange, rate);
    leave(
        exchange.weights(
            totals, Derivatives.of(products.stream().map(row -> row.times(-rate)).toList())));
  }

  /** Leaves the weighted gradients of the trained half in the replica's gradient. */
  private void leave(StepAnswer.Weights weights) {
    rows.combine(weights.shared());
    try (PointerScope scope = new PointerScope()) {
      HeadGradients.of(replica()).copy_(heads.tensor());
    }
    replica().scaleHeadGradients(weights.heads().toArray());
  }

  /** The inner products of all task gradients with those of the targets after a trial step. */
  private List<Vector> productsAfter(
      StepAnswer.Weights trial, Batch batch, StepExchange exchange, double rate) {
    leave(trial);
    Tensor parameters = replica().parameters().tensor();
    try (PointerScope scope = new PointerScope()) {
      before.tensor().copy_(parameters);
      parameters.sub_(replica().gradient().tensor(), new Scalar(rate));
    }
    boolean one = targets.size() == 1;
    try (ForwardPass pass =
        forward(batch, parts, HELD_OUT, one ? Cut.NONE : Cut.AT_REPRESENTATION)) {
      if (one) {
        double[] weights = exchange.totals(pass).perLabel(targets.get(0));
        TravellingGradient sum = travelling(true);
        pass.backward(weights, weights, sum.ear());
        sum.end();
      } else {
        RepresentationGradients gradients = pass.backwardHeads();
        Totals totals = exchange.totals(pass);
        rows.fill(1, gradients, totals.labelled());
        HeadGradients.combine(replica(), group(), totals.perLabel(Vector.ones(rows.tasks())));
      }
    }
    try (PointerScope scope = new PointerScope()) {
      parameters.copy_(before.tensor());
    }
    return clock()
        .during(
            StepPhase.GRAM,
            () -> one ? List.of(Vector.of(products())) : productsOfEach(rows.gram()));
  }

  /**
   * The products with each target: of the shared part from those of all rows, of heads, which know
   * one loss each, beside them.
   */
  private List<Vector> productsOfEach(SymmetricMatrix gram) {
    int tasks = rows.tasks();
    Vector ofHeads = Vector.zeros(tasks);
    if (weighsHeads) {
      double[] products = new double[tasks];
      try (PointerScope scope = new PointerScope()) {
        addHeads(products);
      }
      ofHeads = Vector.of(products);
    }
    List<Vector> all = new ArrayList<>();
    for (Vector target : targets) {
      double[] sum = ofHeads.times(target).toArray();
      for (int task = 0; task < tasks; task++) {
        for (int held = 0; held < tasks; held++) {
          sum[task] += target.at(held) * gram.at(task, tasks + held);
        }
      }
      all.add(Vector.of(sum));
    }
    return all;
  }

  private double[] products() {
    try (PointerScope scope = new PointerScope()) {
      FlatVector gradient = replica().gradient();
      Tensor shared = gradient.tensor().narrow(0, rows.start(), rows.length());
      double[] products = TaskRows.products(rows.matrix(), shared);
      group().sum(products);
      if (weighsHeads) {
        addHeads(products);
      }
      return products;
    }
  }

  /** Adds the product of every head's two gradients. */
  private void addHeads(double[] products) {
    for (int task = 0; task < products.length; task++) {
      long from = replica().layout().headOffset(task);
      long length = replica().layout().heads().get(task);
      Tensor trained = heads.tensor().narrow(0, from - replica().layout().shared(), length);
      Tensor heldOut = replica().gradient().tensor().narrow(0, from, length);
      products[task] += TaskRows.products(trained.unsqueeze(0), heldOut)[0];
    }
  }

  /** The gradients of the trained half are what is weighed. */
  @Override
  boolean weighParts(Tensor weighted, StepExchange exchange) {
    weighted.copy_(rows.block(0));
    return super.weighParts(weighted, exchange);
  }

  @Override
  public void close() {
    super.close();
    rows.close();
    heads.close();
    before.close();
  }
}
