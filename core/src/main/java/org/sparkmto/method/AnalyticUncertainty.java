package org.sparkmto.method;

import java.util.OptionalDouble;
import org.sparkmto.options.Option;

/**
 * UW-O: uncertainty weighting with the noise at its analytic optimum in every step, {@code w_k = 1
 * / L_k} for Laplace noise and {@code 1 / (2 L_k)} for Gaussian noise, losses held constant (Elich,
 * Kirchdorfer et al., "Examining Common Paradigms in Multi-Task Learning", eq. 6-11). With a
 * temperature T the soft variant: {@code softmax(w / T)}. A loss below 1e-8 counts as 1e-8.
 *
 * @param form the noise model
 * @param temperature T of the soft variant; absent: the plain one
 */
record AnalyticUncertainty(Form form, OptionalDouble temperature) implements LossMethod {

  /** Noise models. */
  enum Form {
    /** {@code L / b + log b}, best at {@code b = L}. */
    LAPLACE(1),
    /** {@code L / (2 sigma^2) + log sigma}, best at {@code sigma^2 = L}. */
    GAUSSIAN(0.5);

    private final double factor;

    Form(double factor) {
      this.factor = factor;
    }
  }

  static final MethodEntry ENTRY =
      MethodEntry.ofLosses(
              "uw-o",
              "Optimal uncertainty weighting",
              "Examining Common Paradigms in Multi-Task Learning, eq. 6-11",
              MethodInput.LOSSES)
          .option("form", Option.choice(Form.class), "laplace", "noise model: laplace or gaussian")
          .option(
              "temperature", Option.positive(), "softmax over the inverse losses; off if absent")
          .is(
              MethodProperty.PERMUTATION_EQUIVARIANT,
              MethodProperty.SCALE_INVARIANT,
              MethodProperty.NON_NEGATIVE)
          .madeBy(
              options ->
                  new AnalyticUncertainty(
                      options.choice("form", Form.class), options.optionalNumber("temperature")));

  private static final double SMALLEST_LOSS = 1e-8;

  @Override
  public double equalWeight(int tasks) {
    return temperature.isPresent() ? 1.0 / tasks : 1;
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    Vector weights = tasks.losses().map(loss -> form.factor / Math.max(loss, SMALLEST_LOSS));
    return TaskWeights.everywhere(
        temperature.isPresent() ? weights.dividedBy(temperature.getAsDouble()).softmax() : weights);
  }
}
