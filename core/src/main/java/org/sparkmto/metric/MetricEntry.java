package org.sparkmto.metric;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.sparkmto.options.Documented;
import org.sparkmto.options.Option;

/**
 * What the registry knows of a metric, declared beside its class: also which tasks it judges, so
 * that a new metric is its class and a line in {@link Metrics}.
 *
 * @param name lower-case words joined by hyphens
 * @param tasks the kinds of tasks that it judges, for people
 * @param summary what its figures are, in one sentence
 * @param figures all that it comes to, in the order of {@link Metric#figures}
 * @param onRequest whether it is measured only where {@code metrics.also} names its figure, because
 *     it is not for everybody or keeps every answer of the split
 * @param factory the metric for a task; empty if it does not judge such tasks
 */
public record MetricEntry(
    String name,
    String tasks,
    String summary,
    List<Figure> figures,
    boolean onRequest,
    Function<MetricTask, Optional<Metric>> factory)
    implements Documented {

  public MetricEntry {
    figures = List.copyOf(figures);
  }

  /**
   * Starts the entry of a metric that judges nothing yet; {@link #judging} says what.
   *
   * @param name lower-case words and numbers joined by hyphens
   * @param tasks the kinds of tasks that it judges, for people
   * @param summary what its figures are, in one sentence
   * @param figures all that it comes to, in the order of {@link Metric#figures}
   */
  public static MetricEntry of(String name, String tasks, String summary, Figure... figures) {
    return new MetricEntry(name, tasks, summary, List.of(figures), false, task -> Optional.empty());
  }

  /**
   * The same for tasks of a kind.
   *
   * @param kind a constant of {@link MetricTask}
   * @param made makes the metric for a task
   */
  public MetricEntry judging(String kind, Function<MetricTask, Metric> made) {
    return judging(task -> task.is(kind), made);
  }

  /** The same, also for these tasks. */
  public MetricEntry judging(Predicate<MetricTask> which, Function<MetricTask, Metric> made) {
    return new MetricEntry(
        name,
        tasks,
        summary,
        figures,
        onRequest,
        task -> factory.apply(task).or(() -> Optional.of(task).filter(which).map(made)));
  }

  /** The same, only where {@code metrics.also} names its figure. */
  public MetricEntry onlyOnRequest() {
    return new MetricEntry(name, tasks, summary, figures, true, factory);
  }

  /** The metric for a task; empty if it does not judge it, or nobody asked for it. */
  Optional<Metric> metric(MetricTask task) {
    boolean asked =
        !onRequest || figures.stream().anyMatch(one -> task.choices().also().contains(one.name()));
    return asked ? factory.apply(task) : Optional.empty();
  }

  /** The kinds of tasks that it judges, and whether it must be asked for. */
  public String judges() {
    return onRequest ? tasks + ", where metrics.also asks for it" : tasks;
  }

  /** What can be chosen about metrics is chosen for all of them: {@link MetricChoices}. */
  @Override
  public List<Option> options() {
    return List.of();
  }
}
