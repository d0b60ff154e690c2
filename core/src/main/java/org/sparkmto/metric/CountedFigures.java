package org.sparkmto.metric;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which figures of each task count in {@link RelativePerformance}. Two values of Delta_m compare
 * only if the same figures count in both.
 *
 * @param tasks the figures that count, by task, in the order of the tasks; at least one of each
 */
public record CountedFigures(Map<String, List<Figure>> tasks) {
  /** So many tasks are named before they are only counted. */
  private static final int NAMED = 3;

  public CountedFigures {
    Map<String, List<Figure>> copy = new LinkedHashMap<>();
    tasks.forEach(
        (task, figures) -> {
          if (figures.isEmpty()) {
            throw new IllegalArgumentException("no figure of task '" + task + "' counts");
          }
          copy.put(task, List.copyOf(figures));
        });
    tasks = Collections.unmodifiableMap(copy);
  }

  /** Names of the figures by task. */
  public Map<String, List<String>> names() {
    Map<String, List<String>> names = new LinkedHashMap<>();
    tasks.forEach((task, figures) -> names.put(task, figures.stream().map(Figure::name).toList()));
    return names;
  }

  /**
   * To be printed beside every value: {@code segmentation: mean-iou, pixel-accuracy; depth: rmse}.
   * Tasks of the same figures stand together, and are counted where they are more than three.
   */
  @Override
  public String toString() {
    return text(names());
  }

  /** The text of {@link #toString} for figures known by name. */
  public static String text(Map<String, List<String>> names) {
    Map<String, List<String>> tasks = new LinkedHashMap<>();
    names.forEach(
        (task, figures) ->
            tasks.computeIfAbsent(String.join(", ", figures), same -> new ArrayList<>()).add(task));
    return tasks.entrySet().stream()
        .map(group -> whose(group.getValue()) + ": " + group.getKey())
        .collect(Collectors.joining("; "));
  }

  /** Names of tasks, or how many there are where they are more than three. */
  public static String whose(List<String> tasks) {
    return tasks.size() > NAMED ? tasks.size() + " tasks" : String.join(", ", tasks);
  }
}
