package org.sparkmto.metric;

import java.util.List;
import org.sparkmto.options.Documented;
import org.sparkmto.options.Option;

/**
 * What the registry knows of a metric, declared beside its class.
 *
 * @param name lower-case words joined by hyphens
 * @param tasks the kinds of tasks that it judges, for people
 * @param summary what its figures are, in one sentence
 * @param figures all that it comes to, in the order of {@link Metric#figures}
 */
public record MetricEntry(String name, String tasks, String summary, List<Figure> figures)
    implements Documented {

  public MetricEntry {
    figures = List.copyOf(figures);
  }

  static MetricEntry of(String name, String tasks, String summary, Figure... figures) {
    return new MetricEntry(name, tasks, summary, List.of(figures));
  }

  /** What can be chosen about metrics is chosen for all of them: {@link MetricChoices}. */
  @Override
  public List<Option> options() {
    return List.of();
  }
}
