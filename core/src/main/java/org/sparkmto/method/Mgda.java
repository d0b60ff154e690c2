package org.sparkmto.method;

import org.sparkmto.options.Option;

/**
 * MGDA: the shortest vector in the convex hull of the task gradients, {@code min |sum_k w_k g_k|},
 * {@code w >= 0}, {@code sum_k w_k = 1} (Desideri 2012; Sener and Koltun, NeurIPS 2018). Solved
 * exactly, see {@link MinNorm}. Gradients may be normalised before the search; the weights then
 * apply to the gradients as they are, as the authors' code does it.
 *
 * @param normaliser what every gradient is divided by before the search
 */
record Mgda(Normaliser normaliser) implements GramMethod {

  /** What gradients are divided by. */
  enum Normaliser {
    /** 1: the smallest gradients dominate. */
    NONE,
    /** {@code |g_k|}. */
    L2,
    /** {@code L_k}. */
    LOSS,
    /** {@code L_k |g_k|}. */
    LOSS_PLUS;

    Vector of(GradientSystem tasks) {
      return switch (this) {
        case NONE -> Vector.ones(tasks.count());
        case L2 -> tasks.norms();
        case LOSS -> tasks.losses();
        case LOSS_PLUS -> tasks.losses().times(tasks.norms());
      };
    }
  }

  static final MethodEntry ENTRY =
      entry(
          "mgda", "MGDA", "Sener and Koltun, NeurIPS 2018", Level.PARAMETERS, Level.REPRESENTATION);

  static final MethodEntry UPPER_BOUND =
      entry("mgda-ub", "MGDA-UB", "Sener and Koltun, NeurIPS 2018", Level.REPRESENTATION);

  private static MethodEntry entry(String name, String title, String paper, Level... levels) {
    return MethodEntry.ofGram(name, title, paper, levels)
        .option(
            "normaliser",
            Option.choice(Normaliser.class),
            "none",
            "what gradients are divided by: none, l2, loss or loss+")
        .is(
            MethodProperty.PERMUTATION_EQUIVARIANT,
            MethodProperty.NON_CONFLICTING,
            MethodProperty.NON_NEGATIVE)
        .madeBy(options -> new Mgda(options.choice("normaliser", Normaliser.class)));
  }

  /** A solution that misses its optimality conditions by more is not used. */
  private static final double INEXACT = 1e-8;

  @Override
  public double equalWeight(int tasks) {
    return 1.0 / tasks;
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    Vector divisors = normaliser.of(tasks);
    if (divisors.min() <= 0) {
      return TaskWeights.failed("normalising gradients by losses needs positive losses");
    }
    MinNorm shortest = MinNorm.of(tasks.cosines(), tasks.norms().dividedBy(divisors));
    return shortest.residual() <= INEXACT
        ? TaskWeights.shared(shortest.weights()).withResidual(shortest.residual())
        : TaskWeights.failed("the shortest vector of the convex hull was not found")
            .withResidual(shortest.residual());
  }
}
