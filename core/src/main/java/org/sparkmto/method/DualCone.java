package org.sparkmto.method;

import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * The directions that conflict with no task, {@code {d : d . g_k >= 0 for all k}}, and the nearest
 * of them to a given combination of the task gradients. With a regularisation the gradients are
 * taken as slightly longer than they are and orthogonal to that extent, as TorchJD does: {@code M}
 * becomes {@code M / trace(M) + regularisation I}. The nearest direction is then unique in its
 * weights, but conflicts with tasks whose gradients are short.
 *
 * @param regularisation 0 for none
 * @param normalisationEpsilon with a regularisation, M counts as 0 where its trace is below this
 */
record DualCone(double regularisation, double normalisationEpsilon) {

  static MethodEntry.Builder options(MethodEntry.Builder entry) {
    return entry
        .option(
            "regularisation",
            Option.notNegative(),
            0.0,
            "added to the diagonal of M / trace(M); above 0 the update may conflict with tasks of"
                + " short gradients")
        .option(
            "normalisation-epsilon",
            Option.notNegative(),
            1e-4,
            "with a regularisation: M counts as zero where its trace is below this")
        .option(
            "weights",
            Option.perTask(),
            "weights of the tasks before the projection; all 1/K if absent");
  }

  static DualCone of(Options options) {
    return new DualCone(options.number("regularisation"), options.number("normalisation-epsilon"));
  }

  Projection of(GradientSystem tasks) {
    if (regularisation == 0) {
      return new Projection(tasks.cosines(), tasks.norms());
    }
    double trace = tasks.gram().diagonal().sum();
    double factor = trace < normalisationEpsilon ? 0 : 1 / Math.sqrt(trace);
    Vector squares = tasks.norms().map(norm -> factor * norm * factor * norm + regularisation);
    Vector lengths = squares.map(Math::sqrt);
    SymmetricMatrix cosines =
        tasks
            .cosines()
            .scaled(tasks.norms().times(factor).dividedBy(lengths))
            .plusDiagonal(squares.map(square -> regularisation / square));
    return new Projection(cosines, lengths);
  }

  /** The projection on the cone of vectors with given cosines and lengths. */
  static final class Projection {
    private final SymmetricMatrix cosines;
    private final Vector lengths;
    private final NonNegativeQuadratic quadratic;
    private double residual;

    private Projection(SymmetricMatrix cosines, Vector lengths) {
      this.cosines = cosines;
      this.lengths = lengths;
      this.quadratic = new NonNegativeQuadratic(cosines);
    }

    /**
     * The weights of the direction in the cone that is nearest to the combination with the given
     * weights. These only grow: {@code w + v} with {@code v >= 0}, {@code M (w + v) >= 0} and
     * {@code v'M (w + v) = 0}.
     */
    Vector of(Vector weights) {
      Vector scaled = weights.times(lengths);
      double unit = scaled.map(Math::abs).max();
      if (unit == 0) {
        return weights;
      }
      Vector b = cosines.times(scaled).dividedBy(-unit);
      Vector added = quadratic.minimum(b);
      residual = Math.max(residual, quadratic.residual(b, added));
      return weights.plus(added.times(unit).dividedBy(lengths));
    }

    /** The largest miss of an optimality condition in all projections so far. */
    double residual() {
      return residual;
    }
  }
}
