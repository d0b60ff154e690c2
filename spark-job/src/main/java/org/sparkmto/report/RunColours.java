package org.sparkmto.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.sparkmto.runlog.SweepResults;
import org.sparkmto.runlog.SweepResults.SweptRun;

/**
 * Which colour a run of a sweep has: by its optimiser where there are several, as in the papers'
 * plots, and otherwise by its method or whatever else they differ in most visibly.
 */
final class RunColours {
  private static final List<String> FIRST =
      List.of("optimizer", "variant", "network", "method", "preference");

  private final String axis;
  private final List<String> names;

  RunColours(SweepResults results) {
    List<String> candidates = new ArrayList<>(FIRST);
    candidates.addAll(results.axes());
    String chosen = "";
    List<String> its = List.of("runs");
    for (String candidate : candidates) {
      List<String> found = names(results, candidate);
      if (found.size() > 1) {
        chosen = candidate;
        its = found;
        break;
      }
    }
    axis = chosen;
    names = its;
  }

  private static List<String> names(SweepResults results, String axis) {
    Set<String> names = new LinkedHashSet<>();
    for (SweptRun run : results.runs()) {
      String name = run.point().get(axis);
      if (name != null) {
        names.add(name);
      }
    }
    return List.copyOf(names);
  }

  String style(SweptRun run) {
    int index = names.indexOf(run.point().getOrDefault(axis, ""));
    return Plot.Ink.colour(Math.max(0, index)).style();
  }

  /** A line that says whose colours they are. */
  void legend(Markup page) {
    if (names.size() < 2) {
      return;
    }
    page.open("p", "class", "legend keys");
    for (int index = 0; index < names.size(); index++) {
      page.open("span", "class", Plot.Ink.colour(index).style());
      page.empty("i").text(" " + names.get(index)).close().text(" ");
    }
    page.close();
  }
}
