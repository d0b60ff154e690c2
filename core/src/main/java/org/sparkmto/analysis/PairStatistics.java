package org.sparkmto.analysis;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The {@link PairMeasure}s of all pairs of one or more systems of gradients: how many values each
 * has, their mean and their spread.
 *
 * @param systems how many sets of two gradients or more were looked at
 * @param measures of every measure, in their order; a value that is not defined does not count
 */
public record PairStatistics(long systems, Map<PairMeasure, Moments> measures) {
  /** Of no pair. */
  public static final PairStatistics NONE = new PairStatistics(0, Map.of());

  /** Takes a copy, and fills in what has no value. */
  public PairStatistics {
    EnumMap<PairMeasure, Moments> all = new EnumMap<>(PairMeasure.class);
    for (PairMeasure measure : PairMeasure.values()) {
      all.put(measure, measures.getOrDefault(measure, Moments.NONE));
    }
    measures = Collections.unmodifiableMap(all);
  }

  /** Of all pairs of one system; of none if it has fewer than two gradients. */
  public static PairStatistics of(PairSums sums) {
    int gradients = sums.gradients();
    if (gradients < 2) {
      return NONE;
    }
    Map<PairMeasure, Moments> found = new EnumMap<>(PairMeasure.class);
    for (int i = 0; i < gradients; i++) {
      for (int j = 0; j < i; j++) {
        double cosine = sums.cosine(i, j);
        add(PairMeasure.COSINE, cosine, found);
        add(
            cosine < 0 ? PairMeasure.CONFLICTING_COSINE : PairMeasure.SUPPORTING_COSINE,
            cosine,
            found);
        add(PairMeasure.MAGNITUDE_SIMILARITY, sums.magnitudeSimilarity(i, j), found);
        add(PairMeasure.CONFLICTING_PARAMETERS, sums.conflictingParameters(i, j), found);
        add(PairMeasure.SCALAR_PRODUCT, sums.products().at(i, j), found);
      }
    }
    add(PairMeasure.LOG_CONDITION, Math.log10(sums.condition()), found);
    return new PairStatistics(1, found);
  }

  private static void add(PairMeasure measure, double value, Map<PairMeasure, Moments> to) {
    if (Double.isFinite(value)) {
      to.merge(measure, Moments.of(value), Moments::plus);
    }
  }

  /** Of these systems and others, for example those of another step. */
  public PairStatistics plus(PairStatistics other) {
    EnumMap<PairMeasure, Moments> all = new EnumMap<>(measures);
    other.measures.forEach((measure, moments) -> all.merge(measure, moments, Moments::plus));
    return new PairStatistics(systems + other.systems, all);
  }

  /** The values of a measure. */
  public Moments of(PairMeasure measure) {
    return measures.get(measure);
  }

  /** The share of the pairs that are in conflict, those with a cosine below 0; NaN of none. */
  public double conflictingPairs() {
    return (double) of(PairMeasure.CONFLICTING_COSINE).count() / of(PairMeasure.COSINE).count();
  }
}
