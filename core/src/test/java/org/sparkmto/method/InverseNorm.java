package org.sparkmto.method;

import org.sparkmto.options.Option;

/** Divides every task gradient by a power of its length: 1 makes all equally long, 0 is the sum. */
record InverseNorm(double power) implements GramMethod {
  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "inverse-norm", "Inverse norms", "the README", Level.REPRESENTATION, Level.PARAMETERS)
          .option(
              "power", Option.number(), 1.0, "power of the length that a gradient is divided by")
          .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
          .madeBy(options -> new InverseNorm(options.number("power")));

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    return TaskWeights.shared(tasks.norms().map(norm -> Math.pow(norm, -power)));
  }
}
