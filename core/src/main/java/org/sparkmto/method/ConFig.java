package org.sparkmto.method;

import java.util.List;
import java.util.Optional;
import org.sparkmto.options.Option;

/**
 * ConFIG: the update has the same cosine with every task gradient (or cosines in given ratios), and
 * the length of the sum of the projections of all task gradients on it (Liu, Chu, Thuerey, ICLR
 * 2025, eq. 2-3). With unit gradients u_k as rows of U the direction is {@code pinv(U) r}, in
 * coefficients of unit gradients {@code d = pinv(C) r}.
 *
 * <p>Where the gradients are linearly dependent, the pseudo-inverse answers the cosines that come
 * closest to r; it fails where that direction is zero, as for exactly opposite gradients, or where
 * the sum of the projections on it is not positive, so that the update would turn round.
 *
 * @param ratios r, one per task of the run; ones if absent
 * @param rcond eigenvalues of C below this share of the largest count as zero
 */
record ConFig(Optional<Vector> ratios, double rcond) implements GramMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "config",
              "ConFIG",
              "Liu, Chu, Thuerey, ICLR 2025, eq. 2-3",
              Level.PARAMETERS,
              Level.REPRESENTATION)
          .option(
              "weights",
              Option.perTask(),
              "ratios of the cosines of the update; all equal if absent")
          .option(
              "rcond",
              Option.positive(),
              1e-12,
              "eigenvalues of the cosines below this share count as zero")
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.SCALE_INVARIANT)
          .madeBy(
              options -> new ConFig(PerTask.optional(options, "weights"), options.number("rcond")));

  @Override
  public void requireTasks(List<String> names) {
    PerTask.requireSize("weights", ratios, names.size());
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    Vector r = ratios.map(tasks::select).orElse(Vector.ones(tasks.count()));
    Vector d = tasks.cosines().solve(r, rcond);
    Vector products = tasks.cosines().times(d);
    double square = d.dot(products);
    // The normal equations C (C d - r) = 0 hold also where no direction has the wanted cosines.
    double residual =
        tasks.cosines().times(products.minus(r)).map(Math::abs).max() / r.map(Math::abs).max();
    if (!(square > rcond * r.dot(r))) {
      return TaskWeights.failed("no direction comes near the wanted cosines")
          .withResidual(residual);
    }
    double length = tasks.norms().dot(products) / square;
    if (length <= 0) {
      return TaskWeights.failed("the direction nearest to the wanted cosines loses in total")
          .withResidual(residual);
    }
    return TaskWeights.shared(d.times(length).dividedBy(tasks.norms())).withResidual(residual);
  }
}
