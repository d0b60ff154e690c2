package org.sparkmto.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.sparkmto.report.MarkdownTable;
import org.sparkmto.trial.RankSteps;
import org.sparkmto.trial.SyntheticProblem;

/**
 * Which of optimisers and methods see that a loss was multiplied: the settings of Elich et al.,
 * Examining Common Paradigms in Multi-Task Learning, appendix A2, and the direction of IMTL-G (Liu
 * et al., Towards Impartial Multi-task Learning, theorem 2). Two tasks are trained from the same
 * weights on the same samples, once with their losses as they are and once with the one multiplied
 * by 10 and the other by 0.1.
 *
 * @param steps that are made, 2 or more
 */
public record ScaleInvariance(int steps) {
  /**
   * Two runs are the same up to rounding. Steps are made in doubles: in single precision 100 of
   * uw-o make 0.08 of a rounding.
   */
  private static final double SAME = 1e-9;

  /** Two runs are not: the least difference that the multipliers make is much larger. */
  private static final double OTHER = 0.05;

  private static final List<Double> MULTIPLIERS = List.of(10.0, 0.1);

  private static final String SGD =
      "optimizer { name = sgd }, schedule { name = constant, rate = 0.03 }";

  /** Adam's guard against division by zero is all that keeps it from being exactly invariant. */
  private static final String ADAM =
      "optimizer { name = adam, epsilon = 1e-30 }, schedule { name = constant, rate = 0.001 }";

  private static final String FIXED = "update.freeze-encoder-steps = -1";

  /** What is expected of a part of the network. */
  public enum Expected {
    /** It moves as if nothing had been multiplied, in all steps. */
    INVARIANT("same in all steps"),
    /** It does so in the first step, and not for long, because other parts move otherwise. */
    AT_FIRST("same in the first step only"),
    /** Its first move is multiplied as the loss is. */
    PROPORTIONAL("first step multiplied as the loss"),
    /** It moves otherwise. */
    OTHER("not the same"),
    /** It moves in the same direction in the first step, however far. */
    DIRECTION("same direction in the first step");

    private final String text;

    Expected(String text) {
      this.text = text;
    }
  }

  private record Setting(
      String name,
      String method,
      String optimizer,
      boolean fixed,
      Expected heads,
      Expected backbone) {}

  private static final List<Setting> SETTINGS =
      List.of(
          new Setting("EW, SGD", "name = ew", SGD, true, Expected.PROPORTIONAL, Expected.INVARIANT),
          new Setting("EW, Adam", "name = ew", ADAM, true, Expected.INVARIANT, Expected.INVARIANT),
          new Setting(
              "UW-O, SGD", "name = uw-o", SGD, true, Expected.INVARIANT, Expected.INVARIANT),
          new Setting("EW, SGD", "name = ew", SGD, false, Expected.PROPORTIONAL, Expected.OTHER),
          new Setting("EW, Adam", "name = ew", ADAM, false, Expected.AT_FIRST, Expected.OTHER),
          new Setting(
              "UW-O, SGD", "name = uw-o", SGD, false, Expected.INVARIANT, Expected.INVARIANT),
          new Setting(
              "Adam for each task",
              "name = adatask",
              ADAM,
              false,
              Expected.INVARIANT,
              Expected.INVARIANT),
          new Setting(
              "IMTL-G, SGD",
              "name = imtl-g, level = parameters",
              SGD,
              false,
              Expected.OTHER,
              Expected.DIRECTION));

  /**
   * What was found of a part of the network.
   *
   * @param setting method and optimiser
   * @param fixed whether the shared part stood still
   * @param part backbone, or the head of a task
   * @param expected by the paper
   * @param ratio length of the first move with multiplied losses, relative to that without
   * @param cosine between the two first moves
   * @param first length of their difference, relative to the one without
   * @param last the same of all moves together
   */
  public record Finding(
      String setting,
      boolean fixed,
      String part,
      Expected expected,
      double multiplier,
      double ratio,
      double cosine,
      double first,
      double last) {

    /** Whether what is expected is what was found. */
    public boolean holds() {
      return switch (expected) {
        case INVARIANT -> first < SAME && last < SAME;
        case AT_FIRST -> first < SAME && last > OTHER;
        case PROPORTIONAL -> Math.abs(ratio / multiplier - 1) < SAME && cosine > 1 - SAME;
        case OTHER -> last > OTHER;
        case DIRECTION -> cosine > 1 - SAME;
      };
    }
  }

  /**
   * Checks the number.
   *
   * @throws IllegalArgumentException if there are too few steps
   */
  public ScaleInvariance {
    if (steps < 2) {
      throw new IllegalArgumentException("steps = " + steps + ": at least 2");
    }
  }

  /** Makes all runs. */
  public List<Finding> findings() {
    SyntheticProblem problem = SyntheticProblem.small(MULTIPLIERS.size(), 32);
    List<Finding> findings = new ArrayList<>();
    for (Setting setting : SETTINGS) {
      double[][] first = moves(problem, setting, 1);
      double[][] last = moves(problem, setting, steps);
      int from = 0;
      int to = Math.toIntExact(problem.sharedParameters());
      if (!setting.fixed()) {
        findings.add(finding(setting, "backbone", 1, setting.backbone(), first, last, from, to));
      }
      int task = 0;
      for (Map.Entry<String, Long> head : problem.headParameters().entrySet()) {
        from = to;
        to = from + Math.toIntExact(head.getValue());
        double by = MULTIPLIERS.get(task++);
        findings.add(
            finding(setting, "head, loss x " + by, by, setting.heads(), first, last, from, to));
      }
    }
    return findings;
  }

  /** How far every parameter moves, without and with multipliers. */
  private static double[][] moves(SyntheticProblem problem, Setting setting, int steps) {
    String more = setting.optimizer() + (setting.fixed() ? "\n" + FIXED : "");
    RankSteps made = new RankSteps(problem, steps).inDoubles();
    List<String> tasks = List.copyOf(problem.headParameters().keySet());
    Map<String, Double> multipliers =
        tasks.stream()
            .collect(Collectors.toMap(task -> task, task -> MULTIPLIERS.get(tasks.indexOf(task))));
    return new double[][] {
      made.multiplied(setting.method(), more, Map.of()).moves(),
      made.multiplied(setting.method(), more, multipliers).moves()
    };
  }

  private static Finding finding(
      Setting setting,
      String part,
      double multiplier,
      Expected expected,
      double[][] first,
      double[][] last,
      int from,
      int to) {
    double plain = product(first[0], first[0], from, to);
    double multiplied = product(first[1], first[1], from, to);
    return new Finding(
        setting.name(),
        setting.fixed(),
        part,
        expected,
        multiplier,
        Math.sqrt(multiplied / plain),
        product(first[0], first[1], from, to) / Math.sqrt(plain * multiplied),
        apart(first, from, to),
        apart(last, from, to));
  }

  private static double apart(double[][] moves, int from, int to) {
    double[] difference = new double[moves[0].length];
    for (int i = from; i < to; i++) {
      difference[i] = moves[1][i] - moves[0][i];
    }
    return Math.sqrt(
        product(difference, difference, from, to) / product(moves[0], moves[0], from, to));
  }

  private static double product(double[] some, double[] other, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += some[i] * other[i];
    }
    return sum;
  }

  /** A table in Markdown. */
  public static String toMarkdown(List<Finding> findings, int steps) {
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "setting",
                "backbone",
                "part",
                "the paper says",
                "first step: length",
                "cosine",
                "apart after 1 step",
                "after " + steps,
                "holds"),
            4,
            8);
    for (Finding finding : findings) {
      table.line(
          finding.setting(),
          finding.fixed() ? "fixed" : "free",
          finding.part(),
          finding.expected().text,
          String.format(Locale.ROOT, "x %.3f", finding.ratio()),
          String.format(Locale.ROOT, "%.4f", finding.cosine()),
          String.format(Locale.ROOT, "%.1e", finding.first()),
          String.format(Locale.ROOT, "%.1e", finding.last()),
          finding.holds() ? "yes" : "NO");
    }
    return table.toString();
  }
}
