package org.sparkmto.metric;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Delta_m: how a multi-task network compares with single-task baselines, as the mean of the
 * relative changes of the figures that count (Maninis et al., CVPR 2019, eq. 2). The literature
 * uses both signs, both weightings and for one kind of task different figures, so a number alone
 * means nothing: print {@link #meaning} and the weighting next to it.
 *
 * @param terms one per task and figure that counts, at least one
 * @param convention the sign of the results
 */
public record RelativePerformance(List<Term> terms, Convention convention) {

  /** What the sign says. */
  public enum Convention {
    /** The default here. */
    DROP("relative drop against the baseline in percent, lower is better", +1),
    IMPROVEMENT("relative improvement over the baseline in percent, higher is better", -1);

    private final String text;
    private final int sign;

    Convention(String text, int sign) {
      this.text = text;
      this.sign = sign;
    }

    /** To be printed beside every value. */
    public String text() {
      return text;
    }

    /** Which way a value of this convention gets better. */
    public Direction direction() {
      return this == DROP ? Direction.LOWER_IS_BETTER : Direction.HIGHER_IS_BETTER;
    }

    /** The convention with this {@link #text}, if there is one. */
    public static Optional<Convention> ofText(String text) {
      for (Convention convention : values()) {
        if (convention.text.equals(text)) {
          return Optional.of(convention);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * One figure of one task beside its baseline.
   *
   * @param value of the network that is judged
   * @param baseline of the single-task network; a negative one is compared by its magnitude
   */
  public record Term(
      String task, String metric, Direction direction, double value, double baseline) {

    /**
     * Whether the baseline has no value: the figure is not defined on the split, so none counts.
     */
    boolean leftOut() {
      return Double.isNaN(baseline);
    }

    /** How much worse, as a fraction of the baseline; NaN if the baseline is 0 or one is NaN. */
    double drop() {
      if (baseline == 0) {
        return Double.NaN;
      }
      double change = (value - baseline) / Math.abs(baseline);
      return direction == Direction.HIGHER_IS_BETTER ? -change : change;
    }
  }

  public RelativePerformance {
    terms = List.copyOf(terms);
    if (terms.isEmpty()) {
      throw new IllegalArgumentException("a relative performance needs one metric or more");
    }
  }

  /**
   * Compares what counts, figure by figure.
   *
   * @param values of the network that is judged: task to figure to value; others may stand there
   * @param baseline likewise, of the single-task networks
   * @throws IllegalArgumentException if one side lacks a figure that counts: a mean over what
   *     happens to be there would compare different things
   */
  public static RelativePerformance against(
      Map<String, Map<String, Double>> baseline,
      Map<String, Map<String, Double>> values,
      CountedFigures counted,
      Convention convention) {
    List<Term> terms = new ArrayList<>();
    counted
        .tasks()
        .forEach(
            (task, figures) -> {
              for (Figure figure : figures) {
                double expected = value("baseline", baseline, task, figure);
                double found = value("run", values, task, figure);
                terms.add(new Term(task, figure.name(), figure.direction(), found, expected));
              }
            });
    return new RelativePerformance(terms, convention);
  }

  private static double value(
      String side, Map<String, Map<String, Double>> values, String task, Figure figure) {
    if (!values.containsKey(task)) {
      throw new IllegalArgumentException("the " + side + " has no task '" + task + "'");
    }
    Double value = values.get(task).get(figure.name());
    if (value == null) {
      throw new IllegalArgumentException(
          "the %s has no %s of task '%s'".formatted(side, figure.name(), task));
    }
    return value;
  }

  /** Names of the figures that the mean is over, by task. */
  public Map<String, List<String>> counted() {
    return names(terms.stream().filter(term -> !term.leftOut()).toList());
  }

  private static Map<String, List<String>> names(List<Term> terms) {
    Map<String, List<String>> names = new LinkedHashMap<>();
    for (Term term : terms) {
      names.computeIfAbsent(term.task(), task -> new ArrayList<>()).add(term.metric());
    }
    return names;
  }

  /** {@code +1.25 % task-weighted, +3.00 % metric-weighted}, or that it is undefined, and why. */
  public String values() {
    if (Double.isFinite(taskWeighted())) {
      return String.format(
          Locale.ROOT,
          "%+.2f %% task-weighted, %+.2f %% metric-weighted",
          taskWeighted(),
          metricWeighted());
    }
    List<Term> why = undefined();
    return Figure.UNDEFINED + ", for lack of " + CountedFigures.text(names(why));
  }

  /**
   * What a value means, to be printed beside it: its {@link Convention}, what counts, and what does
   * not because it is not defined.
   */
  public String meaning() {
    List<Term> leftOut = terms.stream().filter(Term::leftOut).toList();
    return convention.text()
        + "; counted: "
        + (counted().isEmpty() ? "nothing" : CountedFigures.text(counted()))
        + (leftOut.isEmpty()
            ? ""
            : "; undefined and left out: " + CountedFigures.text(names(leftOut)));
  }

  /**
   * In percent, every task counting the same however many of its figures do. A figure that the
   * baseline does not have, because it is not defined on the split, is left out. NaN if another
   * term is {@link #undefined}, or nothing is left.
   */
  public double taskWeighted() {
    Map<String, List<Double>> tasks = new LinkedHashMap<>();
    for (Term term : terms) {
      if (!term.leftOut()) {
        tasks.computeIfAbsent(term.task(), task -> new ArrayList<>()).add(term.drop());
      }
    }
    return signedPercent(tasks.values().stream().map(RelativePerformance::mean).toList());
  }

  /** In percent, every figure counting the same; NaN as {@link #taskWeighted}. */
  public double metricWeighted() {
    return signedPercent(terms.stream().filter(term -> !term.leftOut()).map(Term::drop).toList());
  }

  /** The terms that have no relative change: a baseline of 0, or a value that is NaN. */
  public List<Term> undefined() {
    return terms.stream().filter(term -> Double.isNaN(term.drop())).toList();
  }

  private double signedPercent(List<Double> drops) {
    return convention.sign * 100 * mean(drops);
  }

  private static double mean(List<Double> numbers) {
    double sum = 0;
    for (double number : numbers) {
      sum += number;
    }
    return sum / numbers.size();
  }
}
