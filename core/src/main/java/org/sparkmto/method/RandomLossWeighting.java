package org.sparkmto.method;

import org.sparkmto.options.Option;

/**
 * RLW: weights that are drawn anew every step and sum to 1 (Lin, Ye, Zhang, Tsang, TMLR 2022). A
 * task's draw depends on its number in the run, not on which other tasks are active.
 *
 * @param distribution what is drawn, and how it becomes weights
 */
record RandomLossWeighting(Distribution distribution) implements LossMethod {

  /** Distributions of the weights. */
  enum Distribution {
    /** {@code softmax(z)}, {@code z} standard normal. */
    NORMAL,
    /** {@code softmax(u)}, {@code u} uniform in [0, 1). */
    UNIFORM,
    /** Uniform over all weights that sum to 1: Dirichlet with parameters 1. */
    DIRICHLET,
    /** Weight 1 for one task, each with the same probability: the paper's constrained Bernoulli. */
    BERNOULLI
  }

  static final MethodEntry ENTRY =
      MethodEntry.ofLosses(
              "rlw", "Random loss weighting", "Lin et al., TMLR 2022", MethodInput.NOTHING)
          .option(
              "distribution",
              Option.choice(Distribution.class),
              "normal",
              "of the weights: normal or uniform (through a softmax), dirichlet, or bernoulli (one"
                  + " random task)")
          .is(MethodProperty.NON_NEGATIVE, MethodProperty.RANDOM)
          .madeBy(
              options ->
                  new RandomLossWeighting(options.choice("distribution", Distribution.class)));

  /** Keeps the sum of exponential draws from zero when every u is 0. */
  private static final double SMALLEST = 1e-300;

  @Override
  public double equalWeight(int tasks) {
    return 1.0 / tasks;
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    double[] drawn = new double[tasks.count()];
    for (int k = 0; k < drawn.length; k++) {
      int task = tasks.taskNumber(k);
      drawn[k] =
          distribution == Distribution.NORMAL
              ? tasks.draws().normal(task)
              : tasks.draws().uniform(task);
    }
    return TaskWeights.everywhere(weights(Vector.of(drawn)));
  }

  /** The weights of normal draws for {@link Distribution#NORMAL}, of uniform draws else. */
  Vector weights(Vector drawn) {
    return switch (distribution) {
      case NORMAL, UNIFORM -> drawn.softmax();
      // Exponential draws divided by their sum; from 1 - u, because u may be 0.
      case DIRICHLET -> drawn.map(u -> SMALLEST - Math.log1p(-u)).scaledToSum(1);
      case BERNOULLI -> only(largest(drawn), drawn.size());
    };
  }

  private static int largest(Vector drawn) {
    int largest = 0;
    for (int k = 1; k < drawn.size(); k++) {
      if (drawn.at(k) > drawn.at(largest)) {
        largest = k;
      }
    }
    return largest;
  }

  private static Vector only(int task, int tasks) {
    return Vector.zeros(tasks).replaced(new int[] {task}, Vector.ones(1));
  }
}
