package org.sparkmto.report;

import java.util.List;
import java.util.Map;
import org.sparkmto.runlog.EvaluationDetails;

/** How far probabilities can be relied on: a small diagram for each task, and the numbers. */
final class ReliabilityCard {
  private static final int SIDE = 1000;

  private ReliabilityCard() {}

  static void draw(Markup page, EvaluationDetails details) {
    List<Map.Entry<String, EvaluationDetails.Of>> tasks =
        details.tasks().entrySet().stream()
            .filter(task -> !task.getValue().reliability().isEmpty())
            .toList();
    if (tasks.isEmpty()) {
      return;
    }
    page.open("figure", "class", "card wide reliability");
    page.open("figcaption").element("h3", "Can the probabilities be relied on?");
    page.element(
        "p",
        "Of answers that were so sure (left to right, in tenths), the share that was right, or of"
            + " yes or no the share of yes (upwards). On the diagonal a probability means what it"
            + " says; below it the network is too sure. The number is the mean distance; bars show"
            + " how many answers there are.");
    page.close().open("ul");
    for (Map.Entry<String, EvaluationDetails.Of> task : tasks) {
      diagram(page, task.getKey(), task.getValue().reliability());
    }
    page.close();
    page.open("details").element("summary", "The numbers").open("div", "class", "scroll");
    page.open("table", "class", "pairs").open("thead").open("tr");
    page.element("th", "Task");
    for (String head : List.of("answers", "mean probability", "share")) {
      page.element("th", head, "class", "n");
    }
    page.close().close().open("tbody");
    for (Map.Entry<String, EvaluationDetails.Of> task : tasks) {
      for (EvaluationDetails.Bin bin : task.getValue().reliability()) {
        page.open("tr").element("td", task.getKey());
        page.element("td", NumberText.count(bin.count()), "class", "n");
        page.element("td", NumberText.fixed(bin.probability(), 3), "class", "n");
        page.element("td", NumberText.fixed(bin.share(), 3), "class", "n").close();
      }
    }
    page.close().close().close().close().close().newLine();
  }

  /** The mean over all answers of the distance between probability and share. */
  static double distance(List<EvaluationDetails.Bin> bins) {
    double sum = 0;
    long count = 0;
    for (EvaluationDetails.Bin bin : bins) {
      sum += bin.count() * Math.abs(bin.probability() - bin.share());
      count += bin.count();
    }
    return sum / count;
  }

  private static void diagram(Markup page, String task, List<EvaluationDetails.Bin> bins) {
    long most = bins.stream().mapToLong(EvaluationDetails.Bin::count).max().orElse(1);
    page.open("li", "title", task).element("span", task);
    page.element("b", NumberText.fixed(distance(bins), 3));
    page.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "viewBox",
        "-30 -30 1060 1060",
        "role",
        "img",
        "aria-label",
        "Share of right answers by probability, " + task);
    page.empty("path", "class", "grid", "d", "M0 0H1000V1000H0Z");
    page.empty("path", "class", "grid zero", "d", "M0 1000L1000 0");
    StringBuilder line = new StringBuilder();
    for (EvaluationDetails.Bin bin : bins) {
      int x = (int) Math.round(SIDE * bin.probability());
      int y = (int) Math.round(SIDE * (1 - bin.share()));
      int height = (int) Math.round(0.3 * SIDE * bin.count() / most);
      page.empty(
          "rect",
          "class",
          "count",
          "x",
          Integer.toString(Math.max(0, Math.min(SIDE - 60, x - 30))),
          "y",
          Integer.toString(SIDE - height),
          "width",
          "60",
          "height",
          Integer.toString(height));
      line.append(line.length() == 0 ? 'M' : 'L').append(x).append(' ').append(y);
    }
    page.empty("path", "class", "line c1", "d", line.toString());
    for (EvaluationDetails.Bin bin : bins) {
      page.empty(
          "circle",
          "cx",
          Long.toString(Math.round(SIDE * bin.probability())),
          "cy",
          Long.toString(Math.round(SIDE * (1 - bin.share()))),
          "r",
          "22");
    }
    page.close().close();
  }
}
