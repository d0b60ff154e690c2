package org.sparkmto.method;

import java.util.List;
import org.sparkmto.elementwise.ElementVector;
import org.sparkmto.options.Option;

/**
 * ExcessMTL: tasks that are far from their optimum get larger weights; the excess risk is estimated
 * by {@code e_k = sum_p g_kp^2 / sqrt(S_kp + 1e-7)} with {@code S_kp} the sum of {@code g_kp^2} of
 * all steps so far (He et al., ICML 2024, algorithm 1). Then {@code w_k <- w_k exp(rate e_k /
 * e_k(0))}, scaled to sum K; {@code e_k(0)} is the estimate of the task's first step.
 *
 * @param rate of the exponentiated gradient ascent
 * @param form whether the first estimate is the unit
 */
record ExcessMtl(double rate, Form form) implements ElementMethod {

  /** What the exponent is measured in. */
  enum Form {
    /** The estimate over that of the first step, in which weights stay; weights sum to K. */
    LIBMTL,
    /** The estimate itself in the first step, over it later; weights sum to 1. */
    TORCHJD
  }

  static final MethodEntry ENTRY =
      MethodEntry.ofParameters(
              "excess-mtl", "ExcessMTL", "He et al., ICML 2024, algorithm 1", MethodInput.ELEMENTS)
          .option("rate", Option.positive(), 0.01, "rate of the weights' exponentiated gradient")
          .option(
              "form",
              Option.choice(Form.class),
              "libmtl",
              "libmtl or torchjd, see the documentation of the class")
          .remembers()
          .remembersElements()
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(
              options -> new ExcessMtl(options.number("rate"), options.choice("form", Form.class)));

  private static final String SQUARES = "squares";
  private static final String WEIGHTS = "weights";
  private static final String FIRST = "first";
  private static final double EPSILON = 1e-7;

  @Override
  public MethodState initialState(int tasks) {
    return MethodState.empty()
        .withPerTask(WEIGHTS, Vector.ones(tasks))
        .withPerTask(FIRST, Vector.zeros(tasks));
  }

  @Override
  public double equalWeight(int tasks) {
    return form == Form.LIBMTL ? 1 : 1.0 / tasks;
  }

  @Override
  public List<String> elementState() {
    return List.of(SQUARES);
  }

  @Override
  public <V extends ElementVector<V>> void measure(Elements<V> piece, double[] sums) {
    for (int task = 0; task < piece.tasks(); task++) {
      V square = piece.gradient(task).times(piece.gradient(task));
      V squares = piece.state(SQUARES, task).add(1, square);
      sums[task] += square.divide(squares.root(EPSILON)).sum();
    }
  }

  @Override
  public TaskWeights weigh(StepView tasks, Vector sums) {
    int count = tasks.count();
    double[] first = tasks.state().perTask(FIRST).toArray();
    double[] exponent = new double[count];
    double[] weights = tasks.state().perTask(WEIGHTS).toArray();
    for (int k = 0; k < count; k++) {
      if (first[k] > 0) {
        exponent[k] = rate * sums.at(k) / first[k];
      } else {
        first[k] = sums.at(k);
        exponent[k] = form == Form.LIBMTL ? 0 : rate * sums.at(k);
      }
    }
    // Scaling makes a common shift of the exponents irrelevant, and so overflow avoidable.
    double largest = Vector.of(exponent).max();
    for (int k = 0; k < count; k++) {
      weights[k] *= Math.exp(exponent[k] - largest);
    }
    Vector next = Vector.of(weights).scaledToSum(form == Form.LIBMTL ? count : 1);
    return TaskWeights.everywhere(next)
        .withState(
            MethodState.empty().withPerTask(WEIGHTS, next).withPerTask(FIRST, Vector.of(first)));
  }
}
