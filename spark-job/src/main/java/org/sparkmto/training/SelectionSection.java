package org.sparkmto.training;

import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/** Section {@code selection}: which checkpoint becomes the model, and when to stop early. */
record SelectionSection(Model model, Weighting weighting, int patience) {

  /** Which checkpoint. */
  enum Model {
    LAST,
    BEST
  }

  /** What counts the same. */
  enum Weighting {
    TASK,
    METRIC
  }

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
                  + " are, on average and relative to those."),
          Option.of(
              "weighting",
              Option.choice(Weighting.class),
              Weighting.TASK,
              "What counts the same in it: every task, or every metric, that is every figure of"
                  + " metrics.delta."),
          Option.of(
              "patience",
              Option.count(0),
              0,
              "Evaluations without a better one after which the run ends early; 0 means never."));

  static SelectionSection of(Options options) {
    return new SelectionSection(
        options.choice("model", Model.class),
        options.choice("weighting", Weighting.class),
        options.count("patience"));
  }

  /** Whether nothing can be selected without evaluations. */
  boolean evaluates() {
    return model == Model.BEST || patience > 0;
  }
}
