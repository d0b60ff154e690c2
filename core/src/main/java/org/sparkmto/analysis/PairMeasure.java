package org.sparkmto.analysis;

/**
 * What is measured of gradients {@code a} and {@code b} of the same P parameters, and of a system
 * of several. "Common Paradigms" is Kirchdorfer et al., "Examining Common Paradigms in Multi-Task
 * Learning", "Aligned-MTL" is Senushkin et al., CVPR 2023.
 */
public enum PairMeasure {
  /** {@code a.b / (|a| |b|)} of every pair (Common Paradigms eq. 4, Fig. 4 left). */
  COSINE("cosine", "cosine"),
  /** The cosine of supporting pairs alone, those with one of 0 or more (its Fig. A6). */
  SUPPORTING_COSINE("supporting-cosine", "cosine of supporting pairs"),
  /** The cosine of conflicting pairs alone, those with one below 0 (its Fig. A6). */
  CONFLICTING_COSINE("conflicting-cosine", "cosine of conflicting pairs"),
  /** {@code 2 |a| |b| / (|a|^2 + |b|^2)}, 1 for equal lengths (its eq. 5, Fig. 4 middle). */
  MAGNITUDE_SIMILARITY("magnitude-similarity", "magnitude similarity"),
  /** The share of the P parameters with {@code a_p b_p < 0} (its Fig. 4 right). */
  CONFLICTING_PARAMETERS("conflicting-parameters", "share of conflicting parameters"),
  /** {@code a.b} (its Fig. A7). */
  SCALAR_PRODUCT("scalar-product", "scalar product"),
  /**
   * The decimal logarithm of the condition number of the matrix whose rows are the gradients of a
   * system: its largest singular value by its smallest (Aligned-MTL eq. 2, Fig. 4). One number for
   * a system, not for a pair. Systems with a condition of more than about 1e7, which the rounding
   * of inner products hides, count as without one.
   */
  LOG_CONDITION("log10-condition", "condition number, log10");

  private final String label;
  private final String words;

  PairMeasure(String label, String words) {
    this.label = label;
    this.words = words;
  }

  /** Its name in files. */
  public String label() {
    return label;
  }

  /** Its name for people. */
  public String words() {
    return words;
  }
}
