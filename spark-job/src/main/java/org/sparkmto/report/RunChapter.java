package org.sparkmto.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkmto.runlog.EvaluationDetails;
import org.sparkmto.runlog.RestartLine;
import org.sparkmto.runlog.RunHeader;

/** What the page says about one run. */
final class RunChapter {
  private final Run run;
  private final RunHeader header;
  private final RunLog log;

  RunChapter(Run run) {
    this.run = run;
    header = run.header();
    log = run.log();
  }

  void draw(Markup page, String heading, String anchor) {
    page.open("section", "class", "run", "id", anchor);
    page.open("header");
    page.element("p", header.run(), "class", "eyebrow");
    page.element(heading, header.title());
    Facts.draw(page, Facts.of(header));
    page.close().newLine();
    CautionBox.draw(page, run);
    tiles(page);
    notes(page);
    page.open("div", "class", "grid");
    new RunCharts(run).draw(page);
    page.close();
    new AnalysisCards(log.analyses(), header.tasks(), RunCharts.overStepsOf(log)).draw(page);
    String absence = new CosineCard(run).absence();
    if (!absence.isEmpty()) {
      page.element("p", absence, "class", "legend");
    }
    ResultTable.draw(page, run);
    run.fronts().values().forEach(front -> FrontCard.draw(page, front));
    details(page);
    events(page);
    provenance(page);
    page.close().newLine();
  }

  private void tiles(Markup page) {
    page.open("ul", "class", "tiles");
    run.results().values().stream()
        .findFirst()
        .ifPresent(
            result -> {
              result
                  .mean()
                  .keySet()
                  .forEach(
                      metric ->
                          tile(
                              page,
                              ResultTable.text(result.mean(), metric),
                              result.onlyTask(metric).orElse("mean") + " " + metric,
                              run.source(result)));
              result
                  .delta()
                  .ifPresent(
                      delta ->
                          tile(
                              page,
                              NumberText.percent(delta.taskWeighted()),
                              "Δm, task-weighted",
                              Comparison.meaning(delta)));
            });
    if (log.steps() > 0) {
      long planned = header.steps().orElse(log.steps());
      tile(
          page,
          NumberText.count(log.steps()),
          log.steps() == 1 ? "step logged" : "steps logged",
          "of " + NumberText.count(planned) + " planned");
    }
    if (Double.isFinite(log.medianMillis())) {
      tile(page, NumberText.millis(log.medianMillis()), "median step", rate());
      tile(page, NumberText.duration(log.totalMillis()), "in steps", left());
    }
    page.close().newLine();
  }

  private String left() {
    long left = header.steps().orElse(log.steps()) - log.steps();
    return left > 0 ? "about " + NumberText.duration(left * log.medianMillis()) + " left" : "";
  }

  private String rate() {
    if (header.globalBatch().isEmpty()) {
      return "";
    }
    double perSecond = 1000.0 * header.globalBatch().getAsLong() / log.medianMillis();
    return Double.isFinite(perSecond)
        ? NumberText.count(Math.round(perSecond)) + " samples per second"
        : "";
  }

  private static void tile(Markup page, String value, String name, String detail) {
    page.open("li").element("strong", value).element("span", name);
    page.element("small", detail).close();
  }

  private void notes(Markup page) {
    List<String> notes = new ArrayList<>();
    log.end()
        .ifPresent(
            end ->
                notes.add(
                    "The run ended after step "
                        + NumberText.count(end.step())
                        + (header.steps().isPresent()
                            ? " of " + NumberText.count(header.steps().getAsLong())
                            : "")
                        + " "
                        + end.reason()
                        + "."));
    if (!log.restarts().isEmpty()) {
      int times = log.restarts().size();
      notes.add(
          "The run was restarted " + (times == 1 ? "once" : times + " times") + ", see below.");
    }
    long fallbacks = log.fallbacks().values().stream().mapToLong(RunLog.Fallback::count).sum();
    if (fallbacks > 0) {
      notes.add(
          "The method fell back to equal weights in "
              + NumberText.count(fallbacks)
              + (fallbacks == 1 ? " step" : " steps")
              + ", see below.");
    }
    notes.addAll(run.notes());
    if (!notes.isEmpty()) {
      page.open("ul", "class", "notes", "role", "note");
      notes.forEach(note -> page.element("li", note));
      page.close().newLine();
    }
  }

  /** Of the split that is shown first, unless it was evaluated again without them. */
  private void details(Markup page) {
    Optional<EvaluationDetails> shown =
        run.results().values().stream()
            .flatMap(
                result ->
                    Optional.ofNullable(run.details().get(result.split()))
                        .filter(details -> details.step() == result.step())
                        .stream())
            .findFirst();
    if (shown.isPresent()) {
      EvaluationDetails found = shown.get();
      page.element("h3", "Where it is wrong, on " + found.split(), "class", "part");
      page.open("div", "class", "grid");
      ConfusionCard.drawClasses(page, found);
      ConfusionCard.drawYesOrNo(page, found);
      ReliabilityCard.draw(page, found);
      WorstCard.draw(page, found);
      page.close().newLine();
    }
  }

  private void events(Markup page) {
    RanksCard.draw(page, log.phases());
    if (!log.restarts().isEmpty()) {
      page.open("div", "class", "card").element("h3", "Restarts").open("table");
      head(page, "Step", "Attempt", "Reason");
      for (RestartLine restart : log.restarts()) {
        page.open("tr").element("td", NumberText.count(restart.step()), "class", "n");
        page.element("td", NumberText.count(restart.attempt()), "class", "n");
        page.element("td", restart.reason()).close();
      }
      page.close().close().close();
    }
    if (!log.fallbacks().isEmpty()) {
      page.open("div", "class", "card").element("h3", "Fallbacks to equal weights").open("table");
      head(page, "Steps", "First", "Last", "Reason");
      log.fallbacks()
          .forEach(
              (reason, fallback) -> {
                page.open("tr").element("td", NumberText.count(fallback.count()), "class", "n");
                page.element("td", NumberText.count(fallback.first()), "class", "n");
                page.element("td", NumberText.count(fallback.last()), "class", "n");
                page.element("td", reason).close();
              });
      page.close().close().close();
    }
  }

  private static void head(Markup page, String... names) {
    page.open("thead").open("tr");
    for (int index = 0; index < names.length; index++) {
      page.element("th", names[index], "class", index < names.length - 1 ? "n" : null);
    }
    page.close().close().open("tbody");
  }

  private void provenance(Markup page) {
    page.open("details", "class", "card");
    page.element("summary", "Configuration and provenance");
    Map<String, String> facts = new LinkedHashMap<>(header.versions());
    facts.put("Run directory", run.files());
    Facts.draw(page, facts);
    page.element(
        "pre",
        header.configuration().isEmpty()
            ? RunHeader.FILE + " has no configuration."
            : header.configuration());
    page.close();
  }
}
