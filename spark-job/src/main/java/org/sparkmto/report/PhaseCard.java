package org.sparkmto.report;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.sparkmto.runlog.PhasesLine;
import org.sparkmto.timing.StepPhase;

/**
 * Where the time of a step goes: a bar and a table of the mean of all ranks, and the slowest one.
 */
final class PhaseCard {
  private static final List<StepPhase> PHASES = List.of(StepPhase.values());

  private final List<PhasesLine> lines;
  private final int ranks;
  private final long steps;

  /** Of a run that was resumed with another number of ranks, the lines of the newest number. */
  private PhaseCard(Collection<PhasesLine> measured) {
    ranks = measured.stream().reduce((a, b) -> b).map(line -> line.ranks().size()).orElse(0);
    lines = measured.stream().filter(line -> line.ranks().size() == ranks).toList();
    steps = lines.stream().mapToLong(PhasesLine::steps).sum();
  }

  /** Draws nothing where nothing was measured. */
  static void draw(Markup page, Collection<PhasesLine> measured) {
    PhaseCard card = new PhaseCard(measured);
    if (card.steps > 0 && card.mean() > 0) {
      card.draw(page);
    }
  }

  /** Milliseconds of a step. */
  private double millis(int rank, StepPhase phase) {
    double seconds = 0;
    for (PhasesLine line : lines) {
      seconds += line.ranks().get(rank).seconds().getOrDefault(phase.word(), 0.0);
    }
    return 1e3 * seconds / steps;
  }

  private double mean(StepPhase phase) {
    return IntStream.range(0, ranks).mapToDouble(rank -> millis(rank, phase)).sum() / ranks;
  }

  private double mean() {
    return PHASES.stream().mapToDouble(this::mean).sum();
  }

  /** The time that a rank does not spend on waiting for others. */
  private double own(int rank) {
    return PHASES.stream()
        .filter(phase -> phase != StepPhase.EXCHANGE && phase != StepPhase.DRIVER)
        .mapToDouble(phase -> millis(rank, phase))
        .sum();
  }

  private int slowest() {
    return IntStream.range(0, ranks)
        .boxed()
        .max(Comparator.comparingDouble(this::own))
        .orElseThrow();
  }

  private void draw(Markup page) {
    int slowest = slowest();
    page.open("figure", "class", "card phases");
    page.open("figcaption").element("h3", "Where the time of a step goes");
    page.element("p", caption(slowest)).close();
    page.open("div", "class", "stack", "role", "img", "aria-label", "Phases of a step");
    for (StepPhase phase : PHASES) {
      if (mean(phase) > 0) {
        page.empty(
            "i",
            "class",
            ink(phase),
            "style",
            String.format(Locale.ROOT, "flex-grow:%.4f", mean(phase) / mean()),
            "title",
            phase.title() + ", " + NumberText.millis(mean(phase)));
      }
    }
    page.close().open("table").open("thead").open("tr").element("th", "Phase");
    page.element("th", "Share", "class", "n");
    page.element("th", ranks == 1 ? "Time" : "Mean of ranks", "class", "n");
    if (ranks > 1) {
      page.element("th", "Rank " + slowest, "class", "n");
    }
    page.close().close().open("tbody");
    for (StepPhase phase : PHASES) {
      double slow = millis(slowest, phase);
      if (mean(phase) > 0 || slow > 0) {
        page.open("tr").open("td").empty("i", "class", ink(phase)).text(phase.title()).close();
        page.element("td", NumberText.fixed(100 * mean(phase) / mean(), 1) + " %", "class", "n");
        page.element("td", NumberText.millis(mean(phase)), "class", "n");
        if (ranks > 1) {
          page.element("td", NumberText.millis(slow), "class", "n");
        }
        page.close();
      }
    }
    page.close().close().close().newLine();
  }

  private String caption(int slowest) {
    String of =
        "A step of "
            + NumberText.millis(mean())
            + (ranks == 1 ? "" : ", the mean of " + NumberText.count(ranks) + " ranks")
            + " over "
            + NumberText.count(steps)
            + (steps == 1 ? " step" : " steps")
            + ", the first ones included.";
    return ranks == 1
        ? of
        : of
            + " Rank "
            + slowest
            + " on "
            + lines.get(lines.size() - 1).ranks().get(slowest).host()
            + " is the slowest: it waits least for the others.";
  }

  private static String ink(StepPhase phase) {
    return phase == StepPhase.OTHER ? "mute" : "c" + (1 + PHASES.indexOf(phase));
  }
}
