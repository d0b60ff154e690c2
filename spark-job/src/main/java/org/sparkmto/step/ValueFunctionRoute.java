package org.sparkmto.step;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.LossesAfter;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.ValueFunctionMethod;
import org.sparkmto.method.Vector;
import org.sparkmto.network.Cut;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.RepresentationGradients;
import org.sparkmto.network.TaskRows;

/**
 * Methods of a lower level: the gradients of both halves of the batch and their inner products,
 * some steps down on the first half with the weights so far, its losses there. Then the parameters,
 * and the running statistics, come back and take the step with the new weights.
 */
final class ValueFunctionRoute extends GradientRoute {
  private static final int LOWER = 0;
  private static final int UPPER = 1;

  private final ValueFunctionMethod method;
  private final boolean weighsHeads;
  private final Set<Integer> frozenHeads;
  private final BatchParts parts;
  private final GradientRows rows;
  private final List<FlatVector> heads;
  private final FlatVector parametersBefore;
  private final FlatVector statisticsBefore;

  /**
   * The route.
   *
   * @param weighsHeads whether the heads' gradients are weighed, and so count in inner products
   * @param frozenHeads the heads that no step moves, steps of the lower level neither
   */
  ValueFunctionRoute(
      ValueFunctionMethod method,
      boolean weighsHeads,
      Set<Integer> frozenHeads,
      BatchParts parts,
      Rank rank,
      ParameterUpdate update) {
    super(rank, update);
    this.method = method;
    this.weighsHeads = weighsHeads;
    this.frozenHeads = frozenHeads;
    this.parts = parts;
    this.rows = new GradientRows(rank.replica(), rank.group(), parts.parts());
    this.heads = List.of(HeadGradients.zeros(rank.replica()), HeadGradients.zeros(rank.replica()));
    FlatVector parameters = rank.replica().parameters();
    this.parametersBefore = parameters.zerosBeside(parameters.length());
    FlatVector statistics = rank.replica().buffers();
    this.statisticsBefore = statistics.zerosBeside(statistics.length());
  }

  @Override
  public void leaveGradient(Batch batch, StepExchange exchange) {
    Totals lower = look(LOWER, batch, exchange);
    look(UPPER, batch, exchange);
    GradientSummary.PartGram products =
        new GradientSummary.PartGram(parts.parts(), withHeads(rows.gram()));
    Vector after = lossesAfter(exchange.weights(lower, products), lower, batch, exchange);
    StepAnswer.Weights answer = exchange.weights(lower, new LossesAfter(products, after));
    rows.combine(answer.shared());
    combineHeads(answer);
  }

  /** The gradients of one half of the batch; those of its heads, of all ranks, beside the rows. */
  private Totals look(int part, Batch batch, StepExchange exchange) {
    try (ForwardPass pass = forward(batch, parts, part, Cut.AT_REPRESENTATION)) {
      RepresentationGradients gradients = pass.backwardHeads();
      Totals totals = exchange.totals(pass);
      rows.fill(part, gradients, totals.labelled());
      HeadGradients.combine(
          replica(), group(), totals.perLabel(HeadGradients.moving(frozenHeads, rows.tasks())));
      try (PointerScope scope = new PointerScope()) {
        heads.get(part).tensor().copy_(HeadGradients.of(replica()));
      }
      return totals;
    }
  }

  /** Inner products with those of the heads, each of which knows one loss. */
  private SymmetricMatrix withHeads(SymmetricMatrix ofShared) {
    if (!weighsHeads) {
      return ofShared;
    }
    int tasks = rows.tasks();
    double[] all = ofShared.toArray();
    try (PointerScope scope = new PointerScope()) {
      for (int task = 0; task < tasks; task++) {
        for (int a = 0; a < heads.size(); a++) {
          for (int b = 0; b < heads.size(); b++) {
            all[(a * tasks + task) * ofShared.size() + b * tasks + task] +=
                TaskRows.products(head(a, task).unsqueeze(0), head(b, task))[0];
          }
        }
      }
    }
    return SymmetricMatrix.of(ofShared.size(), all);
  }

  private Tensor head(int part, int task) {
    long from = replica().layout().headOffset(task) - replica().layout().shared();
    return heads.get(part).tensor().narrow(0, from, replica().layout().heads().get(task));
  }

  /** The losses of the first half after the lower level's steps. */
  private Vector lossesAfter(
      StepAnswer.Weights weights, Totals lower, Batch batch, StepExchange exchange) {
    try (PointerScope scope = new PointerScope()) {
      parametersBefore.tensor().copy_(replica().parameters().tensor());
      statisticsBefore.copy(replica().buffers());
      HeadGradients.of(replica()).copy_(heads.get(LOWER).tensor());
    }
    rows.combine(weights.shared());
    replica().scaleHeadGradients(weights.heads().toArray());
    descend();
    Vector ofShared = weights.shared().select(IntStream.range(0, rows.tasks()).toArray());
    Vector ofHeads = weights.heads().times(HeadGradients.moving(frozenHeads, rows.tasks()));
    for (int step = 1; step < method.innerSteps(); step++) {
      try (ForwardPass pass = forward(batch, parts, LOWER, Cut.NONE)) {
        TravellingGradient sum = travelling(true);
        pass.backward(lower.perLabel(ofShared), lower.perLabel(ofHeads), sum.ear());
        sum.end();
      }
      descend();
    }
    double[] after;
    try (ForwardPass pass = forward(batch, parts, LOWER, Cut.NONE)) {
      after = exchange.totals(pass).meanLosses();
    }
    try (PointerScope scope = new PointerScope()) {
      replica().parameters().tensor().copy_(parametersBefore.tensor());
      replica().buffers().copy(statisticsBefore);
    }
    return Vector.of(after);
  }

  private void descend() {
    try (PointerScope scope = new PointerScope()) {
      replica()
          .parameters()
          .tensor()
          .sub_(replica().gradient().tensor(), new Scalar(method.innerRate()));
    }
  }

  /** Heads take both halves in the shares that these have in the shared part. */
  private void combineHeads(StepAnswer.Weights answer) {
    int tasks = rows.tasks();
    try (PointerScope scope = new PointerScope()) {
      Tensor gradient = HeadGradients.of(replica());
      gradient.zero_();
      for (int task = 0; task < tasks; task++) {
        double lower = answer.shared().at(task);
        double upper = answer.shared().at(tasks + task);
        double sum = lower + upper;
        double share = sum > 0 ? lower / sum : 0.5;
        double weight = answer.heads().at(task);
        long from = replica().layout().headOffset(task) - replica().layout().shared();
        Tensor own = gradient.narrow(0, from, replica().layout().heads().get(task));
        own.add_(head(LOWER, task), new Scalar(weight * share));
        own.add_(head(UPPER, task), new Scalar(weight * (1 - share)));
      }
    }
  }

  /** Both halves have weights of their own. */
  @Override
  boolean weighParts(Tensor weighted, StepExchange exchange) {
    rows.weighBlocks(weighted, exchange.sharedWeights());
    return true;
  }

  @Override
  public void close() {
    super.close();
    rows.close();
    heads.forEach(FlatVector::close);
    parametersBefore.close();
    statisticsBefore.close();
  }
}
