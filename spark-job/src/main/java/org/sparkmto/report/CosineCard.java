package org.sparkmto.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The mean cosines between the task gradients of one run: a heat map and the strongest pairs. */
final class CosineCard {
  /** Cells have two decimals: what they show as 0.00 is called no conflict. */
  private static final double SHOWN_AS_ZERO = 0.005;

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
    return log.cosines().matrices() > 0 || tasks.size() < 2
        ? ""
        : "Gradient cosines: none in the log"
            + (sight.isEmpty() ? "." : ": this method sees “" + sight + "”.")
            + " log.gradients-every = 50 logs them and the norms of a method that sees losses.";
  }

  void draw(Markup page) {
    CosineAverage cosines = log.cosines();
    if (cosines.matrices() == 0 || tasks.size() < 2) {
      return;
    }
    page.open("figure", "class", large ? "card wide" : "card");
    page.open("figcaption").element("h3", "Gradient cosines");
    List<int[]> pairs = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (!Double.isNaN(cosines.of(i, j))) {
          pairs.add(new int[] {j, i});
        }
      }
    }
    long conflicts =
        pairs.stream().filter(pair -> cosines.of(pair[0], pair[1]) < -SHOWN_AS_ZERO).count();
    page.element(
        "p",
        "Mean over "
            + NumberText.count(cosines.matrices())
            + (cosines.matrices() == 1 ? " logged step. " : " logged steps. ")
            + (pairs.isEmpty()
                ? "There is no pair of tasks."
                : NumberText.count(conflicts)
                    + " of "
                    + NumberText.count(pairs.size())
                    + (pairs.size() == 1 ? " pair" : " pairs")
                    + " in conflict on average (below −"
                    + SHOWN_AS_ZERO
                    + ")."
                    + (large ? " Similar tasks stand side by side." : "")));
    page.close();
    if (!pairs.isEmpty()) {
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
    }
    page.close().newLine();
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
