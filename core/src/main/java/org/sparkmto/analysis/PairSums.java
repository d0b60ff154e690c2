package org.sparkmto.analysis;

import org.sparkmto.method.SymmetricMatrix;
import org.sparkmto.method.Vector;

/**
 * Sums over parameters of all pairs of some gradients: enough for every {@link PairMeasure}. Those
 * of disjoint sets of parameters, such as slices and layers, add up to those of all.
 *
 * @param parameters over how many is summed
 * @param products inner products of the gradients
 * @param opposed how many parameters have components of opposite signs, neither of them 0
 */
public record PairSums(double parameters, SymmetricMatrix products, SymmetricMatrix opposed) {

  /**
   * Of gradients at hand.
   *
   * @param gradients each a row; all equally long
   */
  public static PairSums of(double[][] gradients) {
    int count = gradients.length;
    double[] opposed = new double[count * count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        for (int p = 0; p < gradients[i].length; p++) {
          boolean opposite = Math.signum(gradients[i][p]) * Math.signum(gradients[j][p]) < 0;
          opposed[i * count + j] += opposite ? 1 : 0;
        }
      }
    }
    return new PairSums(
        count == 0 ? 0 : gradients[0].length,
        SymmetricMatrix.gramOf(gradients),
        SymmetricMatrix.of(count, opposed));
  }

  /** How many gradients they are of. */
  public int gradients() {
    return products.size();
  }

  /** Those of these parameters and others together. */
  public PairSums plus(PairSums other) {
    return new PairSums(
        parameters + other.parameters, sum(products, other.products), sum(opposed, other.opposed));
  }

  private static SymmetricMatrix sum(SymmetricMatrix a, SymmetricMatrix b) {
    double[] sums = a.toArray();
    double[] more = b.toArray();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += more[i];
    }
    return SymmetricMatrix.of(a.size(), sums);
  }

  /** Whether a gradient is zero, as that of a task without a label. */
  public boolean isZero(int i) {
    return products.at(i, i) == 0;
  }

  /** {@link PairMeasure#COSINE} of a pair; NaN beside a gradient of zero. */
  public double cosine(int i, int j) {
    double norms = Math.sqrt(products.at(i, i)) * Math.sqrt(products.at(j, j));
    // Of parallel gradients rounding would make more than 1.
    return norms == 0 ? Double.NaN : Math.max(-1, Math.min(1, products.at(i, j) / norms));
  }

  /** {@link PairMeasure#MAGNITUDE_SIMILARITY} of a pair; NaN of two gradients of zero. */
  public double magnitudeSimilarity(int i, int j) {
    double norms = Math.sqrt(products.at(i, i)) * Math.sqrt(products.at(j, j));
    return 2 * norms / (products.at(i, i) + products.at(j, j));
  }

  /** {@link PairMeasure#CONFLICTING_PARAMETERS} of a pair. */
  public double conflictingParameters(int i, int j) {
    return opposed.at(i, j) / parameters;
  }

  /**
   * The condition number of the matrix whose rows are the gradients; infinite if they are linearly
   * dependent or so near to it that their inner products cannot tell, NaN if one is not finite.
   */
  public double condition() {
    if (!products.diagonal().isFinite()) {
      return Double.NaN;
    }
    Vector eigenvalues = products.eigen().values();
    double largest = eigenvalues.max();
    double least = eigenvalues.min();
    double told = gradients() * Math.ulp(1.0) * largest;
    return least > told ? Math.sqrt(largest / least) : Double.POSITIVE_INFINITY;
  }

  /** Those of some of the gradients. */
  public PairSums select(int... indices) {
    return new PairSums(parameters, products.select(indices), opposed.select(indices));
  }
}
