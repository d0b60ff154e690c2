package org.sparkmto.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The mean cosines between the task gradients of one run: a heat map and the strongest pairs. */
final class CosineCard {
  /** Cells have two decimals: what they show as 0.00 is called no conflict. */
  private static final double SHOWN_AS_ZERO = 0.005;

  /** The most pairs with a strip each. */
  private static final int STRIPS = 28;

  private final RunLog log;
  private final List<String> tasks;
  private final String sight;
  private final boolean large;

  CosineCard(Run run) {
    log = run.log();
    tasks = run.header().tasks();
    sight = run.header().sight();
    large = new Crowd(tasks).isLarge();
  }

  /** Why there is no card, in a sentence; empty if there is one, or no pair of tasks. */
  String absence() {
    if (!pairs().isEmpty() || tasks.size() < 2) {
      return "";
    }
    return log.cosines().matrices() > 0
        ? "Gradient cosines: none is defined, because in every logged step all gradients but one"
            + " were zero."
        : "Gradient cosines: none in the log"
            + (sight.isEmpty() ? "." : ": this method sees “" + sight + "”.")
            + " log.gradients-every = 50 logs them, with any method.";
  }

  void draw(Markup page) {
    CosineAverage cosines = log.cosines();
    if (pairs().isEmpty()) {
      return;
    }
    page.open("figure", "class", large ? "card wide" : "card");
    page.open("figcaption").element("h3", "Gradient cosines");
    List<int[]> pairs = pairs();
    long conflicts =
        pairs.stream().filter(pair -> cosines.of(pair[0], pair[1]) < -SHOWN_AS_ZERO).count();
    page.element(
        "p",
        "Mean over "
            + NumberText.count(cosines.matrices())
            + (cosines.matrices() == 1 ? " logged step. " : " logged steps. ")
            + NumberText.count(conflicts)
            + " of "
            + NumberText.count(pairs.size())
            + (pairs.size() == 1 ? " pair" : " pairs")
            + " in conflict on average (below −"
            + SHOWN_AS_ZERO
            + ")."
            + (large ? " Similar tasks stand side by side." : ""));
    page.close();
    page.open("div", "class", large ? "beside" : null);
    page.open("div");
    new HeatMap(tasks, cosines).draw(page);
    page.close();
    if (large) {
      pairs.sort(Comparator.comparingDouble(pair -> cosines.of(pair[0], pair[1])));
      page.open("div");
      pairList(page, "Strongest conflict", pairs.subList(0, Math.min(8, pairs.size())));
      List<int[]> agreeing = new ArrayList<>();
      for (int index = 1; index <= Math.min(8, pairs.size()); index++) {
        agreeing.add(pairs.get(pairs.size() - index));
      }
      pairList(page, "Strongest agreement", agreeing);
      page.close();
    }
    page.close();
    page.close().newLine();
  }

  /** How the cosines went: a strip for every pair, of many tasks for those that stand out. */
  void drawOverSteps(Markup page) {
    CosineAverage cosines = log.cosines();
    if (cosines.matrices() < 2 || tasks.size() < 2) {
      return;
    }
    List<int[]> pairs = pairs();
    pairs.sort(Comparator.comparingDouble(pair -> cosines.of(pair[0], pair[1])));
    boolean some = pairs.size() > STRIPS;
    if (some) {
      List<int[]> ends = new ArrayList<>(pairs.subList(0, STRIPS / 2));
      ends.addAll(pairs.subList(pairs.size() - STRIPS / 2, pairs.size()));
      pairs = ends;
    }
    new Strips(
            pairs.stream().map(pair -> tasks.get(pair[0]) + " · " + tasks.get(pair[1])).toList(),
            pairs.stream().map(pair -> cosines.over(pair[0], pair[1])).toList(),
            pairs.stream().map(pair -> share(cosines.conflict(pair[0], pair[1]))).toList())
        .draw(
            page,
            "Gradient cosines over steps",
            "Steps from left to right"
                + (some
                    ? ", the "
                        + STRIPS / 2
                        + " pairs most in conflict on top and the "
                        + STRIPS / 2
                        + " most in agreement below"
                    : ", the pair most in conflict on top")
                + "; at the right the share of logged steps in which a pair was in conflict (below"
                + " 0).");
  }

  private static String share(double conflict) {
    return Math.round(100 * conflict) + " %";
  }

  private List<int[]> pairs() {
    List<int[]> pairs = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (!Double.isNaN(log.cosines().of(i, j))) {
          pairs.add(new int[] {j, i});
        }
      }
    }
    return pairs;
  }

  private void pairList(Markup page, String title, List<int[]> pairs) {
    page.element("h4", title).open("table", "class", "pairs").open("tbody");
    for (int[] pair : pairs) {
      page.open("tr").element("td", tasks.get(pair[0]) + " · " + tasks.get(pair[1]));
      page.element("td", NumberText.fixed(log.cosines().of(pair[0], pair[1]), 3), "class", "n");
      page.close();
    }
    page.close().close();
  }
}
