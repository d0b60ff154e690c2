package org.sparkmto.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sparkmto.runlog.EvaluationDetails;

/** Which class was taken for which: a table for each task of classes, one for all of yes or no. */
final class ConfusionCard {
  /** With more classes than this, cells have colour alone. */
  private static final int NUMBERS_UP_TO = 12;

  /** With more, there is no table but a list. */
  private static final int TABLE_UP_TO = 60;

  private static final int PAIRS = 8;

  /** How often one class was taken for another. */
  private record Mistake(int label, int said, long count, long of) {
    double share() {
      return (double) count / of;
    }
  }

  private ConfusionCard() {}

  /** Of all tasks whose classes are more than no and yes. */
  static void drawClasses(Markup page, EvaluationDetails details) {
    details
        .tasks()
        .forEach(
            (task, found) -> {
              if (found.confusion().size() > 2 || isOfTwoClasses(found)) {
                draw(page, task, found);
              }
            });
  }

  private static boolean isOfTwoClasses(EvaluationDetails.Of found) {
    return found.confusion().size() == 2 && !isYesOrNo(found);
  }

  private static boolean isYesOrNo(EvaluationDetails.Of found) {
    return found.labels().equals(List.of("no", "yes"));
  }

  private static void draw(Markup page, String task, EvaluationDetails.Of found) {
    int classes = found.confusion().size();
    page.open("figure", "class", classes > NUMBERS_UP_TO ? "card wide" : "card");
    page.open("figcaption").element("h3", "What was taken for what: " + task);
    List<Mistake> mistakes = mistakes(found);
    page.element(
        "p",
        "Rows are true, columns what was said; the colour is the share of a row."
            + (mistakes.isEmpty() ? " Nothing was mistaken." : ""));
    page.close();
    boolean list = classes > NUMBERS_UP_TO && !mistakes.isEmpty();
    page.open("div", "class", list && classes <= TABLE_UP_TO ? "beside" : null);
    if (classes <= TABLE_UP_TO) {
      table(page, found);
    }
    if (list) {
      page.open("div").element("h4", "Most often").open("table", "class", "pairs").open("tbody");
      for (Mistake mistake : mistakes.subList(0, Math.min(PAIRS, mistakes.size()))) {
        page.open("tr").element("td", words(found, mistake));
        page.element("td", percent(mistake.share()), "class", "n").close();
      }
      page.close().close().close();
    }
    page.close().close().newLine();
  }

  private static void table(Markup page, EvaluationDetails.Of found) {
    int classes = found.confusion().size();
    boolean numbers = classes <= NUMBERS_UP_TO;
    page.open("div", "class", "scroll");
    page.open("table", "class", numbers ? "confusion" : "confusion dense");
    page.open("thead").open("tr").element("th", "");
    for (int said = 0; said < classes; said++) {
      page.open("th", "title", name(found, said)).element("span", name(found, said)).close();
    }
    page.close().close().open("tbody");
    for (int label = 0; label < classes; label++) {
      long all = all(found, label);
      page.open("tr").element("th", name(found, label), "scope", "row");
      for (int said = 0; said < classes; said++) {
        long count = found.confusion().get(label).get(said);
        Mistake cell = new Mistake(label, said, count, all);
        page.open(
            "td",
            "class",
            label == said ? "right" : "wrong",
            "style",
            count == 0 ? null : String.format(Locale.ROOT, "--v:%.3f", cell.share()),
            "title",
            words(found, cell));
        page.text(numbers && all > 0 ? NumberText.count(count) : "").close();
      }
      page.close();
    }
    page.close().close().close();
  }

  /** Of all tasks of yes or no, a row each. */
  static void drawYesOrNo(Markup page, EvaluationDetails details) {
    List<Map.Entry<String, EvaluationDetails.Of>> tasks =
        details.tasks().entrySet().stream()
            .filter(task -> task.getValue().confusion().size() == 2)
            .filter(task -> isYesOrNo(task.getValue()))
            .toList();
    if (tasks.isEmpty()) {
      return;
    }
    page.open("figure", "class", "card wide");
    page.open("figcaption").element("h3", "Yes or no");
    page.element("p", "How often a true yes was found, and a true no taken for a yes.").close();
    page.open("div", "class", "scroll").open("table", "class", "results").open("thead");
    page.open("tr").element("th", "Task");
    for (String head :
        List.of("found", "false alarms", "yes: yes", "yes: no", "no: yes", "no: no")) {
      page.element("th", head, "class", "n");
    }
    page.close().close().open("tbody");
    for (Map.Entry<String, EvaluationDetails.Of> task : tasks) {
      List<List<Long>> counts = task.getValue().confusion();
      page.open("tr").element("th", task.getKey(), "scope", "row");
      share(page, counts.get(1).get(1), all(task.getValue(), 1));
      share(page, counts.get(0).get(1), all(task.getValue(), 0));
      for (int label = 1; label >= 0; label--) {
        for (int said = 1; said >= 0; said--) {
          page.element("td", NumberText.count(counts.get(label).get(said)), "class", "n");
        }
      }
      page.close();
    }
    page.close().close().close().close().newLine();
  }

  private static void share(Markup page, long count, long of) {
    double share = (double) count / of;
    page.element(
        "td",
        of == 0 ? NumberText.NONE : percent(share),
        "class",
        of == 0 ? "n" : "n bar",
        "style",
        of == 0 ? null : String.format(Locale.ROOT, "--v:%.3f", share));
  }

  private static List<Mistake> mistakes(EvaluationDetails.Of found) {
    List<Mistake> mistakes = new ArrayList<>();
    for (int label = 0; label < found.confusion().size(); label++) {
      for (int said = 0; said < found.confusion().size(); said++) {
        long count = found.confusion().get(label).get(said);
        if (label != said && count > 0) {
          mistakes.add(new Mistake(label, said, count, all(found, label)));
        }
      }
    }
    mistakes.sort(Comparator.comparingDouble(mistake -> -mistake.share()));
    return mistakes;
  }

  private static long all(EvaluationDetails.Of found, int label) {
    return found.confusion().get(label).stream().mapToLong(Long::longValue).sum();
  }

  private static String words(EvaluationDetails.Of found, Mistake cell) {
    return name(found, cell.label())
        + " taken for "
        + name(found, cell.said())
        + ": "
        + NumberText.count(cell.count())
        + " of "
        + NumberText.count(cell.of());
  }

  private static String percent(double share) {
    return NumberText.fixed(100 * share, 1) + " %";
  }

  private static String name(EvaluationDetails.Of found, int label) {
    return label < found.labels().size() ? found.labels().get(label) : Integer.toString(label);
  }
}
