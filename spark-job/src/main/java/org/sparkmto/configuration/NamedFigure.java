package org.sparkmto.configuration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.sparkmto.evaluation.SplitEvaluation;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Figure;
import org.sparkmto.metric.Metrics;
import org.sparkmto.naming.Nearest;

/**
 * A figure or loss of the validation split by which checkpoints are compared: of one task, or of
 * all tasks that have it.
 *
 * @param name as a configuration says it: {@code mae}, {@code age/mae}, {@code loss}
 * @param figure the name of the figure, or {@link #LOSS}
 * @param direction which way it gets better
 * @param tasks the tasks that have it
 */
public record NamedFigure(String name, String figure, Direction direction, List<String> tasks) {
  /** What the loss of a task is called beside its figures. */
  public static final String LOSS = "loss";

  /** What stands in a configuration that compares by {@code metrics.delta}. */
  public static final String DELTA = "delta";

  public NamedFigure {
    tasks = List.copyOf(tasks);
  }

  /**
   * The one of this name.
   *
   * @param evaluation which figures there are
   * @throws IllegalArgumentException naming those that there are
   */
  public static NamedFigure of(String name, SplitEvaluation evaluation) {
    Map<String, NamedFigure> known = known(evaluation);
    if (known.containsKey(name)) {
      return known.get(name);
    }
    List<String> whole =
        known.keySet().stream().filter(one -> known.get(one).figure().equals(one)).toList();
    List<String> tasks = List.copyOf(evaluation.figures().keySet());
    TreeSet<String> thinkable = new TreeSet<>(known.keySet());
    thinkable.addAll(Metrics.onRequest());
    String measured = Nearest.to(name.substring(name.lastIndexOf('/') + 1), thinkable).orElse(name);
    throw new IllegalArgumentException(
        "there is no '%s' to choose by; there are %s, %s, and each of one task, such as %s/%s%s"
            .formatted(
                name,
                DELTA,
                String.join(", ", whole),
                tasks.get(0),
                LOSS,
                !known.containsKey(measured) && Metrics.onRequest().contains(measured)
                    ? "; metrics.also = [" + measured + "] measures " + measured
                    : Nearest.hint(name, known.keySet())));
  }

  private static Map<String, NamedFigure> known(SplitEvaluation evaluation) {
    Map<String, List<String>> having = new LinkedHashMap<>();
    Map<String, Direction> directions = new LinkedHashMap<>();
    evaluation
        .figures()
        .forEach(
            (task, figures) -> {
              having.computeIfAbsent(LOSS, figure -> new ArrayList<>()).add(task);
              directions.put(LOSS, Direction.LOWER_IS_BETTER);
              for (Figure figure : figures) {
                having.computeIfAbsent(figure.name(), name -> new ArrayList<>()).add(task);
                directions.put(figure.name(), figure.direction());
              }
            });
    Map<String, NamedFigure> known = new LinkedHashMap<>();
    having.forEach(
        (figure, tasks) -> {
          Direction direction = directions.get(figure);
          known.put(figure, new NamedFigure(figure, figure, direction, tasks));
          tasks.forEach(
              task ->
                  known.put(
                      task + "/" + figure,
                      new NamedFigure(task + "/" + figure, figure, direction, List.of(task))));
        });
    return known;
  }

  /** Whether one of the tasks has it defined. */
  public boolean isDefined(Map<String, Map<String, Double>> found) {
    return tasks.stream().anyMatch(task -> value(found, task).isPresent());
  }

  /**
   * How much worse one evaluation is than another, in the unit of the figure: the difference of the
   * means over the tasks, of losses that of their sums. Of tasks that only one of them has defined,
   * the one that has is better by more than any number.
   */
  public double worse(
      Map<String, Map<String, Double>> found, Map<String, Map<String, Double>> than) {
    double sum = 0;
    int both = 0;
    int gained = 0;
    for (String task : tasks) {
      Optional<Double> value = value(found, task);
      Optional<Double> other = value(than, task);
      if (value.isPresent() && other.isPresent()) {
        sum += value.get() - other.get();
        both++;
      } else {
        gained += (value.isPresent() ? 1 : 0) - (other.isPresent() ? 1 : 0);
      }
    }
    if (gained != 0) {
      return gained > 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    double change = figure.equals(LOSS) ? sum : sum / Math.max(1, both);
    return direction == Direction.HIGHER_IS_BETTER ? -change : change;
  }

  private Optional<Double> value(Map<String, Map<String, Double>> found, String task) {
    return Optional.ofNullable(found.getOrDefault(task, Map.of()).get(figure))
        .filter(Double::isFinite);
  }

  /** {@code mae, lower is better}. */
  @Override
  public String toString() {
    return name
        + (direction == Direction.HIGHER_IS_BETTER ? ", higher is better" : ", lower is better");
  }
}
