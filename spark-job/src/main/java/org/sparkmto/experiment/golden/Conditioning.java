package org.sparkmto.experiment.golden;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/**
 * What can be asked of a closed form {@code C a = b} that is known by inner products in double
 * precision, where C holds the cosines of K gradients of P elements.
 *
 * <p>A sum of P products is known to {@code P u} of the product of the norms, {@code u = 2^-53},
 * and norms and quotients cost a few u more. So the matrix that is solved is {@code C + E} with
 * {@code |E| <= e}, {@code e = K (P + K + 8) u}, of which K K u is the share of a solver that is
 * backward stable. To first order this moves
 *
 * <ul>
 *   <li>the weights by {@code |C^-1 E a| <= e |a| / l}, l the smallest eigenvalue of C, which is
 *       the condition number times e relative to the largest;
 *   <li>the combination {@code U'a} of the unit gradients U by {@code |U'C^-1 E a| <= e |a| /
 *       sqrt(l)}, for the singular values of {@code U'C^-1} are {@code 1 / sqrt(l)} at most;
 *   <li>the products {@code C a} by {@code e |a|}, whatever the condition is.
 * </ul>
 *
 * <p>A reference that was computed in double precision, too, may be off as far to the other side:
 * the bounds here are twice these. The eigenvalues are squares of the singular values of U, which
 * double precision knows down to 1e-16 of the largest, those of C only to 1e-32 of it.
 *
 * @param backward e
 * @param least l
 * @param shortest the smallest eigenvalue that is no rounding error of 0
 * @param largest the largest eigenvalue of C
 */
record Conditioning(double backward, double least, double shortest, double largest) {
  /** Below this share of the largest eigenvalue the methods take one for 0, by default. */
  static final double RCOND = 1e-12;

  /** That of the unit vectors of gradients, none of which is zero. */
  static Conditioning of(Gradients gradients) {
    int tasks = gradients.tasks();
    int parameters = gradients.parameters();
    double[] units = new double[tasks * parameters];
    for (int k = 0; k < tasks; k++) {
      for (int p = 0; p < parameters; p++) {
        units[k * parameters + p] = gradients.at(k, p) / gradients.norm(k);
      }
    }
    SingularValueDecomposition_F64<DMatrixRMaj> decomposition =
        DecompositionFactory_DDRM.svd(tasks, parameters, false, false, false);
    decomposition.decompose(new DMatrixRMaj(tasks, parameters, true, units));
    double[] lengths = decomposition.getSingularValues();
    double most = Arrays.stream(lengths).max().orElse(1);
    double fewest = tasks > parameters ? 0 : Arrays.stream(lengths).min().orElse(1);
    double shown =
        Arrays.stream(lengths).filter(length -> length > 1e-14 * most).min().orElse(most);
    return new Conditioning(
        tasks * (parameters + tasks + 8) * 0x1p-53, fewest * fewest, shown * shown, most * most);
  }

  /**
   * By how much weights may differ, as a share of the largest; infinite where by anything. Along
   * directions that the gradients do not have they have no part.
   */
  double ofWeights() {
    double bound = 2 * backward / shortest;
    return bound < 0.1 ? bound : Double.POSITIVE_INFINITY;
  }

  /** By how much {@code sum_k a_k u_k} may differ for coefficients a of unit gradients. */
  double ofCombination(double[] a) {
    return 2 * backward * norm(a) / Math.sqrt(shortest);
  }

  /** By how much products with unit gradients may differ for coefficients a. */
  double ofProducts(double[] a) {
    return 2 * backward * norm(a);
  }

  /**
   * Whether the methods may take a direction for one that the gradients do not have. What they
   * answer then has equal projections up to the root of {@link #RCOND}, and other weights.
   */
  boolean cut() {
    return least <= 10 * RCOND * largest;
  }

  /** Whether inner products leave most of their digits to whatever is computed from them. */
  boolean plain() {
    return shortest > 1e-7 * largest;
  }

  /**
   * Whether the gradients have a direction that inner products do not show. A reference that sees
   * the gradients themselves then answers other weights than a method that sees inner products, and
   * neither is wrong.
   */
  boolean hides() {
    return shortest <= 10 * RCOND * largest;
  }

  /**
   * By how much a shortest vector of a convex hull may differ, relative to the longest gradient:
   * what is longer than the shortest by e is away from it by the root of e at most.
   */
  double ofShortest() {
    return Math.sqrt(2 * backward);
  }

  /** What equal projections may miss, as a share of what is added up. */
  double ofProjections() {
    return hides() ? 10 * Math.sqrt(RCOND) : Findings.EXACT;
  }

  /** In words. */
  String text() {
    return String.format(
        java.util.Locale.ROOT, "the cosines have condition %.0e", largest / shortest);
  }

  private static double norm(double[] a) {
    return Math.sqrt(Arrays.stream(a).map(value -> value * value).sum());
  }
}
