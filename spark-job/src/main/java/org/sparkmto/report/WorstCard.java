package org.sparkmto.report;

import java.util.List;
import org.sparkmto.runlog.EvaluationDetails;

/** The samples of the highest loss of each task, as pictures. */
final class WorstCard {
  private static final List<String> PICTURES =
      List.of("the image", "what is true", "what was said");

  private WorstCard() {}

  static void draw(Markup page, EvaluationDetails details) {
    boolean many =
        details.tasks().values().stream().filter(found -> !found.worst().isEmpty()).count() > 8;
    details
        .tasks()
        .forEach(
            (task, found) -> {
              if (!found.worst().isEmpty()) {
                draw(page, task, found, many);
              }
            });
  }

  private static void draw(Markup page, String task, EvaluationDetails.Of found, boolean folded) {
    String title = "Worst samples: " + task;
    if (folded) {
      page.open("details", "class", "card wide worst").element("summary", title);
    } else {
      page.open("figure", "class", "card wide worst").open("figcaption").element("h3", title);
    }
    page.element(
        "p",
        "Of the highest "
            + found.loss()
            + ", which is the number."
            + (found.worst().get(0).pictures().size() > 1
                ? " The image, what is true, what was said."
                : ""));
    if (!folded) {
      page.close();
    }
    page.open("ul");
    for (EvaluationDetails.Sample sample : found.worst()) {
      page.open("li");
      page.open("div");
      for (int picture = 0; picture < sample.pictures().size(); picture++) {
        page.empty(
            "img",
            "src",
            "data:image/jpeg;base64," + sample.pictures().get(picture),
            "alt",
            PICTURES.get(Math.min(picture, PICTURES.size() - 1)) + " of " + sample.id(),
            "loading",
            "lazy");
      }
      page.close();
      if (!sample.label().isEmpty()) {
        page.open("p").text("is ").element("b", sample.label()).close();
      }
      if (!sample.said().isEmpty()) {
        page.open("p").text(sample.label().isEmpty() ? "" : "said ");
        page.element("b", sample.said()).close();
      }
      page.open("p", "class", "id").element("span", sample.id(), "title", sample.id());
      page.element("span", NumberText.significant(sample.loss(), 3)).close();
      page.close();
    }
    page.close().close().newLine();
  }
}
