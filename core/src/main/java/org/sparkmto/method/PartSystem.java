package org.sparkmto.method;

/**
 * A {@link StepView} together with the inner products of the gradients of its active tasks over the
 * parts of a batch. Every gradient is finite; any may be zero, but not in all parts. Losses are
 * means over all parts.
 */
public final class PartSystem {
  private final StepView view;
  private final int parts;
  private final SymmetricMatrix gram;

  PartSystem(StepView view, int parts, SymmetricMatrix gram) {
    this.view = view;
    this.parts = parts;
    this.gram = gram;
  }

  /**
   * {@code G_a G_b'}: row k, column l is the product of task k's gradient over part a with l's over
   * b.
   */
  public Matrix products(int a, int b) {
    int count = view.count();
    double[] values = new double[count * count];
    for (int k = 0; k < count; k++) {
      for (int l = 0; l < count; l++) {
        values[k * count + l] = gram.at(a * count + k, b * count + l);
      }
    }
    return Matrix.of(count, values);
  }

  /** The number of parts. */
  public int parts() {
    return parts;
  }

  /** The step without its gradients. */
  public StepView step() {
    return view;
  }

  /** See {@link StepView#count}. */
  public int count() {
    return view.count();
  }
}
