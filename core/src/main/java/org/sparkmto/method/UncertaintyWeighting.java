package org.sparkmto.method;

import java.util.List;
import java.util.Set;
import org.sparkmto.naming.Counted;
import org.sparkmto.options.Option;

/**
 * UW: one noise parameter {@code s_k} per task is learned with the network (Kendall, Gal, Cipolla,
 * CVPR 2018). The objective is {@code sum_k c exp(-s_k) L_k + d s_k}, where the noise model says
 * what s, c and d are.
 *
 * @param forms the noise model of every task of the run, or one for all
 * @param init the first value of every {@code s_k}
 */
record UncertaintyWeighting(List<Form> forms, double init) implements LossMethod {

  /** Noise models. */
  enum Form {
    /** Squared errors: {@code L / (2 sigma^2) + log sigma}, {@code s = log sigma^2}. */
    GAUSSIAN(0.5, 0.5),
    /** Absolute errors: {@code L / b + log b}, {@code s = log b}. */
    LAPLACE(1, 1),
    /** Cross entropies: {@code L / sigma^2 + log sigma}, {@code s = log sigma^2}. */
    CLASSIFICATION(1, 0.5);

    private final double factor;
    private final double slope;

    Form(double factor, double slope) {
      this.factor = factor;
      this.slope = slope;
    }
  }

  static final MethodEntry ENTRY =
      MethodEntry.ofLosses(
              "uw", "Uncertainty weighting", "Kendall et al., CVPR 2018", MethodInput.LOSSES)
          .option(
              "form",
              Option.choices(Form.class),
              "gaussian",
              "noise model: gaussian, laplace or classification; or a list with one per task")
          .option(
              "init", Option.number(), 0.0, "first value of the learned s (log of the noise scale)")
          .learns(LearningRule.USUAL)
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(
              options ->
                  new UncertaintyWeighting(
                      options.choices("form", Form.class), options.number("init")));

  private static final String S = "s";

  @Override
  public void requireTasks(List<String> names) {
    if (forms.size() != 1 && forms.size() != names.size()) {
      throw new IllegalArgumentException(
          "option 'form' holds %d noise models, the run has %s"
              .formatted(forms.size(), Counted.of(names.size(), "task")));
    }
  }

  @Override
  public MethodState initialState(int tasks) {
    return MethodState.empty().withPerTask(S, Vector.filled(tasks, init));
  }

  @Override
  public Set<String> learned() {
    return Set.of(S);
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    Vector s = tasks.state().perTask(S);
    double[] weights = new double[tasks.count()];
    double[] gradient = new double[weights.length];
    for (int k = 0; k < weights.length; k++) {
      Form form = forms.get(forms.size() == 1 ? 0 : tasks.taskNumber(k));
      weights[k] = form.factor * Math.exp(-s.at(k));
      gradient[k] = form.slope - weights[k] * tasks.losses().at(k);
    }
    return TaskWeights.everywhere(Vector.of(weights)).learning(S, Vector.of(gradient));
  }
}
