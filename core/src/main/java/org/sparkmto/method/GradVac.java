package org.sparkmto.method;

import org.sparkmto.options.Option;

/**
 * Gradient Vaccine: every task gradient is turned towards each other task's gradient until their
 * cosine reaches a target, the others visited in random order; the results are summed (Wang et al.,
 * ICLR 2021, eq. 2-3). The target of a pair is the moving average of the cosines met; it starts at
 * 0, where the first step is that of {@link PcGrad}. Cosines are of the already changed gradient
 * with the other's original one, so the targets of (i, j) and (j, i) differ.
 *
 * <p>With {@code g_i' = |g_i| sum_j c_j g_j / |g_j|} everything follows from the cosines: {@code C
 * c} is kept while c changes, which makes a visit cost K operations.
 *
 * @param beta the share of the newest cosine in the moving average
 * @param update when the average moves
 * @param epsilon added to both denominators
 */
record GradVac(double beta, Update update, double epsilon) implements GramMethod {

  /** When the target of a pair moves. */
  enum Update {
    /** At every visit, as in the paper. */
    ALWAYS,
    /** Only when the gradient was turned: a target then never rises above its start. */
    MODIFIED
  }

  /** What is weighed together. */
  private enum Per {
    MODEL {
      @Override
      Method of(GradVac method) {
        return method;
      }
    },
    LAYER {
      @Override
      Method of(GradVac method) {
        return new LayerwiseMethod(method, LayerwiseMethod.Groups.LAYER);
      }
    },
    TENSOR {
      @Override
      Method of(GradVac method) {
        return new LayerwiseMethod(method, LayerwiseMethod.Groups.TENSOR);
      }
    };

    abstract Method of(GradVac method);
  }

  static final MethodEntry ENTRY =
      MethodEntry.ofGram(
              "gradvac",
              "GradVac",
              "Wang et al., ICLR 2021, eq. 2-3",
              Level.PARAMETERS,
              Level.REPRESENTATION)
          .option(
              "beta",
              Option.fraction(),
              0.01,
              "share of the newest cosine in the target, in [0, 1)")
          .option(
              "update",
              Option.choice(Update.class),
              "always",
              "when a pair's target moves: always or modified")
          .option("epsilon", Option.notNegative(), 0.0, "added to the denominators")
          .option(
              "per",
              Option.choice(Per.class),
              "model",
              "what is weighed together: the whole model, each layer or each tensor by itself;"
                  + " layer and tensor need level = parameters")
          .remembers()
          .is(MethodProperty.NON_NEGATIVE, MethodProperty.RANDOM)
          .madeBy(
              options ->
                  options
                      .choice("per", Per.class)
                      .of(
                          new GradVac(
                              options.number("beta"),
                              options.choice("update", Update.class),
                              options.number("epsilon"))));

  private static final String TARGET = "target";

  /**
   * The largest target. To reach a cosine of 1 takes an infinite weight, and the target of parallel
   * gradients grows towards 1 until it rounds to it.
   */
  private static final double LARGEST_TARGET = 1 - 1e-6;

  @Override
  public MethodState initialState(int tasks) {
    return MethodState.empty().withPerPair(TARGET, Matrix.filled(tasks, 0));
  }

  @Override
  public TaskWeights weigh(GradientSystem tasks) {
    int count = tasks.count();
    Vector norms = tasks.norms();
    double[] target = tasks.state().perPair(TARGET).toArray();
    double[] weights = new double[count];
    for (int i = 0; i < count; i++) {
      double[] c = new double[count];
      double[] products = tasks.cosines().row(i);
      c[i] = 1;
      for (int j : tasks.draws().at(tasks.taskNumber(i)).permutation(count)) {
        if (j == i) {
          continue;
        }
        int pair = i * count + j;
        double length = length(c, products);
        double cosine = cosine(length, products[j], norms.at(i) * norms.at(j));
        double added = turn(length, cosine, target[pair], norms.at(j));
        if (added > 0) {
          c[j] += added;
          tasks.cosines().addRow(j, added, products);
        }
        if (update == Update.ALWAYS || cosine < target[pair]) {
          target[pair] = (1 - beta) * target[pair] + beta * cosine;
        }
      }
      for (int j = 0; j < count; j++) {
        weights[j] += c[j] * norms.at(i) / norms.at(j);
      }
    }
    return TaskWeights.shared(Vector.of(weights))
        .withState(tasks.state().withPerPair(TARGET, Matrix.of(count, target)));
  }

  /** {@code |g_i'| / |g_i|}; 0 where nothing but rounding is left of the gradient. */
  private static double length(double[] c, double[] products) {
    double square = 0;
    double size = 0;
    for (int k = 0; k < c.length; k++) {
      square += c[k] * products[k];
      size += Math.abs(c[k]);
    }
    double rounding = Math.ulp(1.0) * size;
    return square > c.length * size * rounding ? Math.sqrt(square) : 0;
  }

  private double cosine(double length, double product, double norms) {
    if (length == 0) {
      return 0;
    }
    double cosine = epsilon > 0 ? norms * product / (norms * length + epsilon) : product / length;
    return Math.max(-1, Math.min(1, cosine));
  }

  /** What is added to the coefficient of the unit gradient of j. */
  private double turn(double length, double cosine, double target, double norm) {
    double capped = Math.min(target, LARGEST_TARGET);
    if (cosine >= capped) {
      return 0;
    }
    double sine = Math.sqrt(1 - capped * capped);
    double turned = length * (capped * Math.sqrt(1 - cosine * cosine) - cosine * sine);
    return Math.max(0, epsilon > 0 ? norm * turned / (norm * sine + epsilon) : turned / sine);
  }
}
