package org.sparkmto.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Metrics;
import org.sparkmto.runlog.Evaluation;
import org.sparkmto.runlog.RestartLine;
import org.sparkmto.runlog.RunHeader;

/** What the page says about one run. */
final class RunSection {
  /** Of the whole run, the part within which the smoothing forgets half. */
  private static final double HALF_LIFE = 0.015;

  private final Run run;
  private final RunHeader header;
  private final RunLog log;
  private final List<String> tasks;
  private final Crowd crowd;

  RunSection(Run run) {
    this.run = run;
    header = run.header();
    log = run.log();
    tasks = header.tasks();
    crowd = new Crowd(tasks);
  }

  void draw(Markup page, String heading, String anchor) {
    page.open("section", "class", "run", "id", anchor);
    page.open("header");
    page.element("p", header.run(), "class", "eyebrow");
    page.element(heading, header.title());
    page.open("dl", "class", "facts");
    Facts.of(header)
        .forEach(
            (name, value) -> page.open("div").element("dt", name).element("dd", value).close());
    page.close().close().newLine();
    tiles(page);
    notes(page);
    page.open("div", "class", "grid");
    losses(page);
    weights(page);
    norms(page);
    cosines(page);
    evaluations(page);
    pace(page);
    page.close();
    ResultTable.draw(page, run);
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
                  .forEach(
                      (metric, value) ->
                          tile(
                              page,
                              NumberText.metric(value),
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
                              delta.convention()));
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
    }
    page.close().newLine();
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

  private Plot plot(String title) {
    Plot plot = new Plot(title).until((double) log.steps());
    log.restarts()
        .forEach(
            restart -> plot.event((double) restart.step(), "Restart in step " + restart.step()));
    return plot;
  }

  private double halfLife() {
    return Math.max(1, HALF_LIFE * log.steps());
  }

  private List<Curve> curves(IntFunction<Series> series, boolean smooth) {
    return IntStream.range(0, tasks.size())
        .mapToObj(task -> series.apply(task).means())
        .map(curve -> smooth ? curve.smoothed(halfLife()) : curve)
        .toList();
  }

  private void losses(Markup page) {
    List<Curve> smooth = curves(log::loss, true);
    Plot plot = plot("Training loss").logarithmicIfWide();
    String smoothing =
        "Exponential average that forgets half in "
            + NumberText.count(Math.round(halfLife()))
            + (Math.round(halfLife()) == 1 ? " step" : " steps");
    if (crowd.isLarge()) {
      crowd.draw(plot, smooth, Crowd.Notable.HIGHEST, false);
      plot.caption(crowd.caption(Crowd.Notable.HIGHEST) + " " + smoothing + ".");
    } else {
      for (int task = 0; task < tasks.size(); task++) {
        Plot.Ink ink = Plot.Ink.colour(task);
        plot.raw(log.loss(task), ink).line(tasks.get(task), ink, smooth.get(task));
      }
      plot.caption(smoothing + "; single steps faint.");
    }
    plot.draw(page);
    if (crowd.isLarge()) {
      Sparks.draw(page, "Training loss, task by task", tasks, smooth);
    }
  }

  private void weights(Markup page) {
    weight(page, log.headsDiffer() ? "Weights of the shared part" : "Task weights", log::shared);
    if (log.headsDiffer() && Double.isNaN(constantHeads())) {
      weight(page, "Weights of the heads", log::head);
    }
  }

  /** The weight that all heads have in all steps; NaN if there is no such weight. */
  private double constantHeads() {
    double weight = log.head(0).means().last();
    for (int task = 0; task < tasks.size(); task++) {
      Curve least = log.head(task).leasts();
      Curve greatest = log.head(task).greatests();
      for (int point = 0; point < least.size(); point++) {
        if (least.y(point) != weight || greatest.y(point) != weight) {
          return Double.NaN;
        }
      }
    }
    return weight;
  }

  private void weight(Markup page, String title, IntFunction<Series> series) {
    List<Curve> curves = curves(series, true);
    Plot plot = plot(title).fromZero();
    double head = log.headsDiffer() ? constantHeads() : Double.NaN;
    String heads =
        Double.isNaN(head)
            ? ""
            : " The heads have weight " + NumberText.significant(head, 3) + " throughout.";
    String sign = "";
    for (Curve curve : curves) {
      if (curve.size() > 0 && curve.sorted()[0] < 0) {
        sign = " Negative weights occur.";
      }
    }
    crowd.draw(plot, curves, Crowd.Notable.BOTH_ENDS, false);
    if (crowd.isLarge()) {
      plot.height(Strips.height(tasks.size()) - 20);
    }
    plot.caption(
        (crowd.caption(Crowd.Notable.BOTH_ENDS) + " Smoothed like the loss." + sign + heads)
            .strip());
    plot.draw(page);
    if (crowd.isLarge()) {
      new Strips(tasks, curves)
          .draw(
              page,
              title + ", task by task",
              "Steps from left to right; the greatest last weight on top.");
    }
  }

  private void norms(Markup page) {
    Plot plot = plot("Gradient norms").logarithmicIfWide();
    crowd.draw(plot, curves(log::norm, true), Crowd.Notable.BOTH_ENDS, false);
    plot.caption((crowd.caption(Crowd.Notable.BOTH_ENDS) + " Smoothed like the loss.").strip());
    plot.draw(page);
  }

  private void cosines(Markup page) {
    page.open("figure", "class", crowd.isLarge() ? "card wide" : "card");
    page.open("figcaption").element("h3", "Gradient cosines");
    CosineAverage cosines = log.cosines();
    if (cosines.matrices() == 0) {
      page.element(
          "p",
          "None in the log"
              + (header.sight().isEmpty() ? "." : ": this method sees “" + header.sight() + "”.")
              + " Only methods that see the Gram matrix of the task gradients can report them.");
      page.close().close();
      return;
    }
    List<int[]> pairs = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (!Double.isNaN(cosines.of(i, j))) {
          pairs.add(new int[] {j, i});
        }
      }
    }
    long conflicts = pairs.stream().filter(pair -> cosines.of(pair[0], pair[1]) < 0).count();
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
                    + " in conflict on average (below 0)."
                    + (crowd.isLarge() ? " Similar tasks stand side by side." : "")));
    page.close();
    if (!pairs.isEmpty()) {
      page.open("div", "class", crowd.isLarge() ? "beside" : null);
      page.open("div");
      new HeatMap(tasks, cosines).draw(page);
      page.close();
      if (crowd.isLarge()) {
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

  private void evaluations(Markup page) {
    for (String split : log.splits()) {
      Set<String> metrics = new LinkedHashSet<>();
      log.evaluations(split).forEach(evaluation -> metrics.addAll(evaluation.metrics()));
      for (String metric : metrics) {
        evaluation(page, split, metric);
      }
    }
  }

  private void evaluation(Markup page, String split, String metric) {
    boolean lowerIsBetter =
        Metrics.direction(metric).filter(d -> d == Direction.LOWER_IS_BETTER).isPresent();
    Crowd.Notable worst = lowerIsBetter ? Crowd.Notable.HIGHEST : Crowd.Notable.LOWEST;
    List<Curve> curves =
        tasks.stream()
            .map(task -> points(split, evaluation -> evaluation.of(task, metric)))
            .toList();
    Plot plot = plot(capital(metric) + " on " + split);
    crowd.draw(plot, curves, worst, true);
    boolean several = log.evaluations(split).stream().anyMatch(e -> e.onlyTask(metric).isEmpty());
    if (!crowd.isLarge() && tasks.size() > 1 && several) {
      plot.dotted("mean", Plot.Ink.MAIN, points(split, evaluation -> evaluation.mean(metric)));
    }
    plot.caption(crowd.caption(worst)).draw(page);
  }

  private Curve points(String split, ToDoubleFunction<Evaluation> value) {
    return points(log, split, value);
  }

  static Curve points(RunLog log, String split, ToDoubleFunction<Evaluation> value) {
    List<Evaluation> defined =
        log.evaluations(split).stream()
            .filter(evaluation -> Double.isFinite(value.applyAsDouble(evaluation)))
            .toList();
    return new Curve(
        defined.stream().mapToDouble(Evaluation::step).toArray(),
        defined.stream().mapToDouble(value).toArray());
  }

  static String capital(String name) {
    String words = name.replace('-', ' ');
    return words.isEmpty()
        ? words
        : new StringBuilder()
            .appendCodePoint(Character.toUpperCase(words.codePointAt(0)))
            .append(words.substring(words.offsetByCodePoints(0, 1)))
            .toString();
  }

  private void pace(Markup page) {
    plot("Learning rate")
        .fromZero()
        .line("learning rate", Plot.Ink.COLOUR_1, log.rate().means())
        .draw(page);
    plot("Step time in milliseconds")
        .fromZero()
        .withoutExtremes()
        .caption(
            "Median "
                + NumberText.millis(log.medianMillis())
                + ", longest "
                + NumberText.millis(log.longestMillis())
                + "; line smoothed, single steps faint.")
        .raw(log.time(), Plot.Ink.COLOUR_1)
        .line("step time", Plot.Ink.COLOUR_1, log.time().means().smoothed(halfLife()))
        .draw(page);
  }

  private void events(Markup page) {
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
    page.open("dl", "class", "facts");
    for (Map.Entry<String, String> version : header.versions().entrySet()) {
      page.open("div").element("dt", version.getKey()).element("dd", version.getValue()).close();
    }
    page.open("div").element("dt", "Run directory").element("dd", run.files()).close();
    page.close();
    page.element(
        "pre",
        header.configuration().isEmpty()
            ? RunHeader.FILE + " has no configuration."
            : header.configuration());
    page.close();
  }
}
