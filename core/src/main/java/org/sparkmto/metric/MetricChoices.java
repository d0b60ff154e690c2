package org.sparkmto.metric;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.sparkmto.naming.Nearest;

/**
 * What a user may choose about metrics.
 *
 * @param quirks definitions of published code to use instead of those here
 * @param edges names of the tasks whose masks are edges, to be judged by {@link EdgeScores}
 * @param also figures of {@link Metrics#onRequest} to measure besides the usual ones
 * @param delta names of the figures that count in {@link RelativePerformance}, by name of a task or
 *     by kind of tasks; a task has the line of its name, else that of its kind, else the figures
 *     that usually count
 */
public record MetricChoices(
    Set<Quirk> quirks, Set<String> edges, Set<String> also, Map<String, List<String>> delta) {
  /** None. */
  public static final MetricChoices USUAL =
      new MetricChoices(Set.of(), Set.of(), Set.of(), Map.of());

  public MetricChoices {
    quirks = Set.copyOf(quirks);
    edges = Set.copyOf(edges);
    also = Set.copyOf(also);
    delta = Collections.unmodifiableMap(new TreeMap<>(delta));
    if (quirks.contains(Quirk.PLAIN_MEAN_IOU) && quirks.contains(Quirk.PER_IMAGE_IOU)) {
      throw new IllegalArgumentException(
          "%s and %s are two definitions of one figure: choose one"
              .formatted(Quirk.PLAIN_MEAN_IOU.label(), Quirk.PER_IMAGE_IOU.label()));
    }
    for (String figure : also) {
      if (!Metrics.onRequest().contains(figure)) {
        throw new IllegalArgumentException(
            "there is no figure '%s' that is measured on request%s"
                .formatted(figure, Nearest.hint(figure, Metrics.onRequest())));
      }
    }
  }

  /** These with other definitions. */
  public MetricChoices quirks(Quirk... other) {
    return new MetricChoices(Set.of(other), edges, also, delta);
  }

  /** Whether a quirk is chosen. */
  boolean has(Quirk quirk) {
    return quirks.contains(quirk);
  }

  /**
   * Which figures of a task count in {@link RelativePerformance}.
   *
   * @param task its name
   * @param kind the name of its kind
   * @param figures all that it has
   * @throws IllegalArgumentException if a figure is chosen that it has not
   */
  public List<Figure> counted(String task, String kind, List<Figure> figures) {
    List<String> names = delta.getOrDefault(task, delta.get(kind));
    if (names == null) {
      return figures.stream().filter(Figure::counted).toList();
    }
    List<String> known = figures.stream().map(Figure::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "task '%s' has %s, not '%s'%s"
                .formatted(task, String.join(", ", known), name, Nearest.hint(name, known)));
      }
    }
    return figures.stream().filter(figure -> names.contains(figure.name())).toList();
  }
}
