package org.sparkmto.report;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.sparkmto.metric.Direction;
import org.sparkmto.metric.Metrics;
import org.sparkmto.runlog.Evaluation;

/** The charts of one run: everything that its log says over steps. */
final class RunCharts {
  /** Of the whole run, the part within which the smoothing forgets half. */
  private static final double HALF_LIFE = 0.015;

  /** Of the groups of parameters, how many are named. */
  private static final int GROUPS_NAMED = 6;

  private final Run run;
  private final RunLog log;
  private final List<String> tasks;
  private final Crowd crowd;

  RunCharts(Run run) {
    this.run = run;
    log = run.log();
    tasks = run.header().tasks();
    crowd = new Crowd(tasks);
  }

  void draw(Markup page) {
    losses(page);
    weights(page);
    norms(page);
    lookError(page);
    CosineCard cosines = new CosineCard(run);
    cosines.draw(page);
    cosines.drawOverSteps(page);
    evaluations(page);
    pace(page);
  }

  private Plot plot(String title) {
    return overStepsOf(log).apply(new Plot(title));
  }

  /** What makes a plot one over the steps of a run. */
  static UnaryOperator<Plot> overStepsOf(RunLog log) {
    return plot -> {
      log.restarts()
          .forEach(
              restart -> plot.event((double) restart.step(), "Restart in step " + restart.step()));
      return plot.until((double) log.steps());
    };
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
      List<String> splits = splitsWithLosses();
      for (String split : splits) {
        for (int task = 0; task < tasks.size(); task++) {
          plot.unlabelled(
              tasks.get(task) + " on " + split,
              Plot.Ink.colour(task),
              lossesOn(split).get(task),
              true);
        }
      }
      plot.caption(
          smoothing
              + "; single steps faint"
              + (splits.isEmpty() ? "" : "; with dots: the loss on " + String.join(", ", splits))
              + ".");
    }
    plot.draw(page);
    if (crowd.isLarge()) {
      Sparks.draw(page, "Training loss, task by task", tasks, smooth);
    }
    if (crowd.isLarge()) {
      for (String split : splitsWithLosses()) {
        Plot beside = plot("Loss on " + split).logarithmicIfWide();
        crowd.draw(beside, lossesOn(split), Crowd.Notable.HIGHEST, true);
        beside.caption(crowd.caption(Crowd.Notable.HIGHEST)).draw(page);
      }
    }
  }

  private List<String> splitsWithLosses() {
    return log.splits().stream()
        .filter(split -> lossesOn(split).stream().anyMatch(curve -> curve.size() > 0))
        .toList();
  }

  private List<Curve> lossesOn(String split) {
    return tasks.stream().map(task -> points(split, evaluation -> evaluation.loss(task))).toList();
  }

  private void weights(Markup page) {
    weight(
        page,
        log.headsDiffer() ? "Weights of the shared part" : "Task weights",
        log::shared,
        blocks());
    if (log.headsDiffer() && Double.isNaN(constantHeads())) {
      weight(page, "Weights of the heads", log::head, "");
    }
  }

  /** What the chart shows of a method that has several weights for a task. */
  private String blocks() {
    int count = log.blockCount();
    return switch (log.blocks()) {
      case ONE -> "";
      case PARTS ->
          "Each task has a weight for each of the "
              + count
              + " parts of the batch; shown is their sum. ";
      case GROUPS ->
          "Each task has a weight for each of the "
              + count
              + " groups of shared parameters"
              + groups()
              + "; shown is their mean. ";
    };
  }

  private String groups() {
    List<String> names = run.header().groups();
    int shown = Math.min(names.size(), GROUPS_NAMED);
    return names.isEmpty()
        ? ""
        : " ("
            + String.join(", ", names.subList(0, shown))
            + (shown < names.size() ? ", ..." : "")
            + ")";
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

  private void weight(Markup page, String title, IntFunction<Series> series, String blocks) {
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
        (blocks
                + crowd.caption(Crowd.Notable.BOTH_ENDS)
                + " Smoothed like the loss."
                + sign
                + heads)
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
    String where =
        log.hasNormsNowAndThen()
            ? (run.header().sight().matches("(the losses|nothing) .*")
                ? " At z, in the steps of log.gradients-every."
                : " In the steps that looked at gradients.")
            : "";
    plot.caption(
        (crowd.caption(Crowd.Notable.BOTH_ENDS) + " Smoothed like the loss." + where).strip());
    plot.draw(page);
  }

  private void lookError(Markup page) {
    Curve errors = log.lookError().means();
    if (errors.size() > 0) {
      plot("Error of the look")
          .line("error", Plot.Ink.colour(0), errors)
          .caption(
              "Length of the difference between the combined gradient and the one from a look at"
                  + " everything, by the length of the latter, in the steps of"
                  + " log.gradients-every.")
          .draw(page);
    }
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
                + "; line smoothed, single steps faint; the first step is left out.")
        .raw(log.time(), Plot.Ink.COLOUR_1)
        .line("step time", Plot.Ink.COLOUR_1, log.time().means().smoothed(halfLife()))
        .draw(page);
    PhaseCard.draw(page, log.phases());
  }
}
