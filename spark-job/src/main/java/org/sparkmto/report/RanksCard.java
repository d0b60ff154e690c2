package org.sparkmto.report;

import java.util.Collection;
import java.util.List;
import org.sparkmto.runlog.PhasesLine;

/** With how many ranks the steps were made, of a run in which their number changed. */
final class RanksCard {
  private RanksCard() {}

  /** Draws nothing where there was one number alone. */
  static void draw(Markup page, Collection<PhasesLine> segments) {
    if (segments.stream().map(RanksCard::ranks).distinct().count() < 2) {
      return;
    }
    page.open("div", "class", "card").element("h3", "Ranks").open("table");
    page.open("thead").open("tr");
    for (String name : List.of("From step", "To step", "Ranks")) {
      page.element("th", name, "class", "n");
    }
    page.close().close().open("tbody");
    List<PhasesLine> all = List.copyOf(segments);
    int first = 0;
    for (int i = 0; i < all.size(); i++) {
      boolean last = i + 1 == all.size() || ranks(all.get(i + 1)) != ranks(all.get(i));
      if (last) {
        page.open("tr").element("td", NumberText.count(all.get(first).from()), "class", "n");
        page.element("td", NumberText.count(all.get(i).step()), "class", "n");
        page.element("td", NumberText.count(ranks(all.get(i))), "class", "n").close();
        first = i + 1;
      }
    }
    page.close().close().close();
  }

  private static int ranks(PhasesLine segment) {
    return segment.ranks().size();
  }
}
