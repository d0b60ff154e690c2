package org.sparkmto.method;

/** The weighted sum of task gradients, as far as their inner products tell. */
public final class CombinedGradient {
  private CombinedGradient() {}

  /**
   * The length of the difference of two weighted sums of the same gradients, by the length of the
   * second.
   *
   * @param gram the inner products of the gradients
   * @param weights of the first sum
   * @param exact weights of the second
   * @return NaN if the second sum is zero
   */
  public static double difference(SymmetricMatrix gram, Vector weights, Vector exact) {
    Vector apart = weights.minus(exact);
    double length = exact.dot(gram.times(exact));
    return length > 0 ? Math.sqrt(Math.max(0, apart.dot(gram.times(apart))) / length) : Double.NaN;
  }
}
