package org.sparkmto.configuration;

import java.util.List;
import java.util.Optional;
import org.sparkmto.options.Option;
import org.sparkmto.options.Options;

/**
 * Section {@code retrain}: from what data and model {@code retrain} trains.
 *
 * @param directory of all retrainings; empty if it is not set
 * @param data a directory of data sets; absent if the one of {@code data.directory} grows
 * @param split that both models are evaluated on
 * @param warm whether the network starts from the promoted model
 * @param onlyNewData whether nothing is trained unless data have arrived
 * @param keep how many models stay
 */
public record RetrainSection(
    String directory,
    Optional<String> data,
    String split,
    boolean warm,
    boolean onlyNewData,
    int keep) {

  /**
   * Section {@code retrain.promote-if}: when a new model takes the place of the old one.
   *
   * @param betterBy percent by which Delta_m must be better than none
   * @param noTaskWorseBy percent by which no task may be worse
   * @param reaches figures that the new model must reach, as {@code name value}
   */
  public record Rule(double betterBy, double noTaskWorseBy, List<String> reaches) {
    static Rule of(Options options) {
      return new Rule(
          options.number("better-by"),
          options.number("no-task-worse-by"),
          options.texts("reaches"));
    }
  }

  static final String NAME = "retrain";

  static final ConfigurationSection KEYS =
      ConfigurationSection.of(
          NAME,
          "For `retrain` alone; `train` takes no notice of it.",
          Option.of(
              "directory",
              Option.text(),
              "",
              "Where all retrainings of one model go: their runs, the history of decisions and the"
                  + " name of the promoted model; storage that driver and executors share."
                  + " run.directory is not used."),
          Option.of(
              "data",
              Option.text(),
              "",
              "A directory of finished data sets, of which the one whose name is the last in"
                  + " alphabetical order, such as that of the newest date, is trained on; \"\""
                  + " trains on data.directory, which may grow by `preprocess --append`."),
          Option.of(
              "split",
              Option.text(),
              "test",
              "The split that the new and the old model are both evaluated on, to decide."),
          Option.of(
              "warm",
              Option.flag(),
              true,
              "Whether the network starts from the promoted model, with a fresh head for a task"
                  + " that is new; false starts as start.model says, by default from random"
                  + " weights."),
          Option.of(
              "only-new-data",
              Option.flag(),
              true,
              "Whether nothing is trained if an earlier decision was about the same data, whatever"
                  + " else of the configuration has changed."),
          Option.of(
              "keep",
              Option.count(1),
              5,
              "How many models stay: of the newest so many retrainings, and of the promoted one and"
                  + " those before it that `rollback` leads to; with 1 there is no way back. Of"
                  + " others, model and checkpoints are deleted; their logs stay."));

  static final ConfigurationSection RULE_KEYS =
      ConfigurationSection.of(
          NAME + ".promote-if",
          "When the new model of `retrain` takes the place of the old one: all of this must hold.",
          Option.of(
              "better-by",
              Option.number(),
              0,
              "By how many percent Delta_m of the new model against the old, over the tasks that"
                  + " both have, must be better: 0 for as good, below 0 lets it be worse. What"
                  + " counts in it is metrics.delta and selection.weighting."),
          Option.of(
              "no-task-worse-by",
              Option.notNegative(),
              5,
              "By how many percent no single task may be worse than with the old model, on average"
                  + " over its figures that count."),
          Option.of(
              "reaches",
              Option.texts(),
              List.of(),
              "Figures that the new model must reach, each with its value: [\"smile/accuracy 0.9\","
                  + " \"mae 4\"], of one task or the mean over those that have it; at least, or at"
                  + " most where lower is better."));

  static RetrainSection of(Options options) {
    return new RetrainSection(
        options.text("directory"),
        Optional.of(options.text("data")).filter(name -> !name.isEmpty()),
        options.text("split"),
        options.flag("warm"),
        options.flag("only-new-data"),
        options.count("keep"));
  }
}
