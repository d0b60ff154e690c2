package org.sparkmto.metric;

import java.util.Set;

/**
 * What a user may choose about metrics.
 *
 * @param quirks definitions of published code to use instead of those here
 * @param edges names of the tasks whose masks are edges, to be judged by {@link EdgeScores}
 */
public record MetricChoices(Set<Quirk> quirks, Set<String> edges) {
  /** None. */
  public static final MetricChoices USUAL = new MetricChoices(Set.of(), Set.of());

  public MetricChoices {
    quirks = Set.copyOf(quirks);
    edges = Set.copyOf(edges);
    if (quirks.contains(Quirk.PLAIN_MEAN_IOU) && quirks.contains(Quirk.PER_IMAGE_IOU)) {
      throw new IllegalArgumentException(
          "%s and %s are two definitions of one figure: choose one"
              .formatted(Quirk.PLAIN_MEAN_IOU.label(), Quirk.PER_IMAGE_IOU.label()));
    }
  }

  /** Whether a quirk is chosen. */
  boolean has(Quirk quirk) {
    return quirks.contains(quirk);
  }
}
