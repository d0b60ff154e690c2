package org.sparkmto.step;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkmto.analysis.GradientAnalysis;
import org.sparkmto.method.LayerwiseMethod.Groups;
import org.sparkmto.method.Method;
import org.sparkmto.network.ParameterLayout;

/** The shared parameters cut into the groups that a layerwise method weighs by themselves. */
public final class ParameterGroups {

  /** Consecutive shared parameters. */
  record Range(long from, long to) {
    /** What of this range lies between two places. */
    Range within(long start, long end) {
      long first = Math.max(from, start);
      return new Range(first, Math.max(first, Math.min(to, end)));
    }

    long length() {
      return to - from;
    }
  }

  private ParameterGroups() {}

  /** How many groups a method weighs by themselves; 1 for all but a layerwise one. */
  public static int count(Method method, ParameterLayout layout) {
    return method.groupedBy().map(groups -> of(layout, groups).size()).orElse(1);
  }

  /** The names of these groups, that of their layer or tensor; none for another method. */
  public static List<String> names(Method method, ParameterLayout layout) {
    return method
        .groupedBy()
        .map(groups -> List.copyOf(byName(layout, groups).keySet()))
        .orElse(List.of());
  }

  /** The ranges of every group, in the order of their first parameters. */
  static List<List<Range>> of(ParameterLayout layout, Groups groups) {
    return List.copyOf(byName(layout, groups).values());
  }

  /** The layers of the shared part, as {@link Groups#LAYER} cuts it, with how much they have. */
  public static List<GradientAnalysis.Layer> layers(ParameterLayout layout) {
    List<GradientAnalysis.Layer> layers = new ArrayList<>();
    byName(layout, Groups.LAYER)
        .forEach(
            (name, ranges) ->
                layers.add(
                    new GradientAnalysis.Layer(
                        name, ranges.stream().mapToLong(Range::length).sum())));
    return layers;
  }

  private static Map<String, List<Range>> byName(ParameterLayout layout, Groups groups) {
    Map<String, List<Range>> byName = new LinkedHashMap<>();
    for (ParameterLayout.Entry entry : layout.entries()) {
      if (entry.offset() < layout.shared()) {
        int dot = entry.name().lastIndexOf('.');
        String name =
            groups == Groups.TENSOR || dot < 0 ? entry.name() : entry.name().substring(0, dot);
        byName
            .computeIfAbsent(name, unused -> new ArrayList<>())
            .add(new Range(entry.offset(), entry.offset() + entry.elements()));
      }
    }
    return byName;
  }
}
