package org.sparkmto.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.sparkmto.runlog.Caution;

/** What a person should look at first, at the top of a run or of a comparison. */
final class CautionBox {
  /** A comparison of many runs says no more; the others stand at the runs. */
  private static final int MOST = 8;

  private CautionBox() {}

  static void draw(Markup page, Run run) {
    List<Caution> cautions = run.log().cautions();
    if (!cautions.isEmpty()) {
      open(page);
      cautions.forEach(caution -> page.element("li", caution.text()));
      page.close().close().newLine();
    }
  }

  /** What is said of several runs in the same words is said once. */
  static void draw(Markup page, List<Run> runs) {
    Map<String, List<Integer>> whose = new LinkedHashMap<>();
    for (int run : IntStream.range(0, runs.size()).toArray()) {
      for (Caution caution : runs.get(run).log().cautions()) {
        whose.computeIfAbsent(caution.text(), text -> new ArrayList<>()).add(run);
      }
    }
    if (whose.isEmpty()) {
      return;
    }
    open(page);
    whose.entrySet().stream()
        .limit(MOST)
        .forEach(
            said -> {
              page.open("li");
              if (said.getValue().size() == runs.size()) {
                page.element("b", "All runs");
              } else {
                for (int run : said.getValue()) {
                  page.text(run == said.getValue().get(0) ? "" : ", ");
                  page.element(
                      "a", runs.get(run).header().run(), "href", "#" + ReportPage.anchor(run));
                }
              }
              page.text(": " + said.getKey()).close();
            });
    if (whose.size() > MOST) {
      page.element("li", "And " + (whose.size() - MOST) + " more, at the runs below.");
    }
    page.close().close().newLine();
  }

  private static void open(Markup page) {
    page.open("div", "class", "cautions", "role", "note").element("h3", "Look here first");
    page.open("ul");
  }
}
