package com.example.mto;

import java.util.Arrays;
import java.util.List;
import org.sparkmto.method.GradientSystem;
import org.sparkmto.method.GramMethod;
import org.sparkmto.method.Level;
import org.sparkmto.method.MethodEntry;
import org.sparkmto.method.MethodProperty;
import org.sparkmto.method.MethodProvider;
import org.sparkmto.method.TaskWeights;
import org.sparkmto.method.Vector;
import org.sparkmto.options.Option;

/** A method: what of a step it must see is its type, here the tasks' inner products. */
public final class ExampleMethods implements MethodProvider {

  /** Gives all task gradients the length of the one in the middle, within a limit. */
  record MedianNorm(double limit) implements GramMethod {
    @Override
    public TaskWeights weigh(GradientSystem tasks) {
      double middle = median(tasks.norms());
      return TaskWeights.shared(
          tasks.norms().map(norm -> Math.max(1 / limit, Math.min(limit, middle / norm))));
    }

    private static double median(Vector norms) {
      double[] sorted = norms.toArray();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }
  }

  @Override
  public List<MethodEntry> entries() {
    return List.of(
        MethodEntry.ofGram(
                "median-norm",
                "Lengths of the median",
                "this example",
                Level.REPRESENTATION,
                Level.PARAMETERS)
            .option("limit", Option.number(), 10.0, "largest weight; its inverse is the smallest")
            .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.NON_NEGATIVE)
            .madeBy(options -> new MedianNorm(options.number("limit"))));
  }
}
