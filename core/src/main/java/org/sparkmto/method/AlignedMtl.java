package org.sparkmto.method;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkmto.options.Option;

/**
 * Aligned-MTL: replaces the task gradients by the nearest system whose principal components all
 * have the same length, and weighs that system (Senushkin et al., "Independent Component Alignment
 * for Multi-Task Learning", CVPR 2023). With {@code M = V L V'} over the kept eigenvalues: {@code w
 * = B p}, {@code B = sqrt(s) V L^(-1/2) V'}.
 *
 * @param scale the common squared length s
 * @param preferences p, one per task of the run; if absent, what the reduction says
 * @param reduction p of equal tasks: ones, or 1/K each as in eq. 1
 * @param tolerance eigenvalues of at most {@code tolerance * K} times the largest are dropped
 */
record AlignedMtl(
    Scale scale, Optional<Vector> preferences, PcGrad.Reduction reduction, double tolerance)
    implements GramMethod {

  AlignedMtl {
    if (preferences.isPresent() && reduction == PcGrad.Reduction.MEAN) {
      throw new IllegalArgumentException(
          "option 'reduction' is for tasks without 'preferences'; leave one of them out");
    }
  }

  /** The common squared length of the aligned components. */
  enum Scale {
    /** The smallest kept eigenvalue, for which the paper proves convergence. */
    MIN {
      @Override
      double of(Vector kept) {
        return kept.at(kept.size() - 1);
      }
    },
    /** The (lower) median of the kept eigenvalues. */
    MEDIAN {
      @Override
      double of(Vector kept) {
        return kept.at(kept.size() / 2);
      }
    },
    /** The mean of the kept eigenvalues, the mean square of the components' lengths. */
    RMSE {
      @Override
      double of(Vector kept) {
        return kept.mean();
      }
    };

    /** The squared length from the kept eigenvalues, largest first. */
    abstract double of(Vector kept);
  }

  /** 2^-23. Published results were computed with it, whatever the precision of the numbers. */
  private static final double FLOAT32_EPSILON = Math.ulp(1f);

  static final MethodEntry ENTRY =
      entry("aligned-mtl", "Aligned-MTL", Level.PARAMETERS, Level.REPRESENTATION);

  static final MethodEntry UPPER_BOUND =
      entry("aligned-mtl-ub", "Aligned-MTL-UB", Level.REPRESENTATION);

  private static MethodEntry entry(String name, String title, Level... levels) {
    return MethodEntry.ofGram(name, title, "Senushkin et al., CVPR 2023", levels)
        .option(
            "scale",
            Option.choice(Scale.class),
            "min",
            "common length of the components: min, median or rmse")
        .option(
            "preferences",
            Option.perTask(),
            "weight of every task in the aligned system; equal if absent")
        .option(
            "reduction",
            Option.choice(PcGrad.Reduction.class),
            "sum",
            "without preferences: sum (all 1, K times the mean of eq. 1, as public code has it) or"
                + " mean (all 1/K)")
        .option(
            "tolerance",
            Option.positive(),
            FLOAT32_EPSILON,
            "components whose squared length is at most this, times the number of tasks, of the"
                + " largest are dropped; the default is float32's epsilon")
        .is(MethodProperty.PERMUTATION_EQUIVARIANT, MethodProperty.CHOSEN_TRADE_OFF)
        .madeBy(
            options ->
                new AlignedMtl(
                    options.choice("scale", Scale.class),
                    PerTask.optional(options, "preferences"),
                    options.choice("reduction", PcGrad.Reduction.class),
                    options.number("tolerance")));
  }

  @Override
  public void requireTasks(List<String> names) {
    PerTask.requireSize("preferences", preferences, names.size());
  }

  @Override
  public double equalWeight(int tasks) {
    return reduction.factor(tasks);
  }

  @Override
  public boolean weighsSingleTask() {
    return true;
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    Vector p =
        preferences
            .map(tasks::select)
            .orElse(Vector.filled(tasks.count(), reduction.factor(tasks.count())));
    return TaskWeights.shared(alignment(tasks.gram()).times(p));
  }

  /** B of the class comment: {@code B G} is the aligned system of the gradients G. */
  SymmetricMatrix alignment(SymmetricMatrix gram) {
    SymmetricMatrix.Eigen eigen = gram.eigen();
    Vector values = eigen.values();
    double cut = tolerance * gram.size() * values.at(0);
    double[] kept = Arrays.stream(values.toArray()).filter(value -> value > cut).toArray();
    double length = Math.sqrt(scale.of(Vector.of(kept)));
    return eigen.map(value -> value > cut ? length / Math.sqrt(value) : 0);
  }
}
