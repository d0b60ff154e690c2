package org.sparkmto.configuration;

import java.util.Set;
import org.sparkmto.options.ConfigurationException;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code selection}: which checkpoint becomes the model, and when to stop early. */
public record SelectionSection(
    Model model, Weighting weighting, String by, int patience, double minDelta) {

  /** Which checkpoint. */
  public enum Model {
    LAST,
    BEST
  }

  /** What counts the same. */
  public enum Weighting {
    TASK,
    METRIC
  }

  private static final String BY = "by";
  private static final String LEAST_CHANGE = "min-delta";

  /** Keys of later versions: unless they are set, a run is what it was before them. */
  static final Set<String> LATER = Set.of("selection." + BY, "selection." + LEAST_CHANGE);

  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          "selection",
          "",
          Option.of(
              "model",
              Option.choice(Model.class),
              Model.LAST,
              "Which checkpoint becomes the model: the last, or the best on the validation split."
                  + " Best is the lowest Delta_m against baselines.directory; without one, a"
                  + " checkpoint is better than the best before if its figures of metrics.delta"
                  + " are, on average and relative to those. selection.by names another measure."),
          Option.of(
              "weighting",
              Option.choice(Weighting.class),
              Weighting.TASK,
              "What counts the same in it: every task, or every metric, that is every figure of"
                  + " metrics.delta."),
          Option.of(
              BY,
              Option.text(),
              NamedFigure.DELTA,
              "What checkpoints are compared by, for model = best and for patience: delta, or one"
                  + " figure or loss of the validation split: a figure's name (mae: the mean over"
                  + " the tasks that have it), loss (the sum of the tasks' losses), or that of one"
                  + " task (age/mae, smile/loss). Whether higher or lower is better follows from"
                  + " it. Figures of metrics.also are measured only where that says so. Networks of"
                  + " one task use their own loss where this is a loss, and delta otherwise."),
          Option.of(
              "patience",
              Option.count(0),
              0,
              "Evaluations without a better one after which the run ends early; 0 means never."),
          Option.of(
              LEAST_CHANGE,
              Option.notNegative(),
              0,
              "An evaluation lets patience begin anew only if it is better by more than this: in"
                  + " the unit of the figure or loss of selection.by; of delta in percent against"
                  + " baselines, without them as a relative change (0.01 for one percent). The best"
                  + " checkpoint is the best by however little."));

  static SelectionSection of(Options options) {
    return new SelectionSection(
        options.choice("model", Model.class),
        options.choice("weighting", Weighting.class),
        options.text(BY),
        options.count("patience"),
        options.number(LEAST_CHANGE));
  }

  /** Whether the model is the best checkpoint rather than the last. */
  public boolean takesBest() {
    return model == Model.BEST;
  }

  /** Whether every task counts the same in Delta_m, or every figure that counts. */
  public boolean byTask() {
    return weighting == Weighting.TASK;
  }

  /** What networks of one task are compared by: a figure of other tasks they may not have. */
  String ofOneTask() {
    boolean loss = by.equals(NamedFigure.LOSS) || by.endsWith("/" + NamedFigure.LOSS);
    return loss ? NamedFigure.LOSS : NamedFigure.DELTA;
  }

  /**
   * Refuses what could not choose anything.
   *
   * @param validated whether there is a split to evaluate on
   * @throws ConfigurationException saying what to set
   */
  void check(boolean validated) {
    boolean evaluates = takesBest() || patience > 0;
    if (!by.equals(NamedFigure.DELTA) && !evaluates) {
      throw new ConfigurationException(
          "selection.by = %s chooses nothing while selection.model = last and selection.patience ="
                  .formatted(by)
              + " 0; set one of these");
    }
    if (evaluates && !validated) {
      throw new ConfigurationException(
          "selection needs evaluations: set data.validation, or selection.model = last and"
              + " selection.patience = 0");
    }
  }
}
