package org.sparkmto.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Draws one quantity of every task: a line each as long as colours can tell them apart, beyond that
 * the mean, the spread and the few tasks that a reader should look at.
 */
final class Crowd {
  /** Which tasks stand out. */
  enum Notable {
    HIGHEST,
    LOWEST,
    BOTH_ENDS
  }

  private static final int SHOWN = 5;

  private final List<String> names;

  Crowd(List<String> names) {
    this.names = names;
  }

  /** Whether there are more tasks than lines a person can follow. */
  boolean isLarge() {
    return names.size() > Plot.Ink.COLOURS;
  }

  /** What the chart of a large crowd shows; empty for a small one. */
  String caption(Notable notable) {
    if (!isLarge()) {
      return "";
    }
    String which =
        switch (notable) {
          case HIGHEST -> "the five highest at the end";
          case LOWEST -> "the five lowest at the end";
          case BOTH_ENDS -> "the three highest and two lowest at the end";
        };
    return "Mean of "
        + names.size()
        + " tasks, where half and 80 % of them lie (shaded), and "
        + which
        + ".";
  }

  /** Draws a curve per task; tasks with an empty curve are left out. */
  void draw(Plot plot, List<Curve> curves, Notable notable, boolean dots) {
    List<Integer> present = new ArrayList<>();
    for (int task = 0; task < curves.size(); task++) {
      if (curves.get(task).size() > 0) {
        present.add(task);
      }
    }
    if (present.isEmpty()) {
      return;
    }
    if (!isLarge()) {
      for (int task : present) {
        add(plot, names.get(task), Plot.Ink.colour(task), curves.get(task), dots);
      }
      return;
    }
    List<Curve> drawn = present.stream().map(curves::get).toList();
    Plot.Ink ink = Plot.Ink.MUTED;
    plot.band(quantile(drawn, 0.1), quantile(drawn, 0.9), ink, "wide");
    plot.band(quantile(drawn, 0.25), quantile(drawn, 0.75), ink, "narrow");
    int colour = 0;
    for (int task : notable(present, curves, notable)) {
      add(plot, names.get(task), Plot.Ink.colour(colour++), curves.get(task), dots);
    }
    Curve mean = Curve.across(drawn, values -> Arrays.stream(values).average().orElseThrow());
    add(plot, "mean", Plot.Ink.MAIN, mean, dots);
  }

  private static void add(Plot plot, String name, Plot.Ink ink, Curve curve, boolean dots) {
    if (dots) {
      plot.dotted(name, ink, curve);
    } else {
      plot.line(name, ink, curve);
    }
  }

  private static Curve quantile(List<Curve> curves, double share) {
    return Curve.across(curves, values -> Curve.quantile(values, share));
  }

  private static Set<Integer> notable(List<Integer> tasks, List<Curve> curves, Notable notable) {
    List<Integer> rising = new ArrayList<>(tasks);
    rising.sort(Comparator.comparingDouble(task -> curves.get(task).last()));
    int top =
        switch (notable) {
          case HIGHEST -> SHOWN;
          case LOWEST -> 0;
          case BOTH_ENDS -> 3;
        };
    Set<Integer> chosen = new TreeSet<>();
    chosen.addAll(rising.subList(Math.max(0, rising.size() - top), rising.size()));
    chosen.addAll(rising.subList(0, Math.min(SHOWN - top, rising.size())));
    return chosen;
  }
}
