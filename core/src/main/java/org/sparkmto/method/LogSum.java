package org.sparkmto.method;

import java.util.List;
import java.util.Optional;
import org.sparkmto.options.Option;

/**
 * Descends the logarithms of the losses, {@code sum_k w_k log L_k}, so that a loss counts by how
 * much of it is left: the weight is {@code w_k / L_k} (the scale-invariant baseline of Navon et
 * al., ICML 2022). The other form, {@code sum_k w_k log(1 + L_k)}, is bounded where a loss
 * vanishes, but not indifferent to scale. Below a logarithm 1e-8 is the smallest number.
 *
 * @param form which logarithm
 * @param weights {@code w}, one per task of the run; ones if absent
 */
record LogSum(Form form, Optional<Vector> weights) implements LossMethod {

  /** Logarithms. */
  enum Form {
    /** {@code log L}. */
    LOG(0),
    /** {@code log(1 + L)}. */
    LOG1P(1);

    private final double shift;

    Form(double shift) {
      this.shift = shift;
    }
  }

  static final MethodEntry ENTRY =
      MethodEntry.ofLosses(
              "log-sum",
              "Sum of log losses",
              "scale-invariant baseline of Navon et al., ICML 2022",
              MethodInput.LOSSES)
          .option(
              "form",
              Option.choice(Form.class),
              "log",
              "log: of the loss; log1p: of one plus the loss")
          .option(
              "weights",
              Option.perTask(),
              "preset weight of every task's logarithm; all 1 if absent")
          .is(
              MethodProperty.PERMUTATION_EQUIVARIANT,
              MethodProperty.SCALE_INVARIANT,
              MethodProperty.NON_NEGATIVE)
          .madeBy(
              options ->
                  new LogSum(
                      options.choice("form", Form.class), PerTask.optional(options, "weights")));

  private static final double SMALLEST = 1e-8;

  @Override
  public void requireTasks(List<String> names) {
    PerTask.requireSize("weights", weights, names.size());
  }

  @Override
  public TaskWeights weigh(StepView tasks) {
    Vector preset = weights.map(tasks::select).orElse(Vector.ones(tasks.count()));
    return TaskWeights.everywhere(
        preset.dividedBy(tasks.losses().map(loss -> Math.max(form.shift + loss, SMALLEST))));
  }
}
