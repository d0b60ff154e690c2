package org.sparkmto.step;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkmto.configuration.FactorChoice;
import org.sparkmto.configuration.LookSection;
import org.sparkmto.data.Batch;
import org.sparkmto.exchange.StepAnswer;
import org.sparkmto.method.GradientSummary;
import org.sparkmto.method.IndependentHalves;
import org.sparkmto.method.LeadingDirections;
import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;
import org.sparkmto.network.Cut;
import org.sparkmto.network.FlatVector;
import org.sparkmto.network.ForwardPass;
import org.sparkmto.network.RepresentationGradients;
import org.sparkmto.network.SharedPart;
import org.sparkmto.random.Draws;

/**
 * Gram matrix at the parameters from a look at less than all gradients, see {@link LookSection}:
 * the passes of the look, the weights, and one backward pass of the losses in these weights. What
 * is looked at is the same on any number of ranks, so a look is as exact under data parallelism as
 * everything else.
 */
final class LookRoute extends GradientRoute {
  private final LookSection look;
  private final Draws draws;
  private final BatchParts parts;
  private final LookRows rows;
  private final Cut cut;

  /**
   * A route.
   *
   * @param parts of which a look at samples sees two
   * @param copies of a part that may be in memory at once
   */
  LookRoute(
      LookSection look,
      Draws draws,
      BatchParts parts,
      int copies,
      Rank rank,
      ParameterUpdate update) {
    super(rank, update);
    this.look = look;
    this.draws = draws.of(LookSection.NAME);
    this.parts = parts;
    this.rows = rows(look, copies, rank);
    this.cut = look.sketch().isPresent() || !look.factors() ? Cut.AT_REPRESENTATION : Cut.AT_LAYERS;
  }

  private static LookRows rows(LookSection look, int copies, Rank rank) {
    SharedPart part = look.part(rank.replica().layout());
    int blocks = look.samples().isPresent() ? 2 : 1;
    int each = look.rows(rank.replica().layout().heads().size());
    return look.sketch().isPresent()
        ? new SketchedRows(
            rank.replica(), rank.group(), blocks, each, part, look.sketch().getAsInt())
        : new FactoredRows(
            rank.replica(), rank.group(), FactorChoice.ofLook(each, blocks), part, copies);
  }

  @Override
  public void leaveGradient(Batch batch, StepExchange exchange) {
    rows.begin(draws.at(exchange.step()));
    if (look.samples().isPresent()) {
      SymmetricMatrix seen = ofSamples(batch, exchange);
      leaveWeightedGradient(
          batch,
          exchange,
          (totals, pass) -> exchange.weights(totals, new GradientSummary.Gram(seen)));
      return;
    }
    try (ForwardPass pass = forward(batch, cut, true)) {
      RepresentationGradients gradients = pass.backwardHeads();
      Totals totals =
          look.directions().isPresent()
              ? exchange.totals(pass, gradients.gram())
              : exchange.totals(pass);
      tellLog(gradients, totals.labelled(), exchange);
      SymmetricMatrix seen =
          look.directions().isPresent()
              ? ofDirections(gradients, totals)
              : ofTasks(gradients, totals.labelled());
      StepAnswer.Weights weights = exchange.weights(totals, new GradientSummary.Gram(seen));
      travelling(true)
          .leave(gradients, totals.perLabel(weights.shared()), totals.perLabel(weights.heads()));
    }
  }

  /** For the log all gradients, held against which the look is seen to be near or far. */
  private void tellLog(
      RepresentationGradients gradients, double[] labelled, StepExchange exchange) {
    if (looksAt(exchange)) {
      try (GradientRows all = new GradientRows(replica(), group(), 1)) {
        all.look(0, gradients, labelled);
        exchange.looked(all.gram());
      }
    }
  }

  private SymmetricMatrix ofTasks(RepresentationGradients gradients, double[] labelled) {
    rows.look(0, gradients, labelled);
    return rows.gram();
  }

  private SymmetricMatrix ofDirections(RepresentationGradients gradients, Totals totals) {
    double[] atRepresentation = totals.meanGram().toArray();
    // Directions are found by every rank for itself, from the same bits.
    group().broadcast(atRepresentation);
    int tasks = totals.labelled().length;
    SymmetricMatrix products = SymmetricMatrix.of(tasks, atRepresentation);
    if (!Vector.of(atRepresentation).isFinite()) {
      return products;
    }
    LeadingDirections directions = LeadingDirections.of(products, look.directions().orElseThrow());
    List<double[]> weights = new ArrayList<>();
    for (int direction = 0; direction < directions.count(); direction++) {
      weights.add(totals.perLabel(directions.weights(direction)));
    }
    double[] wanted = new double[look.rows(tasks)];
    Arrays.fill(wanted, 0, directions.count(), 1);
    if (directions.count() > 0) {
      rows.look(0, gradients.mixed(weights), wanted);
    }
    int[] own = new int[directions.count()];
    Arrays.setAll(own, direction -> direction);
    return directions.gram(rows.gram().select(own));
  }

  /** From two parts of the batch, drawn for the step, each of which goes through the network. */
  private SymmetricMatrix ofSamples(Batch batch, StepExchange exchange) {
    int[] drawn = draws.of("samples").at(exchange.step()).permutation(parts.parts());
    Vector[] labelled = new Vector[2];
    try (FlatVector statistics = replica().buffers().zerosBeside(replica().buffers().length())) {
      statistics.copy(replica().buffers());
      for (int half = 0; half < 2; half++) {
        try (ForwardPass pass = forward(batch, parts, drawn[half], cut)) {
          RepresentationGradients gradients = pass.backwardHeads();
          double[] labels = exchange.totals(pass).labelled();
          labelled[half] = Vector.of(labels);
          rows.look(half, gradients, labels);
        }
      }
      replica().buffers().copy(statistics);
    }
    return IndependentHalves.products(rows.gram(), labelled[0], labelled[1]);
  }

  @Override
  public Optional<LookRows.Size> looked() {
    return Optional.of(rows.size());
  }

  @Override
  public void close() {
    super.close();
    rows.close();
  }
}
