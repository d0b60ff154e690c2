package org.sparkmto.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.sparkmto.metric.CountedFigures;
import org.sparkmto.runlog.EvaluatedFront;
import org.sparkmto.runlog.EvaluatedFront.Answer;

/** What a network answers that was asked for several preferences: a row for each. */
final class FrontCard {
  private FrontCard() {}

  static void draw(Markup page, EvaluatedFront front) {
    page.open("div", "class", "card wide");
    page.element("h3", "What it answers to preferences, on " + front.split());
    page.element(
        "p",
        "Hypervolume "
            + NumberText.metric(front.hypervolume())
            + ": the share of the box from the best to the worst figures that these answers"
            + " dominate together. Obeyed "
            + NumberText.metric(front.obeyed())
            + ": of two preferences, task by task, how often the one that wishes for more of the"
            + " task has the better figure; one half is chance. Of "
            + CountedFigures.text(front.counted())
            + ", step "
            + NumberText.count(front.step())
            + ".",
        "class",
        "legend");
    page.open("div", "class", "scroll").open("table", "class", "results");
    page.open("thead").open("tr").element("th", "Preference");
    for (Map.Entry<String, List<String>> task : front.counted().entrySet()) {
      page.element("th", task.getKey() + " " + Answer.LOSS, "class", "n");
      task.getValue()
          .forEach(figure -> page.element("th", task.getKey() + " " + figure, "class", "n"));
    }
    page.close().close().open("tbody");
    for (Answer answer : front.answers()) {
      page.open("tr").element("th", shares(answer), "scope", "row");
      for (Map.Entry<String, List<String>> task : front.counted().entrySet()) {
        cell(page, answer.of(task.getKey(), Answer.LOSS));
        task.getValue().forEach(figure -> cell(page, answer.of(task.getKey(), figure)));
      }
      page.close();
    }
    page.close().close().close().close().newLine();
  }

  private static String shares(Answer answer) {
    return answer.preference().stream()
        .map(share -> String.format(Locale.ROOT, "%.0f %%", 100 * share))
        .collect(Collectors.joining(", "));
  }

  private static void cell(Markup page, double value) {
    page.element(
        "td", NumberText.metric(value), "class", "n", "data-value", NumberText.exact(value));
  }
}
