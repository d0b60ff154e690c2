package org.sparkmto.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.sparkmto.analysis.GradientAnalysis.Kind;
import org.sparkmto.analysis.Moments;
import org.sparkmto.analysis.PairMeasure;
import org.sparkmto.analysis.PairStatistics;
import org.sparkmto.analysis.Pairing;

/**
 * What gradients have to do with each other: how measures of pairs went (Common Paradigms, Fig. 4,
 * A6, A7; Aligned-MTL, Fig. 4), what each task contributed (MAO, Fig. 4, 5), and both by layer.
 */
final class AnalysisCards {
  /** The most pairs of tasks that are listed. */
  private static final int PAIRS = 24;

  private static final List<Pairing> PAIRINGS = List.of(Pairing.values());

  private final AnalysisHistory history;
  private final List<String> tasks;
  private final Crowd crowd;
  private final UnaryOperator<Plot> place;

  /**
   * The cards of a run.
   *
   * @param place says of a plot over which steps it is, and what happened there
   */
  AnalysisCards(AnalysisHistory history, List<String> tasks, UnaryOperator<Plot> place) {
    this.history = history;
    this.tasks = tasks;
    this.crowd = new Crowd(tasks);
    this.place = place;
  }

  /** Draws nothing where nothing was analysed. */
  void draw(Markup page) {
    if (history.analyses() == 0) {
      return;
    }
    page.element("h3", "What the gradients say", "class", "part");
    page.element(
        "p",
        "Gradients of the shared parameters in "
            + NumberText.count(history.analyses())
            + (history.analyses() == 1 ? " step" : " steps")
            + (history.hasSamples()
                ? ": of the tasks' mean losses, and of single samples. Lines are means over all"
                    + " pairs, shaded is a standard deviation."
                : ": of the tasks' mean losses. Lines are means over all pairs, shaded is a"
                    + " standard deviation."),
        "class",
        "legend");
    page.open("div", "class", "grid");
    if (tasks.size() > 1 || history.hasSamples()) {
      plots(page);
    }
    perTask(page);
    shares(page);
    pairs(page);
    page.close().newLine();
    epochs(page);
    groups(page);
  }

  private static Plot.Ink ink(Pairing pairing) {
    return Plot.Ink.colour(PAIRINGS.indexOf(pairing));
  }

  private void plots(Markup page) {
    over(page, "Cosine of gradients", "Below 0 a pair is in conflict.", PairMeasure.COSINE);
    Plot share = plot("Share of pairs in conflict").fromZero();
    for (Pairing pairing : PAIRINGS) {
      share.line(pairing.words(), ink(pairing), history.conflicts(pairing));
    }
    share.draw(page);
    apart(page);
    over(
        page,
        "Magnitude similarity",
        "1 for gradients of equal length, near 0 where one dominates.",
        PairMeasure.MAGNITUDE_SIMILARITY);
    over(
        page,
        "Share of conflicting parameters",
        "In which two gradients have opposite signs.",
        PairMeasure.CONFLICTING_PARAMETERS);
    over(page, "Scalar product", "", PairMeasure.SCALAR_PRODUCT);
    over(
        page,
        "Condition number of the gradients, log10",
        "0 for gradients of equal length at right angles to each other.",
        PairMeasure.LOG_CONDITION);
  }

  private Plot plot(String title) {
    return place.apply(new Plot(title));
  }

  private void over(Markup page, String title, String caption, PairMeasure measure) {
    Plot plot = plot(title).caption(caption);
    for (Pairing pairing : PAIRINGS) {
      AnalysisHistory.Band band = history.band(pairing, measure);
      plot.band(band.low(), band.high(), ink(pairing), "wide")
          .line(pairing.words(), ink(pairing), band.mean());
    }
    plot.draw(page);
  }

  private void apart(Markup page) {
    Plot plot =
        plot("Cosine of supporting and of conflicting pairs")
            .caption("The mean of those from 0 on, and of those below.");
    for (Pairing pairing : PAIRINGS) {
      plot.line(
              pairing.words(),
              ink(pairing),
              history.band(pairing, PairMeasure.SUPPORTING_COSINE).mean())
          .unlabelled(
              pairing.words() + ", conflicting",
              ink(pairing),
              history.band(pairing, PairMeasure.CONFLICTING_COSINE).mean(),
              false);
    }
    plot.draw(page);
  }

  private void perTask(Markup page) {
    perTask(page, "Mean gradient magnitude", "", history::magnitude);
    if (history.hasContributions()) {
      perTask(
          page,
          "Contribution to the update",
          "Mean of effective learning rate times weighted gradient. ",
          history::contribution);
    }
  }

  private void perTask(Markup page, String title, String what, IntFunction<Curve> ofTask) {
    Plot plot = plot(title).logarithmicIfWide();
    crowd.draw(
        plot,
        IntStream.range(0, tasks.size()).mapToObj(ofTask).toList(),
        Crowd.Notable.BOTH_ENDS,
        false);
    plot.caption((what + crowd.caption(Crowd.Notable.BOTH_ENDS)).strip()).draw(page);
  }

  /** Layer by layer, what part of the whole each task has. */
  private void shares(Markup page) {
    if (tasks.size() < 2) {
      return;
    }
    stacks(page, "Whose gradients are large, by layer", GroupTotals::magnitude);
    if (history.hasContributions()) {
      stacks(page, "Who moves which layer", GroupTotals::contribution);
    }
  }

  private void stacks(Markup page, String title, BiFunction<GroupTotals, Integer, Moments> ofTask) {
    page.open("figure", "class", "card stacks");
    page.open("figcaption").element("h3", title);
    page.element(
        "p",
        "Each task's share of the mean magnitudes of all tasks, the mean of the steps; at the"
            + " right their sum.");
    if (!crowd.isLarge()) {
      page.open("p", "class", "keys");
      for (int task = 0; task < tasks.size(); task++) {
        page.open("span");
        page.empty("i", "class", Plot.Ink.colour(task).style()).text(tasks.get(task)).close();
      }
      page.close();
    }
    page.close().open("table").open("tbody");
    for (Kind kind : List.of(Kind.NETWORK, Kind.LAYER)) {
      for (GroupTotals group : history.of(kind)) {
        stack(page, group, ofTask);
      }
    }
    page.close().close().close().newLine();
  }

  private void stack(
      Markup page, GroupTotals group, BiFunction<GroupTotals, Integer, Moments> ofTask) {
    double[] means = new double[tasks.size()];
    double sum = 0;
    for (int task = 0; task < means.length; task++) {
      Moments own = ofTask.apply(group, task);
      means[task] = own.count() == 0 ? 0 : own.mean();
      sum += means[task];
    }
    page.open("tr", "class", group.group().kind() == Kind.NETWORK ? "mean" : null);
    page.element("th", name(group), "scope", "row", "title", group.group().name());
    page.open("td").open("div", "class", "stack");
    for (int task = 0; task < means.length && sum > 0; task++) {
      double share = means[task] / sum;
      page.empty(
          "i",
          "class",
          Plot.Ink.colour(task).style(),
          "style",
          String.format(Locale.ROOT, "flex-grow:%.4f", share),
          "title",
          tasks.get(task) + ", " + NumberText.fixed(100 * share, 1) + " %");
    }
    page.close().close();
    page.element("td", NumberText.significant(sum, 3), "class", "n").close();
  }

  private static String name(GroupTotals group) {
    return group.group().kind() == Kind.NETWORK ? "all shared" : group.group().name();
  }

  /** Pairs of tasks by name, those most in conflict first. */
  private void pairs(Markup page) {
    List<int[]> all = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (history.cosine(i, j).count() > 0) {
          all.add(new int[] {j, i});
        }
      }
    }
    if (all.isEmpty()) {
      return;
    }
    all.sort(Comparator.comparingDouble(pair -> history.cosine(pair[0], pair[1]).mean()));
    page.open("div", "class", "card").element("h3", "Pairs of tasks");
    page.element(
        "p",
        "Mean gradients of the batch, the mean of the steps with its standard deviation"
            + (all.size() > PAIRS ? "; the " + PAIRS + " pairs most in conflict." : "."));
    page.open("div", "class", "scroll").open("table").open("thead").open("tr");
    page.element("th", "Pair").element("th", "Cosine", "class", "n");
    page.element("th", "Magnitude similarity", "class", "n");
    page.element("th", "Conflicting parameters", "class", "n").close().close().open("tbody");
    for (int[] pair : all.subList(0, Math.min(PAIRS, all.size()))) {
      page.open("tr").element("th", tasks.get(pair[0]) + " · " + tasks.get(pair[1]));
      number(page, history.cosine(pair[0], pair[1]), 3);
      number(page, history.similarity(pair[0], pair[1]), 3);
      percent(page, history.opposed(pair[0], pair[1]));
      page.close();
    }
    page.close().close().close().close().newLine();
  }

  private static void number(Markup page, Moments moments, int decimals) {
    page.element(
        "td",
        NumberText.fixed(moments.mean(), decimals)
            + NumberText.deviation(NumberText.fixed(moments.deviation(), decimals)),
        "class",
        "n",
        "data-value",
        NumberText.exact(moments.mean()));
  }

  private static void percent(Markup page, Moments moments) {
    page.element(
        "td",
        moments.count() == 0 ? NumberText.NONE : NumberText.fixed(100 * moments.mean(), 1) + " %",
        "class",
        "n",
        "data-value",
        NumberText.exact(moments.mean()));
  }

  private interface Rows {
    void draw();
  }

  /** The whole shared part, epoch by epoch. */
  private void epochs(Markup page) {
    if (history.epochs().size() > 1) {
      table(
          page,
          "Epoch by epoch",
          "Epoch",
          false,
          () ->
              history
                  .epochs()
                  .forEach((epoch, totals) -> rows(page, NumberText.count(epoch + 1), totals)));
    }
  }

  private void groups(Markup page) {
    List<GroupTotals> layers = history.of(Kind.LAYER);
    List<GroupTotals> stages = history.of(Kind.STAGE);
    boolean staged = stages.size() < layers.size();
    if (staged) {
      table(page, "Stage by stage", "Stage", true, () -> rows(page, stages));
    }
    table(page, "Layer by layer", "Layer", !staged, () -> rows(page, layers));
  }

  private void rows(Markup page, List<GroupTotals> groups) {
    List<GroupTotals> all = new ArrayList<>(history.of(Kind.NETWORK));
    all.addAll(groups);
    all.forEach(group -> rows(page, name(group), group));
  }

  private void table(Markup page, String title, String first, boolean open, Rows rows) {
    page.open("details", "class", "card", "open", open ? "open" : null);
    page.element("summary", title);
    page.element("p", "Mean and standard deviation over all pairs and steps.");
    page.open("div", "class", "scroll").open("table").open("thead").open("tr");
    page.element("th", first).element("th", "Gradients");
    for (String name :
        List.of(
            "Cosine",
            "Supporting",
            "Conflicting",
            "Pairs in conflict",
            "Magnitude similarity",
            "Conflicting parameters",
            "Condition, log10")) {
      page.element("th", name, "class", "n");
    }
    page.close().close().open("tbody");
    rows.draw();
    page.close().close().close().close().newLine();
  }

  /** A row for each comparison. */
  private void rows(Markup page, String name, GroupTotals totals) {
    List<Pairing> shown = history.hasSamples() ? PAIRINGS : List.of(Pairing.TASKS);
    for (Pairing pairing : shown) {
      PairStatistics pairs = totals.pairs(pairing);
      page.open("tr");
      if (pairing == shown.get(0)) {
        page.element("th", name, "scope", "row", "rowspan", Integer.toString(shown.size()));
      }
      page.element("td", pairing.words());
      number(page, pairs.of(PairMeasure.COSINE), 2);
      number(page, pairs.of(PairMeasure.SUPPORTING_COSINE), 2);
      number(page, pairs.of(PairMeasure.CONFLICTING_COSINE), 2);
      double share = pairs.conflictingPairs();
      page.element(
          "td",
          Double.isFinite(share) ? NumberText.fixed(100 * share, 0) + " %" : NumberText.NONE,
          "class",
          "n");
      number(page, pairs.of(PairMeasure.MAGNITUDE_SIMILARITY), 2);
      percent(page, pairs.of(PairMeasure.CONFLICTING_PARAMETERS));
      number(page, pairs.of(PairMeasure.LOG_CONDITION), 1);
      page.close();
    }
  }
}
